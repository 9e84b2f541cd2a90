package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.gatedepth.testing.Arrays.assertClose;
import static org.gatedepth.testing.Arrays.normal;

import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.block.Connection;
import org.gatedepth.dl4j.base.BlockLayer;
import org.gatedepth.dl4j.network.Wrappers;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.schedule.FixedSchedule;

class GatedNetworksTest {
    private static final NetworkSpec CLASSES = NetworkSpec.classification(5, 3).withSize(3, 8);

    private static ComputationGraph graph(NetworkSpec spec) {
        ComputationGraph graph = new ComputationGraph(GatedNetworks.configuration(spec));
        graph.init();
        return graph;
    }

    private static DataSet data(NetworkSpec spec) {
        INDArray x = normal(1, DataType.FLOAT, 16, spec.inputs());
        INDArray y = spec.task() == NetworkSpec.Task.CLASSIFICATION
                ? org.gatedepth.testing.Arrays.oneHot(16, spec.outputs()).castTo(DataType.FLOAT)
                : normal(2, DataType.FLOAT, 16, spec.outputs());
        return new DataSet(x, y);
    }

    static Stream<Arguments> specs() {
        return Stream.of(Connection.values())
                .flatMap(c -> Stream.of(
                        Arguments.arguments(CLASSES.withConnection(c)),
                        Arguments.arguments(NetworkSpec.regression(5, 2)
                                .withSize(3, 8)
                                .withConnection(c)
                                .withLayerNorm(true)
                                .withRegularisation(0.1, 0.01))));
    }

    @ParameterizedTest
    @MethodSource("specs")
    void everyConnectionAndTaskBuildsAndLearns(NetworkSpec spec) {
        ComputationGraph graph = graph(spec.withUpdater(new Adam(0.01)));
        DataSet data = data(spec);
        double before = graph.score(data);
        for (int i = 0; i < 40; i++) {
            graph.fit(data);
        }
        assertThat(graph.score(data)).isLessThan(before);
        assertThat(graph.outputSingle(normal(3, DataType.FLOAT, 7, 5)).shape()).containsExactly(7, spec.outputs());
    }

    @ParameterizedTest
    @MethodSource("specs")
    void survivesJson(NetworkSpec spec) {
        ComputationGraphConfiguration conf = GatedNetworks.configuration(spec);
        assertThat(ComputationGraphConfiguration.fromJson(conf.toJson())).isEqualTo(conf);
    }

    @Test
    void theOutputOfAClassifierIsADistribution() {
        INDArray sums =
                graph(CLASSES).outputSingle(normal(3, DataType.FLOAT, 7, 5)).sum(1);
        assertClose(sums, Nd4j.ones(DataType.FLOAT, 7), 1e-6);
    }

    @ParameterizedTest
    @MethodSource("specs")
    void theSameSeedGivesTheSameResultAfterTraining(NetworkSpec spec) {
        INDArray[] results = new INDArray[2];
        for (int run = 0; run < 2; run++) {
            ComputationGraph graph = graph(spec.withSeed(9));
            for (int i = 0; i < 3; i++) {
                graph.fit(data(spec));
            }
            results[run] = graph.params().dup();
        }
        assertClose(results[1], results[0], 0);
    }

    @ParameterizedTest
    @MethodSource("specs")
    void aLearningRateOfZeroStopsEveryLayerOfACopyAndNothingElse(NetworkSpec spec) {
        ComputationGraph graph = graph(spec.withUpdater(new Adam(0.1)));
        ComputationGraph copy = graph.clone();
        INDArray before = graph.params().dup();

        GatedNetworks.setLearningRate(copy, new FixedSchedule(0));
        copy.fit(data(spec));
        graph.fit(data(spec));

        // Adam's step at rate 0 is its epsilon.
        assertClose(copy.params(), before, 1e-6);
        assertThat(graph.getLayer(GatedNetworks.STACK)
                        .params()
                        .equals(copy.getLayer(GatedNetworks.STACK).params()))
                .isFalse();
    }

    @Test
    void aLearningRateOfZeroStopsEveryLayerOfAMultiLayerNetwork() {
        MultiLayerNetwork network = Networks.network(
                Networks.builder(new Adam(0.1)),
                new GatedStack.Builder().depth(2).nOut(4).build());
        INDArray before = network.params().dup();

        GatedNetworks.setLearningRate(network, new FixedSchedule(0));
        network.fit(Networks.data(5, 1));

        assertClose(network.params(), before, 1e-6);
    }

    @Test
    void aLearningRateReachesLayersInWrappers() {
        MultiLayerNetwork network = Networks.network(
                Networks.builder(new Adam(0.1)),
                new FrozenLayer(new GatedStack.Builder().depth(2).nOut(4).build()),
                new FrozenLayerWithBackprop(new HighwayLayer.Builder().nOut(4).build()));

        GatedNetworks.setLearningRate(network, new FixedSchedule(0.5));

        for (int i = 0; i < 2; i++) {
            BlockLayer layer =
                    (BlockLayer) Wrappers.unwrapped(network.getLayer(i)).conf().getLayer();
            assertThat(layer.getUpdater().getLearningRate(0, 0)).isEqualTo(0.5);
        }
    }

    @ParameterizedTest
    @MethodSource("specs")
    void theSameLearningRateSetAgainChangesNothing(NetworkSpec spec) {
        ComputationGraph once = graph(spec.withUpdater(new Adam(0.01)).withRegularisation(0, 0.01));
        ComputationGraph again = graph(spec.withUpdater(new Adam(0.01)).withRegularisation(0, 0.01));
        for (int i = 0; i < 4; i++) {
            if (i == 2) {
                GatedNetworks.setLearningRate(again, new FixedSchedule(0.01));
            }
            once.fit(data(spec));
            again.fit(data(spec));
        }
        assertClose(again.params(), once.params(), 0);
    }

