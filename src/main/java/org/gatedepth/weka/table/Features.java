package org.gatedepth.weka.table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.gatedepth.dl4j.GatedNetworks;
import org.gatedepth.dl4j.network.Members;
import org.gatedepth.weka.table.step.EncodedSteps;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Rows as a network reads them: {@code [rows, columns]} if it reads columns; then for each sequence its numbers
 * {@code [rows, columns, steps]} if it has some, and {@code [rows, 1, steps]} for each column of label indices. Shorter
 * sequences end with zeros, which a mask {@code [rows, steps]} leaves out.
 */
public final class Features {

    private final INDArray[] inputs;
    private final @Nullable INDArray @Nullable [] masks;
    private final int[] steps;

    private Features(INDArray[] inputs, @Nullable INDArray @Nullable [] masks, int[] steps) {
        this.inputs = inputs;
        this.masks = masks;
        this.steps = steps;
    }

    /** Those of rows without sequences. */
    static Features of(float[][] inputs) {
        return new Features(new INDArray[] {Nd4j.createFromArray(inputs)}, null, new int[0]);
    }

    /**
     * Those of a batch.
     *
     * @param readsColumns whether the network reads the columns of rows
     */
    public static Features of(Batch batch, boolean readsColumns) {
        if (batch.sequences().isEmpty()) {
            return of(batch.inputs());
        }
        List<INDArray> inputs = new ArrayList<>();
        List<@Nullable INDArray> masks = new ArrayList<>();
        if (readsColumns) {
            inputs.add(Nd4j.createFromArray(batch.inputs()));
            masks.add(null);
        }
        for (EncodedSteps sequence : batch.sequences()) {
            INDArray mask = mask(sequence);
            int numbers = sequence.columns() - sequence.labels();
            if (numbers > 0) {
                inputs.add(array(sequence, 0, numbers));
                masks.add(mask);
            }
            for (int column = numbers; column < sequence.columns(); column++) {
                inputs.add(array(sequence, column, 1));
                masks.add(mask);
            }
        }
        EncodedSteps first = batch.sequences().get(0);
        int[] steps = new int[batch.rows()];
        Arrays.setAll(steps, first::steps);
        return new Features(inputs.toArray(INDArray[]::new), masks.toArray(INDArray[]::new), steps);
    }

    private static INDArray array(EncodedSteps sequence, int from, int count) {
        int rows = sequence.values().length;
        int longest = sequence.longest();
        float[] all = new float[rows * count * longest];
        for (int row = 0; row < rows; row++) {
            float[] own = sequence.values()[row];
            int steps = sequence.steps(row);
            for (int c = 0; c < count; c++) {
                int at = (row * count + c) * longest;
                for (int t = 0; t < steps; t++) {
                    all[at + t] = own[t * sequence.columns() + from + c];
                }
            }
        }
        return Nd4j.createFromArray(all).reshape(rows, count, longest);
    }

    private static INDArray mask(EncodedSteps sequence) {
        int rows = sequence.values().length;
        int longest = sequence.longest();
        float[] all = new float[rows * longest];
        for (int row = 0; row < rows; row++) {
            Arrays.fill(all, row * longest, row * longest + sequence.steps(row), 1);
        }
        return Nd4j.createFromArray(all).reshape(rows, longest);
    }

    /** The inputs of the network. */
    public INDArray[] inputs() {
        return inputs;
    }

    /** Their masks; null for rows without sequences. */
    public @Nullable INDArray @Nullable [] masks() {
        return masks;
    }

    /** What a network predicts: one array an output. */
    public INDArray[] outputs(ComputationGraph network) {
        return masks == null ? network.output(inputs) : network.output(false, inputs, masks);
    }

    /** What a network predicts: the mean of its members, one array a row. */
    public double[][] predictions(ComputationGraph network) {
        return Members.mean(
                        outputs(network),
                        Members.outputs(network, GatedNetworks.OUTPUT).size())
                .toDoubleMatrix();
    }

    /** An output as one array a row; where it has steps, one array for each step of a row, row after row. */
    public double[][] rows(INDArray output) {
        if (output.rank() == 2) {
            return output.toDoubleMatrix();
        }
        int columns = (int) output.size(1);
        double[] all = output.castTo(DataType.DOUBLE).dup('c').data().asDouble();
        int longest = (int) output.size(2);
        double[][] rows = new double[Arrays.stream(steps).sum()][columns];
        int next = 0;
        for (int row = 0; row < steps.length; row++) {
            for (int t = 0; t < steps[row]; t++) {
                for (int c = 0; c < columns; c++) {
                    rows[next][c] = all[(row * columns + c) * longest + t];
                }
                next++;
            }
        }
        return rows;
    }

    /** What is learned as an output of the network has it, {@code [rows, outputs]}. */
    public INDArray labels(EncodedTarget target, boolean ofSteps) {
        return ofSteps ? spread(target.values()) : Nd4j.createFromArray(target.values());
    }

    /** How much each row or step counts: {@code [rows, 1]}, or {@code [rows, steps]} with 0 after the last one. */
    public INDArray weights(float[] weights, boolean ofSteps) {
        if (!ofSteps) {
            return Nd4j.createFromArray(weights).reshape(weights.length, 1);
        }
        float[][] column = new float[weights.length][];
        Arrays.setAll(column, i -> new float[] {weights[i]});
        INDArray spread = spread(column);
        return spread.reshape(spread.size(0), spread.size(2));
    }

    /** Steps row after row as {@code [rows, columns, steps]}. */
    private INDArray spread(float[][] ofSteps) {
        int longest = Arrays.stream(steps).max().orElse(0);
        int columns = ofSteps[0].length;
        float[] all = new float[steps.length * columns * longest];
        int next = 0;
        for (int row = 0; row < steps.length; row++) {
            for (int t = 0; t < steps[row]; t++) {
                for (int c = 0; c < columns; c++) {
                    all[(row * columns + c) * longest + t] = ofSteps[next][c];
                }
                next++;
            }
        }
        return Nd4j.createFromArray(all).reshape(steps.length, columns, longest);
    }
}
