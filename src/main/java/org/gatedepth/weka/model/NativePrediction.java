package org.gatedepth.weka.model;

import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.gatedepth.dl4j.EarlyExit;
import org.gatedepth.weka.table.Chunks;
import org.gatedepth.weka.table.Rows;
import org.jspecify.annotations.Nullable;

/** Predicts rows by a network of Deeplearning4j, in native code. */
public final class NativePrediction {

    private NativePrediction() {}

    /** The outputs for rows, one array a row. */
    static double[][] outputs(
            ComputationGraph network, @Nullable ExitRule exits, Rows rows, Chunks.Checkpoint checkpoint)
            throws InterruptedException {
        if (exits == null) {
            return Chunks.outputs(network, rows, checkpoint);
        }
        return Chunks.joined(exits(network, exits, rows, checkpoint).stream()
                .map(result -> result.output().toDoubleMatrix())
                .toList());
    }

    /**
     * Predicts rows and says where each of them exits. One thread at a time, as in the network's own {@code output}.
     */
    public static List<EarlyExit.Result> exits(
            ComputationGraph network, ExitRule rule, Rows rows, Chunks.Checkpoint checkpoint)
            throws InterruptedException {
        EarlyExit exit = new EarlyExit(network, rule.heads(), rule.confidence());
        return Chunks.map(rows, checkpoint, chunk -> {
            synchronized (network) {
                return exit.predict(chunk.inputs()[0]);
            }
        });
    }
}
