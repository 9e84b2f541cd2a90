package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** Two networks that begin alike: one is trained by {@code fit}, the other by a compiled trainer. */
final class TrainedTwice {
    private static final int STEPS = 100;

    private TrainedTwice() {}

    /** Trains for 100 steps, with the same random numbers, and compares score, parameters and updater state. */
    static void assertAlike(Supplier<MultiLayerNetwork> network, IntFunction<DataSet> data, double tolerance) {
        MultiLayerNetwork by = network.get();
        MultiLayerNetwork compiled = network.get();
        assertAlike(by, by::fit, compiled, CompiledTrainer.of(compiled), data, tolerance);
        assertClose(by.getUpdater().getStateViewArray(), compiled.getUpdater().getStateViewArray(), tolerance);
        assertThat(compiled.getIterationCount()).isEqualTo(STEPS);
    }

    /** The same for a graph. */
    static void assertAlikeGraphs(Supplier<ComputationGraph> network, IntFunction<DataSet> data, double tolerance) {
        ComputationGraph by = network.get();
        ComputationGraph compiled = network.get();
        assertAlike(by, by::fit, compiled, CompiledTrainer.of(compiled), data, tolerance);
        assertClose(by.getUpdater().getStateViewArray(), compiled.getUpdater().getStateViewArray(), tolerance);
    }

    private static void assertAlike(
            Model by,
            Consumer<DataSet> fit,
            Model compiled,
            CompiledTrainer trainer,
            IntFunction<DataSet> data,
            double tolerance) {
        INDArray before = by.params().dup();
        try (trainer) {
            for (int i = 0; i < STEPS; i++) {
                Nd4j.getRandom().setSeed(1000L + i);
                fit.accept(data.apply(i));
                Nd4j.getRandom().setSeed(1000L + i);
                trainer.fit(data.apply(i));
                assertThat(compiled.score()).as("score of step " + i).isCloseTo(by.score(), within(1e-4));
            }
        }
        assertMoved(before, by.params());
        assertClose(by.params(), compiled.params(), tolerance);
    }

    private static void assertMoved(INDArray before, INDArray after) {
        assertThat(before.sub(after).amaxNumber().doubleValue()).isGreaterThan(1e-4);
    }

    private static void assertClose(@Nullable INDArray a, @Nullable INDArray b, double tolerance) {
        if (a != null && b != null) {
            assertThat(a.sub(b).amaxNumber().doubleValue()).isLessThan(tolerance);
        } else {
            assertThat(a).isEqualTo(b);
        }
    }

    /** Random rows; the labels are positive numbers whose sum is 1, or one-hot rows. */
    static DataSet rows(DataType type, int number, int inputs, int outputs, boolean oneHot) {
        Random random = new Random(number);
        int rows = number % 5 == 4 ? 3 : 8;
        double[][] x = new double[rows][inputs];
        double[][] y = new double[rows][outputs];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < inputs; j++) {
                x[i][j] = random.nextGaussian();
            }
            double sum = 0;
            for (int j = 0; j < outputs; j++) {
                y[i][j] = oneHot ? 0 : .05 + random.nextDouble();
                sum += y[i][j];
            }
            for (int j = 0; j < outputs && !oneHot; j++) {
                y[i][j] /= sum;
            }
            if (oneHot) {
                y[i][random.nextInt(outputs)] = 1;
            }
        }
        return new DataSet(
                Nd4j.createFromArray(x).castTo(type), Nd4j.createFromArray(y).castTo(type));
    }
}
