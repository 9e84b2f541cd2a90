package org.gatedepth.weka.model;

import java.io.IOException;
import java.io.Serializable;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.gatedepth.weka.host.Platform;
import org.gatedepth.weka.table.Chunks;
import org.gatedepth.weka.table.Rows;
import org.gatedepth.weka.table.TableEncoder;
import org.jspecify.annotations.Nullable;
import weka.core.Instances;
import weka.core.Utils;

/** A trained network with its data preparation: what predicts, and what a model file holds. */
public final class NetworkModel implements Serializable {

    private static final long serialVersionUID = 1L;

    private final TableEncoder encoder;
    private final @Nullable ExitRule exits;
    private final StoredNetwork network;

    /**
     * A model that follows its network: one that is still in training predicts with the parameters of the moment.
     *
     * @param encoder the data preparation
     * @param exits when rows exit early; null for never
     * @param network the network, which is not copied
     */
    public NetworkModel(TableEncoder encoder, @Nullable ExitRule exits, ComputationGraph network) {
        this.encoder = encoder;
        this.exits = exits;
        this.network = new StoredNetwork(network, false);
    }

    /** The attributes of the training table, without rows. */
    public Instances header() {
        return encoder.header();
    }

    /** What the inputs of the training table should be read as; empty if there is nothing to say. */
    public String hints() {
        return encoder.dateHints();
    }

    /**
     * Predicts rows. If they may exit early, the prediction of a row is that of the head at which it exited.
     *
     * @param rows rows with the attributes of the training table; the class and the auxiliary attributes may be missing
     * @param threads the number of threads that native code may use, at least 1
     * @return one array a row: the probability of each label, or one number in the units of a numeric class
     * @throws Exception with one sentence, if the attributes differ, native code fails or the thread is interrupted
     */
    public double[][] predict(Instances rows, int threads) throws Exception {
        return Platform.run("Predicting", threads, () -> {
            double[][] outputs = outputs(encoder.rows(rows));
            for (double[] output : outputs) {
                finish(output);
            }
            return outputs;
        });
    }

    private double[][] outputs(Rows rows) throws IOException, InterruptedException {
        ComputationGraph current = network.restored();
        if (exits == null) {
            return Chunks.outputs(current, rows, NetworkModel::checkInterrupt);
        }
        return Chunks.joined(exits.predict(current, rows, NetworkModel::checkInterrupt).stream()
                .map(result -> result.output().toDoubleMatrix())
                .toList());
    }

    /**
     * The network as a zip that Deeplearning4j's {@code ModelSerializer} restores.
     *
     * @throws Exception with one sentence, if native code fails
     */
    public byte[] zip() throws Exception {
        return Platform.run("Exporting the model", 1, network::zip);
    }

    private void finish(double[] output) {
        if (!Double.isFinite(Utils.sum(output))) {
            throw new ArithmeticException(
                    "The prediction of a row is not a number:" + " look for infinite or extreme values in the row.");
        }
        if (encoder.classColumn().isNominal()) {
            Utils.normalize(output);
        } else {
            output[0] = encoder.classColumn().toUnits(output[0]);
        }
    }

    private static void checkInterrupt() throws InterruptedException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedException("Predicting was stopped.");
        }
    }
}
