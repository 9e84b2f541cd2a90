package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.gatedepth.testing.Arrays.assertClose;
import static org.gatedepth.testing.Arrays.distance;
import static org.gatedepth.testing.Arrays.normal;

import java.io.File;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.gatedepth.dl4j.training.update.FusedAdamUpdater;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.AdamUpdater;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

/** {@link FusedAdam} beside ND4J's Adam, and in Deeplearning4j's networks. */
class FusedAdamTest {
    private static final double TOLERANCE = 1e-6;
    private static final int STEPS = 100;
    /** Steps in an epoch, for the schedules that go by the epoch. */
    private static final int EPOCH = 10;

    static Stream<ISchedule> schedules() {
        return Stream.of(
                new StepSchedule(ScheduleType.EPOCH, 0.01, 0.5, 2),
                new ExponentialSchedule(ScheduleType.ITERATION, 0.01, 0.98),
                new MapSchedule.Builder(ScheduleType.EPOCH)
                        .add(0, 0.001)
                        .add(4, 0.01)
                        .add(8, 0.0001)
                        .build());
    }

    private static INDArray state(DataType type, long length) {
        return Nd4j.zeros(type, 1, 2 * length);
    }

    /** A gradient whose elements are of very different size: the cubes of normal numbers. */
    private static INDArray gradient(int seed, DataType type, long... shape) {
        INDArray normal = normal(seed, shape);
        return normal.mul(normal).muli(normal).castTo(type);
    }

    private static GradientUpdater<?> updater(IUpdater config, INDArray state) {
        return config.instantiate(state, true);
    }

