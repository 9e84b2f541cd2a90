package org.gatedepth.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.gatedepth.dl4j.probe.NetworkProbe;
import org.gatedepth.report.measure.Scores;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/** Compares the heads of a network with its own output. */
final class HeadMeasure {
    private final Scores own;
    private boolean[] left;

    private HeadMeasure(Scores own) {
        this.own = own;
        left = new boolean[own.right().length];
    }

    /** The outputs in the order of their depth, the network's own output last; empty for a network with one output. */
    static List<HeadReport> of(NetworkProbe probe, MultiDataSet data, LesionStudy study) {
        List<NetworkProbe.Output> outputs = probe.outputs();
        if (outputs.size() < 2) {
            return List.of();
        }
        List<INDArray> labels = probe.labels(data);
        List<@Nullable INDArray> masks = probe.masks(data);
        // The probe lists the network's own output first, the report lists it last.
        List<Integer> order = new ArrayList<>(IntStream.range(1, outputs.size())
                .boxed()
                .sorted(Comparator.comparingInt(i -> outputs.get(i).depth()))
                .toList());
        order.add(0);
        HeadMeasure measure = new HeadMeasure(study.scores());
        List<HeadReport> heads = new ArrayList<>();
        for (int i : order) {
            boolean same =
                    i == 0 || (labels.get(i).equals(labels.get(0)) && Objects.equals(masks.get(i), masks.get(0)));
            heads.add(measure.head(
                    outputs.get(i),
                    same,
                    i == 0,
                    new Scores(
                            labels.get(i),
                            masks.get(i),
                            study.intact().get(i),
                            outputs.get(i).numbers())));
        }
        return heads;
    }

    private HeadReport head(NetworkProbe.Output output, boolean same, boolean last, Scores scores) {
        Scores.Score score = scores.intact();
        Double overthinking = null;
        Double leaving = null;
        Double leavingAccuracy = null;
        if (same && scores.isOfClasses()) {
            boolean[] right = scores.right();
            boolean[] rightAtEnd = own.right();
            double[] confidence = scores.confidence();
            int rows = right.length;
            int[] leave = IntStream.range(0, rows)
                    .filter(i -> !left[i] && (last || confidence[i] >= HeadReport.CONFIDENCE))
                    .toArray();
            for (int i : leave) {
                left[i] = true;
            }
            leaving = (double) leave.length / rows;
            if (leave.length > 0) {
                leavingAccuracy = Arrays.stream(leave).filter(i -> right[i]).count() / (double) leave.length;
            }
            if (!last) {
                overthinking = IntStream.range(0, rows)
                                .filter(i -> right[i] && !rightAtEnd[i])
                                .count()
                        / (double) rows;
            }
        }
        return new HeadReport(
                output.name(),
                output.depth(),
                score.loss(),
                score.accuracy(),
                same,
                overthinking,
                leaving,
                leavingAccuracy);
    }
}
