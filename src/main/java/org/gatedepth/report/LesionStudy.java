package org.gatedepth.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.gatedepth.dl4j.HighwayGateVertex;
import org.gatedepth.dl4j.NetworkProbe;
import org.gatedepth.dl4j.ProbedSite;
import org.gatedepth.dl4j.ProbedSite.Opened;
import org.gatedepth.dl4j.WeightedSkipVertex;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/** Bypasses blocks of a network, one by one and then together. */
final class LesionStudy {
    private final NetworkProbe probe;
    private final BlockMath math;
    private final MultiDataSet data;
    private final Scores scores;
    private final List<INDArray> intact;

    LesionStudy(NetworkProbe probe, BlockMath math, MultiDataSet data) {
        this.probe = probe;
        this.math = math;
        this.data = data;
        intact = probe.predict(data);
        scores = new Scores(probe.labels(data).get(0), probe.masks(data).get(0), intact.get(0));
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
        List<Lesions.Outcome> single = new ArrayList<>();
        for (String block : candidates()) {
            single.add(without(block, Set.of(block)));
        }
        List<Lesions.Outcome> order = new ArrayList<>(single);
        order.sort(Comparator.comparingDouble(Lesions.Outcome::changed).thenComparingDouble(Lesions.Outcome::loss));
        Set<String> bypassed = new HashSet<>();
        List<Lesions.Outcome> cumulative = new ArrayList<>();
        for (Lesions.Outcome outcome : order) {
            bypassed.add(outcome.block());
            cumulative.add(bypassed.size() == 1 ? outcome : without(outcome.block(), bypassed));
        }
        return new Lesions(scores.intact(), single, cumulative);
    }

    /** The blocks that can be bypassed. */
    private List<String> candidates() {
        List<String> names = new ArrayList<>();
        for (ProbedSite site : probe.sites()) {
            if (site.vertex() != null) {
                names.add(site.name());
            }
            for (Opened opened : site.blocks()) {
                INDArray any = Nd4j.zeros(probe.type(), 1, opened.block().inputSize());
                if (!opened.isProjection() && BlockMath.bypass(opened, any) != null) {
                    names.add(opened.name());
                }
            }
        }
        return names;
    }

    private Lesions.Outcome without(String block, Set<String> bypassed) {
        probe.sites().forEach(site -> site.replace(replacement(site, bypassed)));
        try {
            return scores.outcome(block, probe.predict(data).get(0));
        } finally {
            probe.sites().forEach(site -> site.replace(null));
        }
    }

    private @Nullable Function<List<INDArray>, INDArray> replacement(ProbedSite site, Set<String> bypassed) {
        if (site.vertex() != null) {
            return bypassed.contains(site.name()) ? inputs -> skip(site, inputs) : null;
        }
        boolean touched = site.blocks().stream().anyMatch(opened -> bypassed.contains(opened.name()));
        return touched ? inputs -> run(site, inputs.get(0), bypassed) : null;
    }

    private INDArray run(ProbedSite site, INDArray input, Set<String> bypassed) {
        List<INDArray> parts = new ArrayList<>();
        INDArray x = input;
        for (int i = 0; i < site.blocks().size(); i++) {
            Opened opened = site.blocks().get(i);
            INDArray skip = bypassed.contains(opened.name()) ? BlockMath.bypass(opened, x) : null;
            x = skip == null ? math.output(opened, x) : skip;
            if (site.taps().contains(i)) {
                parts.add(x);
            }
        }
        parts.add(x);
        return parts.size() == 1 ? x : Nd4j.concat(1, parts.toArray(INDArray[]::new));
    }

    /** What a vertex hands on without its branch. */
    private static INDArray skip(ProbedSite site, List<INDArray> inputs) {
        if (!(site.vertex() instanceof WeightedSkipVertex weighted)) {
            return inputs.get(HighwayGateVertex.CARRY_INPUT);
        }
        INDArray learned = site.vertexParams().get("alpha");
        INDArray x = inputs.get(0);
        if (learned == null) {
            return x.mul(weighted.getAlpha());
        }
        long[] shape = new long[x.rank()];
        Arrays.fill(shape, 1);
        shape[1] = learned.length();
        return x.mul(learned.dup('c').reshape(shape));
    }
}
