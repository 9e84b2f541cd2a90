package org.gatedepth.weka.model;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.gatedepth.dl4j.GatedNetworks;
import org.gatedepth.dl4j.network.Members;
import org.gatedepth.dl4j.training.PortableNetwork;
import org.gatedepth.plan.portable.RowProgram;
import org.gatedepth.plan.tile.FloatTile;
import org.gatedepth.weka.host.Platform;
import org.gatedepth.weka.table.TableEncoder;
import org.jspecify.annotations.Nullable;
import weka.core.Instance;
import weka.core.Instances;
import weka.core.Utils;

/**
 * A trained network with its data preparation: what predicts, and what a model file holds.
 *
 * <p>It predicts by a {@link RowProgram}, in Java alone. So a model predicts where there is no ND4J, in any number of
 * threads at once, and a single row in microseconds. Native code is asked in three cases: while the network trains,
 * since a program has copies of its parameters; for a network that programs do not know, which is one of sequences; and
 * for many rows of a large network, where it is faster, if ND4J has been started or there are so many that its start is
 * worth it.
 */
public final class NetworkModel implements Serializable {

    private static final long serialVersionUID = 1L;

    /** Multiplications of a row from which on native code is faster for many rows. */
    private static final long LARGE = 100_000;

    /** Rows from which on the start of a pass through native code does not count. */
    private static final int MANY = 64;

    /** Multiplications of all rows that take as long in Java as to start ND4J and to read the network, some seconds. */
    private static final double WORTH_A_START = 2e10;

    private final TableEncoder encoder;
    private final @Nullable ExitRule exits;
    private final StoredNetwork network;
    private final @Nullable RowProgram program;

    private NetworkModel(
            TableEncoder encoder, @Nullable ExitRule exits, StoredNetwork network, @Nullable RowProgram program) {
        this.encoder = encoder;
        this.exits = exits;
        this.network = network;
        this.program = program;
    }

    /**
     * A model that follows its network: it predicts with the parameters of the moment.
     *
     * @param encoder the data preparation
     * @param exits when rows exit early; null for never
     * @param network the network, which is not copied
     */
    public static NetworkModel inTraining(TableEncoder encoder, @Nullable ExitRule exits, LiveNetwork network) {
        return new NetworkModel(encoder, exits, new StoredNetwork(network, false), null);
    }

    /**
     * A model of a network that is not trained any more.
     *
     * @param encoder the data preparation
     * @param exits when rows exit early; null for never
     * @param network the network, which is not copied
     */
    public static NetworkModel trained(TableEncoder encoder, @Nullable ExitRule exits, LiveNetwork network) {
        List<List<String>> outputs = new ArrayList<>();
        if (exits != null) {
            exits.heads().forEach(head -> outputs.add(List.of(head)));
        }
        outputs.add(Members.outputs(network.graph(), GatedNetworks.OUTPUT));
        return new NetworkModel(
                encoder, exits, new StoredNetwork(network, false), PortableNetwork.of(network.graph(), outputs));
    }

    /** The attributes of the training table, without rows. */
    public Instances header() {
        return encoder.header();
    }

    /** Whether the class is nominal. */
    public boolean isClassNominal() {
        return encoder.classColumn().isNominal();
    }

    /** What the inputs of the training table should be read as; empty if there is nothing to say. */
    public String hints() {
        return encoder.dateHints();
    }

    /**
     * Predicts a row; as {@link #predict(Instances, int)}.
     *
     * @param row a row of a table with the attributes of the training table, or of no table
     */
    public double[] predict(Instance row, int threads) throws Exception {
        Instances table = row.dataset();
        RowProgram here = program;
        if (here == null) {
            if (table == null) {
                encoder.checkRow(row);
            }
            Instances single = table == null ? header() : new Instances(table, 1);
            single.add(row);
            return predict(single, threads)[0];
        }
        checkInterrupt();
        if (table != null) {
            encoder.check(table);
        }
        FloatTile registers = here.registers();
        encoder.write(row, registers.register(RowProgram.INPUT), 0);
        return output(here, 0, outputs(here, registers, 1));
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
        RowProgram here = program;
        return here == null || isForNativeCode(here, rows.size()) ? nativeOutputs(rows, threads) : outputs(here, rows);
    }

    private boolean isForNativeCode(RowProgram here, int rows) {
        if (exits != null || rows < MANY || here.multiplications() < LARGE) {
            return false;
        }
        return network.isLive() || (rows * (double) here.multiplications() >= WORTH_A_START && Platform.isThere());
    }

    private double[][] nativeOutputs(Instances rows, int threads) throws Exception {
        return Platform.run("Predicting", threads, () -> {
            double[][] outputs = NativePrediction.outputs(
                    network.restored().graph(), exits, encoder.rows(rows), NetworkModel::checkInterrupt);
            for (double[] output : outputs) {
                finish(output);
            }
            return outputs;
        });
    }

    private double[][] outputs(RowProgram here, Instances rows) throws InterruptedException {
        encoder.check(rows);
        double[][] outputs = new double[rows.size()][];
        FloatTile registers = here.registers();
        float[] inputs = registers.register(RowProgram.INPUT);
        // Rows that exit early do so one by one.
        int most = exits == null ? here.rowsAtOnce() : 1;
        for (int from = 0; from < outputs.length; from += most) {
            checkInterrupt();
            int count = Math.min(most, outputs.length - from);
            for (int i = 0; i < count; i++) {
                encoder.write(rows.get(from + i), inputs, i * here.inputs());
            }
            float[] values = outputs(here, registers, count);
            for (int i = 0; i < count; i++) {
                outputs[from + i] = output(here, i, values);
            }
        }
        return outputs;
    }

    /** Those of the first head that is confident enough, for one row, or of the network's own output. */
    private float[] outputs(RowProgram here, FloatTile registers, int rows) {
        int last = here.outputs() - 1;
        for (int head = 0; head < last; head++) {
            float[] values = here.run(registers, rows, head);
            if (exits != null && max(values, here.columns(head)) >= exits.confidence()) {
                return values;
            }
        }
        return here.run(registers, rows, last);
    }

    private static double max(float[] values, int count) {
        double max = values[0];
        for (int i = 1; i < count; i++) {
            max = Math.max(max, values[i]);
        }
        return max;
    }

    private double[] output(RowProgram here, int row, float[] values) {
        double[] output = new double[here.columns(here.outputs() - 1)];
        for (int i = 0; i < output.length; i++) {
            output[i] = values[row * output.length + i];
        }
        finish(output);
        return output;
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
