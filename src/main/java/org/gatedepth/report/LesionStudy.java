package org.gatedepth.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.gatedepth.dl4j.probe.NetworkProbe;
import org.gatedepth.dl4j.probe.ProbedBlock;
import org.gatedepth.dl4j.probe.ProbedSite;
import org.gatedepth.dl4j.probe.ProbedVertex;
import org.gatedepth.report.measure.BlockMath;
import org.gatedepth.report.measure.Scores;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Bypasses blocks of a network, one by one and then together.
 *
 * <p>What the blocks below the bypassed ones compute is not computed again: each stack without taps goes on from where
 * the first of them stands. The results are the same, number by number.
 */
final class LesionStudy {
    private static final long ROOM = 64L << 20;

    private final NetworkProbe probe;
    private final BlockMath math;
    private final MultiDataSet data;
    private final long room;
    private final Scores scores;
    private final List<INDArray> intact;
    /** Of stacks, by their positions among the sites. */
    private final Map<Integer, Trail> trails = new HashMap<>();
    /** The blocks that were bypassed when the trails were written. */
    private Set<String> trodden = Set.of();

    LesionStudy(NetworkProbe probe, BlockMath math, MultiDataSet data) {
        this(probe, math, data, ROOM);
    }

    /** Keeps so many bytes at most of what the blocks of a stack read, and computes the rest again. */
    LesionStudy(NetworkProbe probe, BlockMath math, MultiDataSet data, long room) {
        this.probe = probe;
        this.math = math;
        this.data = data;
        this.room = room;
        intact = probe.predict(data);
        scores = new Scores(
                probe.labels(data).get(0),
                probe.masks(data).get(0),
                intact.get(0),
                probe.outputs().get(0).numbers());
    }

    /** What the outputs of the intact network predict. */
    List<INDArray> intact() {
        return intact;
    }

    /** The comparison with the labels of the network's own output. */
    Scores scores() {
        return scores;
    }

    Lesions run() {
        List<String> candidates = candidates();
        List<ProbedSite> sites = probe.sites();
        for (int i = 0; i < sites.size(); i++) {
            // Taps would need the outputs below, and one block has none below it.
            if (sites.get(i).blocks().size() > 1 && !sites.get(i).hasTaps()) {
                trails.put(i, new Trail(sites.get(i).blocks(), room));
            }
        }
        predict(Set.of(), true);
        List<Lesions.Outcome> single = new ArrayList<>();
        for (String block : candidates) {
            single.add(outcome(block, scores.of(predict(Set.of(block), false))));
        }
        List<Lesions.Outcome> order = new ArrayList<>(single);
        order.sort(Comparator.comparingDouble(Lesions.Outcome::changed).thenComparingDouble(Lesions.Outcome::loss));
        Set<String> bypassed = new HashSet<>();
        List<Lesions.Outcome> cumulative = new ArrayList<>();
        for (Lesions.Outcome outcome : order) {
            bypassed.add(outcome.block());
            cumulative.add(
                    bypassed.size() == 1
                            ? outcome
                            : outcome(outcome.block(), scores.of(predict(Set.copyOf(bypassed), true))));
        }
        trails.clear();
        return new Lesions(outcome("", scores.intact()), single, cumulative);
    }

    private static Lesions.Outcome outcome(String block, Scores.Score score) {
        return new Lesions.Outcome(block, score.loss(), score.accuracy(), score.changed());
    }

    /** The blocks that can be bypassed. */
    private List<String> candidates() {
        List<String> names = new ArrayList<>();
        for (ProbedSite site : probe.sites()) {
            if (site.vertex() != null && site.vertex().isBypassable()) {
                names.add(site.name());
            }
            for (ProbedBlock probed : site.blocks()) {
                if (!probed.isProjection() && math.traits(probed).bypassable()) {
                    names.add(probed.name());
                }
            }
        }
        return names;
    }

