package org.gatedepth.report.measure;

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
import org.deeplearning4j.nn.conf.layers.Layer;
import org.gatedepth.block.Block;
import org.gatedepth.block.SkipCoefficients;
import org.gatedepth.block.Traits;
import org.gatedepth.dl4j.GatedConvolution2D;
import org.gatedepth.dl4j.GatedStack;
import org.gatedepth.dl4j.TemporalStack;
import org.jspecify.annotations.Nullable;

/** Which of the blocks that a caller names can go, and why the others stay. */
public final class Removal {
    static final String NOTHING_HANDED_ON = "it does not hand on its input when it is bypassed";

    private final List<BlockPlace> places;
    /** In the caller's order. */
    private final Set<String> named;
    /** By block. */
    private final Map<String, String> reasons = new LinkedHashMap<>();

    /**
     * Chooses.
     *
     * @param places all blocks of the network
     * @param vertices the vertices that a report names beside them, by name
     * @param names the blocks and vertices that are to go
     * @param vertexObstacle what in the network around it keeps a vertex, or null for nothing
     * @param obstacle what in the network around it keeps a layer of its own, or null for nothing
     * @throws IllegalArgumentException if the network has no block of a name
     */
    public Removal(
            List<BlockPlace> places,
            Map<String, VertexPlace> vertices,
            Collection<String> names,
            Function<VertexPlace, @Nullable String> vertexObstacle,
            Function<BlockPlace, @Nullable String> obstacle) {
        this.places = places;
        named = new LinkedHashSet<>(names);
        Set<String> known = places.stream().map(BlockPlace::name).collect(Collectors.toSet());
        for (String name : named) {
            VertexPlace vertex = vertices.get(name);
            if (vertex != null) {
                String reason = vertex.reason() == null ? vertexObstacle.apply(vertex) : vertex.reason();
                if (reason != null) {
                    reasons.put(name, reason);
                }
            } else if (!known.contains(name)) {
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
                    keepOne(place);
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
        Block block = place.member().block();
        Layer layer = place.conf().getLayer();
        boolean shortened =
                layer instanceof GatedStack || layer instanceof TemporalStack || layer instanceof GatedConvolution2D;
        if (place.number() > 0 && !shortened) {
            return "only a GatedStack, a TemporalStack or a GatedConvolution2D can be shortened, and its layer is a "
                    + layer.getClass().getSimpleName();
        }
        if (Traits.of(block).removable()) {
            return null;
        }
        if (block.growth() > 0) {
            return "what follows a dense block reads its features";
        }
        if (block.inputSize() != block.outputSize()) {
            return "it changes the number of features from " + block.inputSize() + " to " + block.outputSize();
        }
        SkipCoefficients coefficients = block.skipCoefficients();
        return coefficients == null ? NOTHING_HANDED_ON : reason(coefficients);
    }

    /** Why a skip with these weights does not hand on its input. */
    static String reason(SkipCoefficients coefficients) {
        return coefficients.alpha().param() != null
                ? "the weight of its skip is learned"
                : "its skip multiplies by " + coefficients.alpha().value();
    }

    /** Keeps the block that is named last below each tap and above the last tap, where no other is left. */
    private void keepOne(BlockPlace place) {
        Set<String> segment = segment(place);
        if (!named.containsAll(segment)) {
            return;
        }
        String last =
                named.stream().filter(segment::contains).reduce((a, b) -> b).orElseThrow();
        if (last.equals(place.name())) {
            boolean tapped = places.stream()
                    .anyMatch(other -> other.holder().equals(place.holder())
                            && other.member().tapped());
            reasons.put(
                    last,
                    tapped
                            ? "at least one block stays below each tap and above the last"
                            : "a stack keeps at least one block");
        }
    }

    /** The names of the blocks of a stack that no tap parts from a block. */
    private Set<String> segment(BlockPlace place) {
        Set<String> segment = new HashSet<>();
        for (BlockPlace other : places) {
            if (other.holder().equals(place.holder())) {
                segment.add(other.name());
                if (other.member().tapped()) {
                    if (segment.contains(place.name())) {
                        return segment;
                    }
                    segment.clear();
                }
            }
        }
        return segment;
    }

    /** Whether a block goes. */
    public boolean goes(BlockPlace place) {
        return named.contains(place.name()) && !reasons.containsKey(place.name());
    }

    /** The blocks that go, from the network's input on. */
    public List<String> removed() {
        return places.stream().filter(this::goes).map(BlockPlace::name).toList();
    }

    /** The named blocks that stay, and why. */
    public Map<String, String> kept() {
        return reasons;
    }

    /** The layers of their own that go. */
    public List<String> layers() {
        return places.stream()
                .filter(place -> place.number() == 0 && goes(place))
                .map(BlockPlace::holder)
                .toList();
    }

    /** For each stack that loses blocks the numbers of those that stay. */
    public Map<String, List<Integer>> stacks() {
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
