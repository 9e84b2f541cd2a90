package org.gatedepth.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.dl4j.DeepSupervisionOutputLayer;
import org.gatedepth.dl4j.GatedNetworks;
import org.gatedepth.dl4j.GatedStack;
import org.gatedepth.dl4j.TransformGates;
import org.gatedepth.dl4j.probe.NetworkProbe;
import org.gatedepth.loss.Head;
import org.gatedepth.loss.Loss;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** Measuring and copying a network leaves ND4J's random generator as it was, and so the training after it. */
@ExtendWith(DoublePrecision.class)
class LeavesNoTraceTest {
    private static final DataSet DATA = Networks.data(32, 1);

    private static GatedStack stack() {
        return new GatedStack.Builder().depth(3).nOut(4).dropOut(0.5).build();
    }

    private static MultiLayerNetwork network() {
        return Networks.network(Networks.builder(new Sgd(0.1)), stack());
    }

    private static ComputationGraph graph() {
        return Networks.graph(Networks.builder(new Sgd(0.1)), stack());
    }

    private static MultiLayerNetwork supervised() {
        GatedStack tapped = new GatedStack.Builder().depth(2).nOut(4).taps(1).build();
        MultiLayerNetwork network = new MultiLayerNetwork(Networks.builder(new Sgd(0.1))
                .list()
                .layer(tapped)
                .layer(new DeepSupervisionOutputLayer.Builder(Loss.softmaxCrossEntropy(), tapped)
                        .nOut(3)
                        .head(1, Head.of(Loss.softmaxCrossEntropy(), 3))
                        .build())
                .setInputType(InputType.feedForward(4))
                .build());
        network.init();
        return network;
    }

    private static Arguments named(String name, Runnable measurement) {
        return Arguments.of(name, measurement);
    }

    static Stream<Arguments> measurements() {
        MultiLayerNetwork network = network();
        ComputationGraph graph = graph();
        MultiLayerNetwork supervised = supervised();
        return Stream.of(
                named("report of a network", () -> DepthReport.of(network, DATA)),
                named("report of a graph", () -> DepthReport.of(graph, DATA)),
                named("probe", () -> NetworkProbe.of(network).initial()),
                named("gates", () -> new TransformGates(graph).byBlock(DATA.getFeatures())),
                named("shorter network", () -> Shrink.without(network, List.of("layer0/1"))),
                named("shorter graph", () -> Shrink.without(graph, List.of("layer0/1"))),
                named("network without heads", () -> GatedNetworks.withoutHeads(supervised)),
                named("graph without heads", () -> GatedNetworks.withoutHeads(graph)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("measurements")
    void theGeneratorGoesOnWhereItWas(String name, Runnable measurement) {
        Nd4j.getRandom().setSeed(77);
        Nd4j.rand(3, 3);
        INDArray expected = Nd4j.rand(3, 3);

        Nd4j.getRandom().setSeed(77);
        Nd4j.rand(3, 3);
        measurement.run();

        assertThat(Nd4j.rand(3, 3)).isEqualTo(expected);
    }

    @Test
    void trainingGoesOnAsWithoutAReport() {
        MultiLayerNetwork plain = network();
        train(plain, 10);
        MultiLayerNetwork measured = network();
        train(measured, 5);
        DepthReport.of(measured, DATA);
        Shrink.without(measured, List.of("layer0/1"));
        train(measured, 5);

        assertThat(measured.params()).isEqualTo(plain.params());
    }

    private static void train(MultiLayerNetwork network, int iterations) {
        for (int i = 0; i < iterations; i++) {
            network.fit(DATA);
        }
    }
}
