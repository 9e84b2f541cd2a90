package org.gatedepth.weka;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.gatedepth.dl4j.EarlyExit;
import org.nd4j.linalg.api.ndarray.INDArray;
import weka.core.Utils;

/** Measures every output of a trained network on rows. */
final class Figures {

    private final AuxiliaryHeads heads;
    private final List<TargetColumn> columns;
    private final EncodedTable table;

    /** For the heads of a network, what they learned, and the rows to measure on. */
    Figures(AuxiliaryHeads heads, List<TargetColumn> columns, EncodedTable table) {
        this.heads = heads;
        this.columns = columns;
        this.table = table;
    }

    /** One figure for each head, from the lowest to the highest, and at last that of the network's own output. */
    List<OutputFigure> measure(ComputationGraph network, ExitRule exits, Chunks.Checkpoint checkpoint)
            throws InterruptedException {
        List<INDArray[]> chunks = Chunks.map(table.inputs(), checkpoint, network::output);
        double[] shares = shares(network, exits, checkpoint);
        List<OutputFigure> figures = new ArrayList<>();
        int exit = 0;
        for (int h = 0; h < heads.heads().size(); h++) {
            AuxiliaryHeads.Place head = heads.heads().get(h);
            double share = head.isOnClass() ? shares[exit++] : Double.NaN;
            figures.add(figure(chunks, h + 1, head.target(), head.depth(), share));
        }
        figures.sort(Comparator.comparingInt(OutputFigure::depth));
        figures.add(figure(chunks, 0, 0, 0, shares[exit]));
        return figures;
    }

    private OutputFigure figure(List<INDArray[]> chunks, int output, int target, int depth, double share) {
        double[][] said = Chunks.joined(
                chunks.stream().map(chunk -> chunk[output].toDoubleMatrix()).toList());
        TargetColumn column = columns.get(target);
        double value = value(column, said, table.learned().get(target));
        return new OutputFigure(column.name(), column.isNominal(), depth, value, share);
    }

    /** The accuracy or the root mean squared error; by weight, so that a row with a missing value does not count. */
    static double value(TargetColumn column, double[][] said, EncodedTarget wanted) {
        double sum = 0;
        double weights = 0;
        for (int i = 0; i < said.length; i++) {
            float[] value = wanted.values()[i];
            double score = column.isNominal() ? value[Utils.maxIndex(said[i])] : Math.pow(said[i][0] - value[0], 2);
            sum += wanted.weights()[i] * score;
            weights += wanted.weights()[i];
        }
        double mean = sum / weights;
        return column.isNominal() ? mean : Math.sqrt(mean) * column.scale();
    }

    /** The share of the rows that leave at each head on the class, and of those that go to the end. */
    private double[] shares(ComputationGraph network, ExitRule exits, Chunks.Checkpoint checkpoint)
            throws InterruptedException {
        double[] shares = new double[exits.heads().size() + 1];
        if (!exits.isUsed()) {
            Arrays.fill(shares, Double.NaN);
            return shares;
        }
        for (EarlyExit.Result result : exits.predict(network, table.inputs(), checkpoint)) {
            for (int exit : result.exits()) {
                shares[exit] += 1.0 / table.rows();
            }
        }
        return shares;
    }
}