    @Test
    void anotherSeedGivesOtherParameters() {
        assertThat(graph(CLASSES.withSeed(1))
                        .params()
                        .equals(graph(CLASSES.withSeed(2)).params()))
                .isFalse();
    }

    @Test
    void theStackFollowsTheSpec() {
        NetworkSpec spec = CLASSES.withSize(7, 6)
                .withTransformGateBias(-2.5)
                .withActivation(Activation.TANH)
                .withRegularisation(0.25, 0);
        ComputationGraph graph = graph(spec);
        GatedStack stack =
                (GatedStack) graph.getLayer(GatedNetworks.STACK).conf().getLayer();
        assertThat(stack.getDepth()).isEqualTo(7);
        assertThat(stack.getNOut()).isEqualTo(6);
        assertThat(stack.getTransformGateBias()).isEqualTo(-2.5);
        assertThat(stack.getActivation()).isEqualTo(Activation.TANH);
        assertThat(stack.getIDropout()).isEqualTo(new org.deeplearning4j.nn.conf.dropout.Dropout(0.75));
        assertThat(graph.getParam("stack_b7/T/b").meanNumber().doubleValue()).isEqualTo(-2.5);
    }

    @Test
    void transformsOfReluHighwayBlocksStartSmallerThanThoseOfOthers() {
        NetworkSpec spec = CLASSES.withSize(2, 100).withActivation(Activation.RELU);
        // Uniform between 1/√fanIn and its negative has the variance 1/(3·fanIn), He's weights have 2/fanIn.
        assertThat(graph(spec.withConnection(Connection.HIGHWAY))
                        .getParam("stack_b1/H/W")
                        .stdNumber()
                        .doubleValue())
                .isCloseTo(Math.sqrt(1 / 300.0), within(0.002));
        assertThat(graph(spec.withConnection(Connection.RESIDUAL))
                        .getParam("stack_b1/F/W")
                        .stdNumber()
                        .doubleValue())
                .isCloseTo(Math.sqrt(2 / 100.0), within(0.004));
    }

    @Test
    void theUpdaterIsTheSpecs() {
        ComputationGraph graph = graph(CLASSES.withUpdater(new Nesterovs(0.3, 0.8)));
        assertThat(((GatedStack) graph.getLayer(GatedNetworks.STACK).conf().getLayer()).getUpdater())
                .isEqualTo(new Nesterovs(0.3, 0.8));
    }

    @Test
    void everyWithMethodChangesItsComponentAndNoOther() {
        NetworkSpec spec = CLASSES.withConnection(Connection.DENSE)
                .withActivation(Activation.GELU)
                .withTransformGateBias(-4.0)
                .withLayerNorm(true)
                .withRegularisation(0.1, 0.2)
                .withUpdater(new Adam(0.5))
                .withSeed(77)
                .withSize(5, 6)
                .withMembers(2);
        assertThat(spec)
                .isEqualTo(new NetworkSpec(
                        5,
                        3,
                        NetworkSpec.Task.CLASSIFICATION,
                        5,
                        6,
                        Connection.DENSE,
                        Activation.GELU,
                        -4.0,
                        true,
                        0.1,
                        0.2,
                        new Adam(0.5),
                        77,
                        List.of(),
                        List.of(),
                        2));
    }

    @Test
    void refusesWhatCannotBeWithASentence() {
        assertRefused(() -> NetworkSpec.classification(0, 3), "inputs must be at least 1, got 0");
        assertRefused(() -> NetworkSpec.classification(5, 1), "outputs must be at least 2 for CLASSIFICATION, got 1");
        assertRefused(() -> NetworkSpec.regression(5, 0), "outputs must be at least 1 for REGRESSION, got 0");
        assertRefused(() -> CLASSES.withSize(0, 8), "depth must be from 1 to 10000, got 0");
        assertRefused(
                () -> CLASSES.withSize(2, 100_000),
                "depth 2 and width 100000 make more than 2147483647 parameters: choose a smaller depth or width");
        assertRefused(() -> CLASSES.withSize(2, 0), "width must be at least 1, got 0");
        assertRefused(
                () -> CLASSES.withTransformGateBias(Double.NEGATIVE_INFINITY),
                "transform gate bias must be finite, got -Infinity");
        assertRefused(() -> CLASSES.withTransformGateBias(Double.NaN), "transform gate bias must be finite, got NaN");
        assertRefused(() -> CLASSES.withRegularisation(1, 0), "drop probability must be in [0, 1), got 1.0");
        assertRefused(() -> CLASSES.withRegularisation(-0.5, 0), "drop probability must be in [0, 1), got -0.5");
        assertRefused(() -> CLASSES.withRegularisation(Double.NaN, 0), "drop probability must be in [0, 1), got NaN");
        assertRefused(
                () -> CLASSES.withRegularisation(0, -1),
                "weight decay must be a finite number of at least 0, got -1.0");
        assertRefused(
                () -> CLASSES.withRegularisation(0, Double.NaN),
                "weight decay must be a finite number of at least 0, got NaN");
    }

    @Test
    void refusesAnActivationThatSameDiffCannotExpress() {
        assertThatThrownBy(() -> GatedNetworks.configuration(CLASSES.withActivation(Activation.RRELU)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("activation RRELU cannot be expressed in SameDiff");
    }

    private static void assertRefused(Runnable task, String sentence) {
        assertThatThrownBy(task::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(sentence);
    }
}
