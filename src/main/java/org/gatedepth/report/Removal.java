package org.gatedepth.report;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.gatedepth.block.Connection;
import org.gatedepth.dl4j.BlockLayer;
import org.gatedepth.dl4j.DenseSkipLayer;
import org.gatedepth.dl4j.GatedStack;
import org.gatedepth.dl4j.WeightedSkipLayer;
import org.jspecify.annotations.Nullable;

/** Which of the blocks that a caller names can go, and why the others stay. */
final class Removal {
    private final List<BlockPlace> places;
    /** In the caller's order. */
    private final Set<String> named;
    /** By block. */
    private final Map<String, String> reasons = new LinkedHashMap<>();

    /**
     * Chooses.
     *
     * @param places all blocks of the network
     * @param names the blocks that are to go
     * @param obstacle what in the network around it keeps a layer of its own, or null for nothing
     * @throws IllegalArgumentException if the network has no block of a name
     */
    Removal(List<BlockPlace> places, Collection<String> names, Function<BlockPlace, @Nullable String> obstacle) {
        this.places = places;
        named = new LinkedHashSet<>(names);
        Set<String> known = places.stream().map(BlockPlace::name).collect(Collectors.toSet());
        for (String name : named) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException("the network has no block \"" + name + "\"; "
                        + (places.isEmpty() ? "it has no blocks at all" : "its blocks are " + described()));
            }
        }
        for (BlockPlace place : places) {
            if (named.contains(place.name())) {
                String reason = reason(place);
                if (reason == null && place.number() == 0) {
                    reason = obstacle.apply(place);
                }
                if (reason != null) {
                    reasons.put(place.name(), reason);
                } else if (place.number() > 0) {
                    keepOne(place, (GatedStack) place.conf().getLayer());
                }
            }
        }
    }

    private String described() {
        Map<String, Integer> blocks = new LinkedHashMap<>();
        places.forEach(place -> blocks.put(place.holder(), place.number()));
        List<String> parts = new ArrayList<>();
        blocks.forEach((holder, count) ->
                parts.add(count < 2 ? holder + (count == 1 ? "/1" : "") : holder + "/1 to " + holder + "/" + count));
        return String.join(", ", parts);
    }

    /** Why the network without a block would not be the network with the block bypassed; null if it is. */
    private static @Nullable String reason(BlockPlace place) {
        BlockLayer layer = (BlockLayer) place.conf().getLayer();
        if (layer instanceof DenseSkipLayer
                || (layer instanceof GatedStack stack && stack.getConnection() == Connection.DENSE)) {
            return "what follows a dense block reads its features";
        }
        if (place.number() == 0 && layer.getNIn() != layer.getNOut()) {
            return "it changes the number of features from " + layer.getNIn() + " to " + layer.getNOut();
        }
        if (layer instanceof WeightedSkipLayer skip && (skip.isLearnSkip() || skip.getAlpha() != 1)) {
            return skip.isLearnSkip()
                    ? "the weight of its skip is learned"
                    : "its skip multiplies by " + skip.getAlpha();
        }
        return null;
    }

    /** Keeps the last named block below each tap and above the last tap, where no other is left. */
    private void keepOne(BlockPlace place, GatedStack stack) {
        int from = 0;
        int to = stack.getDepth();
        for (int tap : stack.getTaps()) {
            if (tap < place.number()) {
                from = tap;
            } else {
                to = Math.min(to, tap);
            }
        }
        Set<String> segment = new HashSet<>();
        for (int number = from + 1; number <= to; number++) {
            segment.add(place.holder() + "/" + number);
        }
        if (named.containsAll(segment)) {
            String last =
                    named.stream().filter(segment::contains).reduce((a, b) -> b).orElseThrow();
            if (last.equals(place.name())) {
                reasons.put(
                        last,
                        stack.getTaps().isEmpty()
                                ? "a stack keeps at least one block"
                                : "at least one block stays below each tap and above the last");
            }
        }
    }

    private boolean goes(BlockPlace place) {
        return named.contains(place.name()) && !reasons.containsKey(place.name());
    }

    /** The blocks that go, from the network's input on. */
    List<String> removed() {
        return places.stream().filter(this::goes).map(BlockPlace::name).toList();
    }

    /** The named blocks that stay, and why. */
    Map<String, String> kept() {
        return reasons;
    }

    /** The layers of their own that go. */
    List<String> layers() {
        return places.stream()
                .filter(place -> place.number() == 0 && goes(place))
                .map(BlockPlace::holder)
                .toList();
    }

    /** For each stack that loses blocks the numbers of those that stay. */
    Map<String, List<Integer>> stacks() {
        Map<String, List<Integer>> stay = new TreeMap<>();
        places.stream()
                .filter(place -> place.number() > 0 && goes(place))
                .forEach(place -> stay.put(place.holder(), new ArrayList<>()));
        for (BlockPlace place : places) {
            List<Integer> numbers = stay.get(place.holder());
            if (numbers != null && !goes(place)) {
                numbers.add(place.number());
            }
        }
        return stay;
    }
}
