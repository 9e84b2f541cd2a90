package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.gatedepth.testing.Arrays.assertClose;
import static org.gatedepth.testing.Arrays.normal;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.block.Connection;
import org.gatedepth.loss.Head;
import org.gatedepth.loss.Loss;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Sgd;

/** One block's parameters are read and set by name. */
@ExtendWith(DoublePrecision.class)
class BlockParamsTest {
    private static final DataSet DATA = Networks.data(8, 1);

    private static MultiLayerNetwork supervised() {
        GatedStack stack = Variants.stack(Connection.HIGHWAY, 3).taps(1).build();
        MultiLayerNetwork network = new MultiLayerNetwork(Networks.builder(new Sgd(0.1))
                .list()
                .layer(stack)
                .layer(new DeepSupervisionOutputLayer.Builder(Loss.softmaxCrossEntropy(), stack)
                        .nOut(3)
                        .head(1, Head.of(Loss.softmaxCrossEntropy(), 3))
                        .build())
                .setInputType(InputType.feedForward(Networks.INPUTS))
                .build());
        network.init();
        return network;
    }

    private static ComputationGraph graph() {
        return Networks.graph(
                Networks.builder(new Sgd(0.1)),
                Variants.stack(Connection.HIGHWAY, 3).build(),
                Variants.highway(3).build());
    }

    /** That number of elements of the network's own vector changed, and what it predicts. */
    private static void assertReaches(INDArray all, INDArray param, Runnable predictsOtherwise) {
        INDArray before = all.dup();
        param.assign(normal(7, param.shape()));
        assertThat(before.neq(all).castTo(before.dataType()).sumNumber().longValue())
                .isEqualTo(param.length());
        predictsOtherwise.run();
    }

    @Test
    void everyParameterThatIsSetReachesTheNetworkAndItsPredictions() {
        MultiLayerNetwork network = supervised();
        for (int block = 0; block <= 3; block++) {
            Map<String, INDArray> params = BlockParams.of(network, "layer0", block);
            assertThat(params.keySet()).isEqualTo(block == 0 ? Set.of("W", "b") : Set.of("H/W", "H/b", "T/W", "T/b"));
            for (INDArray param : params.values()) {
                INDArray y = network.output(DATA.getFeatures());
                assertReaches(
                        network.params(),
                        param,
                        () -> assertThat(network.output(DATA.getFeatures()).equals(y))
                                .isFalse());
            }
        }
        ComputationGraph graph = graph();
        for (INDArray param : BlockParams.of(graph, "layer0", 2).values()) {
            INDArray y = graph.outputSingle(DATA.getFeatures());
            assertReaches(
                    graph.params(),
                    param,
                    () -> assertThat(graph.outputSingle(DATA.getFeatures()).equals(y))
                            .isFalse());
        }
    }

    @Test
    void headsAreTheBlocksOfAnOutputLayer() {
        MultiLayerNetwork network = supervised();
        double score = network.score(DATA);
        INDArray y = network.output(DATA.getFeatures());
        assertReaches(
                network.params(),
                BlockParams.of(network, "layer1", 2).get("W"),
                () -> assertThat(network.score(DATA)).isNotEqualTo(score));
        assertClose(network.output(DATA.getFeatures()), y, 0); // an auxiliary head predicts nothing
        assertReaches(
                network.params(),
                BlockParams.of(network, "layer1", 1).get("b"),
                () -> assertThat(network.output(DATA.getFeatures()).equals(y)).isFalse());
    }

    @Test
    void whatWasReadFollowsTheTraining() {
        ComputationGraph graph = graph();
        INDArray bias = BlockParams.of(graph, "layer0", 3).get("T/b");
        INDArray copy = bias.dup();
        graph.fit(DATA);
        assertThat(bias.equals(copy)).isFalse();
        assertClose(BlockParams.of(graph, "layer0", 3).get("T/b"), bias, 0);
        assertClose(graph.getParam("layer0_b3/T/b"), bias, 0); // b0 is the projection
    }

    @Test
    void aSingleBlockAndAFrozenLayerHaveThemToo() {
        assertThat(new HashSet<>(BlockParams.of(graph(), "layer1", 1).keySet()))
                .containsExactlyInAnyOrder("H/W", "H/b", "T/W", "T/b");
        MultiLayerNetwork frozen = Networks.network(
                Networks.builder(new Sgd(0.1)),
                new FrozenLayer(Variants.stack(Connection.HIGHWAY, 2).build()));
        assertThat(BlockParams.of(frozen, "layer0", 2)).containsKey("T/W");
    }

    @Test
    void refusesWhatIsNotThere() {
        assertThatThrownBy(() -> BlockParams.of(graph(), "stack", 1))
                .hasMessage("the graph has no layer \"stack\", only layer0, layer1, out");
        assertThatThrownBy(() -> BlockParams.of(supervised(), "stack", 1))
                .hasMessage("the network has no layer \"stack\", only layer0, layer1");
        assertThatThrownBy(() -> BlockParams.of(graph(), "out", 1))
                .hasMessage("layer \"out\" has no blocks: its class is OutputLayer");
        assertThatThrownBy(() -> BlockParams.of(graph(), "layer0", 4))
                .hasMessage("layer \"layer0\" has the blocks 0 to 3, got 4");
    }
}
