package org.gatedepth.weka.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.gatedepth.block.Connection;
import org.gatedepth.weka.options.ActivationFunction;
import org.gatedepth.weka.options.AuxiliaryDecay;
import org.gatedepth.weka.options.AuxiliaryOptions;
import org.gatedepth.weka.options.NetworkOptions;
import org.gatedepth.weka.progress.ProgressListeners;
import org.gatedepth.weka.sequence.SequenceOptions;
import org.gatedepth.weka.table.ClassWeights;
import org.gatedepth.weka.table.InputOptions;
import org.gatedepth.weka.table.NumberEmbedding;
import org.gatedepth.weka.table.Scaling;
import org.jspecify.annotations.Nullable;
import weka.classifiers.functions.GatedNetwork;
import weka.core.Attribute;
import weka.core.DenseInstance;
import weka.core.Instances;

/** Prepared rows of two numbers for the tests, and small networks for them. */
final class Prepared {

    private Prepared() {}

    /** The class says whether the two numbers have the same sign, or nothing at all. */
    static Instances table(int rows, boolean noise) {
        Random random = new Random(1);
        Instances table = new Instances(
                "table",
                new ArrayList<>(List.of(
                        new Attribute("a"), new Attribute("b"), new Attribute("class", List.of("same", "other")))),
                rows);
        table.setClassIndex(2);
        for (int i = 0; i < rows; i++) {
            double a = random.nextGaussian();
            double b = random.nextGaussian();
            boolean same = noise ? random.nextBoolean() : a * b > 0;
            table.add(new DenseInstance(1, new double[] {a, b, same ? 0 : 1}));
        }
        return table;
    }

    /** Options of a small network of which some are left to the run. */
    static NetworkOptions options(
            @Nullable Integer epochs, @Nullable Double weightDecay, @Nullable Double mixup, NumberEmbedding numbers) {
        return new NetworkOptions(
                2,
                16,
                Connection.HIGHWAY,
                1,
                null,
                ActivationFunction.TANH,
                0,
                weightDecay,
                mixup,
                0.02,
                epochs,
                32,
                0,
                null,
                new AuxiliaryOptions(null, 0, AuxiliaryDecay.NONE, "", "", List.of(), null),
                new InputOptions(Scaling.STANDARDISE, numbers, ClassWeights.NONE, 100),
                SequenceOptions.DEFAULT,
                false,
                1,
                null,
                null,
                1);
    }

    /** The same with another number of threads of native code. */
    static NetworkOptions withThreads(NetworkOptions o, @Nullable Integer threads) {
        return with(o, o.sequences(), threads);
    }

    private static NetworkOptions with(NetworkOptions o, SequenceOptions sequences, @Nullable Integer threads) {
        return new NetworkOptions(
                o.depth(),
                o.width(),
                o.connection(),
                o.members(),
                o.transformGateBias(),
                o.activation(),
                o.dropProbability(),
                o.weightDecay(),
                o.mixup(),
                o.learningRate(),
                o.epochs(),
                o.miniBatch(),
                o.validation(),
                o.patience(),
                o.auxiliary(),
                o.inputs(),
                sequences,
                o.resume(),
                threads,
                o.workers(),
                o.stream(),
                o.seed());
    }

    static List<PreparedRows> rows(NetworkOptions options, Instances table) throws Exception {
        return PreparedRows.fitted(
                options,
                new GatedNetwork().getCapabilities(),
                table,
                ProgressListeners.of(table, new String[0], null, false));
    }

    /** Options of a network that reads the two numbers as a series of two steps, with all else left to the run. */
    static NetworkOptions ofSeries() {
        NetworkOptions automatic = options(null, null, null, NumberEmbedding.AUTO);
        SequenceOptions usual = SequenceOptions.DEFAULT;
        SequenceOptions series = new SequenceOptions(
                usual.kind(), null, null, false, List.of("1-2"), usual.tokenizer(), usual.maxTokens());
        return with(automatic, series, automatic.threads());
    }

    /** So many rows, with their numbers scaled. */
    static PreparedRows of(int rows) throws Exception {
        return rows(options(1, 0.0, 0.0, NumberEmbedding.NONE), table(rows, false))
                .get(0);
    }
}
