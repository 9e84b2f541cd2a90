package org.gatedepth.weka.training;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.gatedepth.dl4j.EarlyExit;
import org.gatedepth.weka.model.ExitRule;
import org.gatedepth.weka.model.NativePrediction;
import org.gatedepth.weka.model.OutputFigure;
import org.gatedepth.weka.options.AuxiliaryHeads;
import org.gatedepth.weka.table.Chunks;
import org.gatedepth.weka.table.EncodedTarget;
import org.gatedepth.weka.table.Rows;
import org.gatedepth.weka.table.TargetColumn;
import org.gatedepth.weka.table.WeightedMean;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import weka.core.Utils;

/** Measures every output of a trained network on rows. */
final class OutputMeasure {

    private final AuxiliaryHeads heads;
    private final List<TargetColumn> columns;
    private final Rows rows;

    /** For the heads of a network, what they learned, and the rows to measure on. */
    OutputMeasure(AuxiliaryHeads heads, List<TargetColumn> columns, Rows rows) {
        this.heads = heads;
        this.columns = columns;
        this.rows = rows;
    }

    /** One figure for each head, from the lowest to the highest, and at last that of the network's own output. */
    List<OutputFigure> measure(ComputationGraph network, @Nullable ExitRule exits, Chunks.Checkpoint checkpoint)
            throws InterruptedException {
        List<WeightedMean> scores = new ArrayList<>();
        scores.add(new WeightedMean());
        heads.heads().forEach(head -> scores.add(new WeightedMean()));
        Chunks.forEach(rows, checkpoint, (features, learned) -> {
            INDArray[] predicted = features.outputs(network);
            for (int output = 0; output < predicted.length; output++) {
                int target = output == 0 ? 0 : heads.heads().get(output - 1).target();
                add(scores.get(output), columns.get(target), features.rows(predicted[output]), learned.get(target));
            }
        });
        double @Nullable [] shares = exits == null ? null : shares(network, exits, checkpoint);
        List<OutputFigure> figures = new ArrayList<>();
        int exit = 0;
        for (int h = 0; h < heads.heads().size(); h++) {
            AuxiliaryHeads.Place head = heads.heads().get(h);
            Double share = shares != null && head.isOnClass() ? Double.valueOf(shares[exit++]) : null;
            figures.add(figure(scores.get(h + 1), head.target(), head.depth(), share));
        }
        figures.sort(Comparator.comparingInt(figure -> Objects.requireNonNull(figure.depth())));
        figures.add(figure(scores.get(0), 0, null, shares == null ? null : shares[exit]));
        return figures;
    }

    private OutputFigure figure(WeightedMean score, int target, @Nullable Integer depth, @Nullable Double share) {
        TargetColumn column = columns.get(target);
        return new OutputFigure(column.name(), column.isNominal(), depth, value(column, score), share);
    }

    /**
     * Adds which rows are right, or the squared errors; by weight, so that a row with a missing value does not count.
     */
    static void add(WeightedMean score, TargetColumn column, double[][] predicted, EncodedTarget wanted) {
        for (int i = 0; i < predicted.length; i++) {
            float[] value = wanted.values()[i];
            score.add(
                    column.isNominal() ? value[Utils.maxIndex(predicted[i])] : Math.pow(predicted[i][0] - value[0], 2),
                    wanted.weights()[i]);
        }
    }

    /** The accuracy, or the root mean squared error; null if no row has a value. */
    static @Nullable Double value(TargetColumn column, WeightedMean score) {
        if (score.isEmpty()) {
            return null;
        }
        return column.isNominal() ? score.value() : Math.sqrt(score.value()) * column.scale();
    }

    /** The share of the rows that exit at each head on the class, and of those that go to the end. */
    private double[] shares(ComputationGraph network, ExitRule exits, Chunks.Checkpoint checkpoint)
            throws InterruptedException {
        double[] shares = new double[exits.heads().size() + 1];
        for (EarlyExit.Result result : NativePrediction.exits(network, exits, rows, checkpoint)) {
            for (int exit : result.exits()) {
                shares[exit] += 1.0 / rows.rows();
            }
        }
        return shares;
    }
}