    /**
     * What the network predicts without some blocks.
     *
     * @param keep whether the trails shall be those of this pass
     */
    private INDArray predict(Set<String> bypassed, boolean keep) {
        Set<String> differing = new HashSet<>(bypassed);
        trodden.forEach(block -> {
            if (!differing.remove(block)) {
                differing.add(block);
            }
        });
        List<ProbedSite> sites = probe.sites();
        // Up to the first layer that differs, each layer reads what it read when the trails were written.
        boolean same = true;
        for (int i = 0; i < sites.size(); i++) {
            ProbedSite site = sites.get(i);
            Trail trail = trails.get(i);
            int from = same && trail != null ? trail.before(differing) : 0;
            if (keep && trail != null) {
                trail.forget(from);
            }
            site.replace(replacement(site, bypassed, trail, from, keep));
            same &= !touches(site, differing);
        }
        try {
            return probe.predict(data).get(0);
        } finally {
            sites.forEach(site -> site.replace(null));
            if (keep) {
                trodden = bypassed;
            }
        }
    }

    private static boolean touches(ProbedSite site, Set<String> blocks) {
        return blocks.contains(site.name())
                || site.blocks().stream().anyMatch(probed -> blocks.contains(probed.name()));
    }

    private @Nullable Function<List<INDArray>, INDArray> replacement(
            ProbedSite site, Set<String> bypassed, @Nullable Trail trail, int from, boolean keep) {
        ProbedVertex vertex = site.vertex();
        if (vertex != null) {
            return bypassed.contains(site.name()) ? vertex::bypassed : null;
        }
        // The first trails are those of the intact network.
        boolean first = keep && trail != null && bypassed.isEmpty();
        return first || touches(site, bypassed)
                ? inputs -> run(site, inputs.get(0), bypassed, trail, from, keep)
                : null;
    }

    private INDArray run(
            ProbedSite site, INDArray input, Set<String> bypassed, @Nullable Trail trail, int from, boolean keep) {
        List<INDArray> parts = new ArrayList<>();
        BlockMath at = math.on(site.places());
        INDArray x = trail == null || from == 0 ? input : trail.input(from);
        for (int i = from; i < site.blocks().size(); i++) {
            if (keep && trail != null) {
                trail.keep(i, x);
            }
            ProbedBlock probed = site.blocks().get(i);
            INDArray skip = bypassed.contains(probed.name()) ? at.bypass(probed, x) : null;
            x = skip == null ? at.output(probed, x) : skip;
            if (probed.member().tapped()) {
                parts.add(x);
            }
        }
        parts.add(x);
        return parts.size() == 1 ? x : Nd4j.concat(1, parts.toArray(INDArray[]::new));
    }

    /** What blocks of a layer read in a pass, at steps that keep it small. */
    private static final class Trail {
        private final List<ProbedBlock> blocks;
        private final long room;
        private final NavigableMap<Integer, INDArray> inputs = new TreeMap<>();

        Trail(List<ProbedBlock> blocks, long room) {
            this.blocks = blocks;
            this.room = room;
        }

        /** The last block whose input is known, at or below the first of some; the block at 0 if there is none. */
        int before(Set<String> differing) {
            int first = 0;
            while (first < blocks.size()
                    && !differing.contains(blocks.get(first).name())) {
                first++;
            }
            Integer known = inputs.floorKey(first);
            return known == null ? 0 : known;
        }

        INDArray input(int block) {
            return Objects.requireNonNull(inputs.get(block));
        }

        /** Forgets what the blocks above one read. */
        void forget(int block) {
            inputs.tailMap(block, false).clear();
        }

        void keep(int block, INDArray x) {
            long bytes = x.length() * x.dataType().width() * blocks.size();
            if (block % (bytes / room + 1) == 0) {
                // Out of the workspace of the pass, which is used again.
                inputs.put(block, x.detach());
            }
        }
    }
}
