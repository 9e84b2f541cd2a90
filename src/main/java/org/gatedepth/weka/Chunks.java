package org.gatedepth.weka;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Passes rows through a network in chunks, so that many rows need little memory and can be interrupted. */
final class Chunks {

    /** Rows of one forward pass: enough to be fast. */
    private static final int ROWS = 1024;

    private Chunks() {}

    /** A step between two chunks that may end the work. */
    @FunctionalInterface
    interface Checkpoint {
        void check() throws InterruptedException;
    }

    /** The results of a pass, one for each chunk. */
    static <T> List<T> map(float[][] inputs, Checkpoint checkpoint, Function<INDArray, T> pass)
            throws InterruptedException {
        List<T> results = new ArrayList<>();
        for (int from = 0; from < inputs.length; from += ROWS) {
            checkpoint.check();
            int to = Math.min(from + ROWS, inputs.length);
            results.add(pass.apply(Nd4j.createFromArray(Arrays.copyOfRange(inputs, from, to))));
        }
        return results;
    }

    /** What the network's own output says, one array a row. */
    static double[][] outputs(ComputationGraph network, float[][] inputs, Checkpoint checkpoint)
            throws InterruptedException {
        return joined(map(inputs, checkpoint, chunk -> network.output(chunk)[0].toDoubleMatrix()));
    }

    /** The rows of all chunks. */
    static double[][] joined(List<double[][]> chunks) {
        return chunks.stream().flatMap(Arrays::stream).toArray(double[][]::new);
    }
}