    /** Applies two updaters to the same gradients, and compares each update. */
    private static void assertSameUpdates(IUpdater actual, IUpdater expected, DataType type, int length, double limit) {
        INDArray actualState = state(type, length);
        INDArray expectedState = state(type, length);
        GradientUpdater<?> actualUpdater = updater(actual, actualState);
        GradientUpdater<?> expectedUpdater = updater(expected, expectedState);
        INDArray actualSum = Nd4j.zeros(type, length);
        INDArray expectedSum = Nd4j.zeros(type, length);
        for (int i = 0; i < STEPS; i++) {
            INDArray actualUpdate = gradient(i, type, length);
            INDArray expectedUpdate = actualUpdate.dup();
            actualUpdater.applyUpdater(actualUpdate, i, i / EPOCH);
            expectedUpdater.applyUpdater(expectedUpdate, i, i / EPOCH);
            assertThat(distance(actualUpdate, expectedUpdate)).isLessThanOrEqualTo(limit);
            actualSum.addi(actualUpdate);
            expectedSum.addi(expectedUpdate);
        }
        assertClose(actualSum, expectedSum, limit);
        assertClose(actualState, expectedState, limit);
        assertThat(expectedSum.amaxNumber().doubleValue()).isGreaterThan(0.001);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 1000, 1024, 1025, 5000})
    void equalsAdam(int length) {
        assertSameUpdates(new FusedAdam(1e-3), new Adam(1e-3), DataType.FLOAT, length, TOLERANCE);
    }

    @Test
    void equalsAdamWithOtherValues() {
        assertSameUpdates(
                new FusedAdam(0.002, 0.8, 0.95, 1e-4),
                new Adam(0.002, 0.8, 0.95, 1e-4),
                DataType.FLOAT,
                1500,
                TOLERANCE);
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void equalsAdamWithASchedule(ISchedule schedule) {
        assertSameUpdates(new FusedAdam(schedule), new Adam(schedule), DataType.FLOAT, 1500, TOLERANCE);
    }

    @Test
    void leavesDoublesToAdam() {
        assertSameUpdates(new FusedAdam(1e-3), new Adam(1e-3), DataType.DOUBLE, 1500, 0);
    }

    @Test
    void itsFirstStepIsTheLearningRate() {
        INDArray update = Nd4j.createFromArray(-3f, 2f, 0.5f);

        updater(new FusedAdam(0.01), state(DataType.FLOAT, 3)).applyUpdater(update, 0, 0);

        assertClose(update, Nd4j.createFromArray(-0.01f, 0.01f, 0.01f), 1e-8);
    }

    @Test
    void updatesAViewAndNothingBesideIt() {
        INDArray all = gradient(1, DataType.FLOAT, 3000);
        INDArray before = all.dup();
        INDArray expected = before.get(NDArrayIndex.interval(700, 2200)).dup();
        updater(new Adam(0.1), state(DataType.FLOAT, 1500)).applyUpdater(expected, 0, 0);

        updater(new FusedAdam(0.1), state(DataType.FLOAT, 1500))
                .applyUpdater(all.get(NDArrayIndex.interval(700, 2200)), 0, 0);

        before.get(NDArrayIndex.interval(700, 2200)).assign(expected);
        assertClose(all, before, TOLERANCE);
    }

    @Test
    void updatesAColumnAndNothingBesideIt() {
        INDArray all = gradient(1, DataType.FLOAT, 50, 3);
        INDArray expected = all.dup();
        updater(new Adam(0.1), state(DataType.FLOAT, 50)).applyUpdater(expected.getColumn(1), 0, 0);

        updater(new FusedAdam(0.1), state(DataType.FLOAT, 50)).applyUpdater(all.getColumn(1), 0, 0);

        assertClose(all, expected, TOLERANCE);
    }

    @Test
    void takesAMatrixInAnotherOrderThanItsState() {
        INDArray c = gradient(1, DataType.FLOAT, 30, 20);
        INDArray states = normal(2, DataType.FLOAT, 30, 20).mul(0.1);
        INDArray fusedMean = states.dup('c');
        INDArray fusedSquare = states.mul(states).dup('c');
        INDArray adamMean = fusedMean.dup('c');
        INDArray adamSquare = fusedSquare.dup('c');
        GradientUpdater<?> fused = new FusedAdam(0.1)
                .instantiate(Map.of(AdamUpdater.M_STATE, fusedMean, AdamUpdater.V_STATE, fusedSquare), false);
        GradientUpdater<?> adam = new Adam(0.1)
                .instantiate(Map.of(AdamUpdater.M_STATE, adamMean, AdamUpdater.V_STATE, adamSquare), false);
        INDArray actual = c.dup('f');
        INDArray expected = c.dup('f');

        fused.applyUpdater(actual, 5, 0);
        adam.applyUpdater(expected, 5, 0);

        assertClose(actual, expected, TOLERANCE);
        assertClose(fusedMean, adamMean, TOLERANCE);
        assertClose(fusedSquare, adamSquare, TOLERANCE);
    }

    @Test
    void refusesAGradientBeforeItHasAState() {
        assertThatIllegalStateException()
                .isThrownBy(
                        () -> new FusedAdamUpdater(new FusedAdam()).applyUpdater(gradient(1, DataType.FLOAT, 3), 0, 0))
                .withMessage("Updater has not been initialized with view state");
    }

    private static NeuralNetConfiguration.Builder floats(IUpdater updater) {
        return Networks.builder(updater).dataType(DataType.FLOAT);
    }

    /** Stock layers only. */
    private static MultiLayerNetwork stock(NeuralNetConfiguration.Builder builder) {
        return Networks.network(
                builder,
                new DenseLayer.Builder().nOut(16).activation(Activation.TANH).build(),
                new DenseLayer.Builder().nOut(16).activation(Activation.TANH).build());
    }

    private static DataSet batch(int seed) {
        DataSet data = Networks.data(16, seed);
        return new DataSet(
                data.getFeatures().castTo(DataType.FLOAT), data.getLabels().castTo(DataType.FLOAT));
    }

    private static void fit(MultiLayerNetwork network, int from, int to) {
        for (int i = from; i < to; i++) {
            network.fit(batch(i));
        }
    }

    @Test
    void trainsStockLayersAsAdamDoes() {
        MultiLayerNetwork fused = stock(floats(new FusedAdam(1e-3)));
        MultiLayerNetwork adam = stock(floats(new Adam(1e-3)));
        INDArray start = fused.params().dup();

        fit(fused, 0, STEPS);
        fit(adam, 0, STEPS);

        assertClose(fused.params(), adam.params(), TOLERANCE);
        assertThat(fused.params().equalsWithEps(start, 0.01)).isFalse();
    }

    @Test
    void trainsWithWeightDecayAsAdamDoes() {
        MultiLayerNetwork fused = stock(floats(new FusedAdam(1e-3)).weightDecay(0.3));
        MultiLayerNetwork adam = stock(floats(new Adam(1e-3)).weightDecay(0.3));
        MultiLayerNetwork without = stock(floats(new Adam(1e-3)));

        fit(fused, 0, STEPS);
        fit(adam, 0, STEPS);
        fit(without, 0, STEPS);

        assertClose(fused.params(), adam.params(), TOLERANCE);
        assertThat(without.params().equalsWithEps(adam.params(), 0.001)).isFalse();
    }

    @Test
    void trainsAGraphAsAdamDoes() {
        ComputationGraph fused =
                Networks.graph(floats(new FusedAdam(1e-3)), Variants.highway(8).build());
        ComputationGraph adam =
                Networks.graph(floats(new Adam(1e-3)), Variants.highway(8).build());
        INDArray start = fused.params().dup();

        for (int i = 0; i < STEPS; i++) {
            fused.fit(batch(i));
            adam.fit(batch(i));
        }

        assertClose(fused.params(), adam.params(), TOLERANCE);
        assertThat(fused.params().equalsWithEps(start, 0.01)).isFalse();
    }

    @Test
    void goesOnExactlyWhereAStoredNetworkWas(@TempDir Path folder) throws Exception {
        File file = folder.resolve("network.zip").toFile();
        MultiLayerNetwork network = stock(floats(new FusedAdam(0.01)).weightDecay(0.1));
        fit(network, 0, 10);
        ModelSerializer.writeModel(network, file, true);
        MultiLayerNetwork restored = ModelSerializer.restoreMultiLayerNetwork(file, true);

        fit(network, 10, 20);
        fit(restored, 10, 20);

        assertClose(restored.params(), network.params(), 0);
        assertClose(restored.updaterState(), network.updaterState(), 0);
    }

    @Test
    void goesOnWithTheStateThatAdamLeft(@TempDir Path folder) throws Exception {
        File file = folder.resolve("network.zip").toFile();
        MultiLayerNetwork adam = stock(floats(new Adam(1e-3)));
        fit(adam, 0, 20);
        ModelSerializer.writeModel(adam, file, true);
        MultiLayerNetwork stored = ModelSerializer.restoreMultiLayerNetwork(file, true);
        MultiLayerNetwork fused = stock(floats(new FusedAdam(1e-3)));
        fused.setParams(stored.params());
        fused.getUpdater().setStateViewArray(fused, stored.updaterState(), false);
        fused.setIterationCount(stored.getIterationCount());

        fit(adam, 20, 60);
        fit(fused, 20, 60);

        assertClose(fused.params(), adam.params(), TOLERANCE);
        assertClose(fused.updaterState(), adam.updaterState(), TOLERANCE);
    }
}
