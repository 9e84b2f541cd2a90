package org.gatedepth.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.gatedepth.testing.Arrays.normal;

import java.util.List;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.block.Connection;
import org.gatedepth.dl4j.GatedStack;
import org.gatedepth.dl4j.probe.NetworkProbe;
import org.gatedepth.report.measure.BlockMath;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;

class LesionStudyTest {
    private static final DataSet DATA = Networks.data(60, 7);

    private static GatedStack stack(Connection connection, int depth) {
        return new GatedStack.Builder()
                .connection(connection)
                .depth(depth)
                .nOut(Networks.INPUTS)
                .activation(Activation.TANH)
                .build();
    }

    /** With room for the inputs of all blocks, of some, and of none. */
    @ParameterizedTest
    @ValueSource(longs = {1 << 20, 3000, 1})
    void outcomesAreThoseOfTheNetworkWithoutTheBlocks(long room) {
        MultiLayerNetwork network = Networks.network(
                Networks.unchanging(),
                stack(Connection.HIGHWAY, 5),
                new DenseLayer.Builder().nOut(Networks.INPUTS).build(),
                stack(Connection.RESIDUAL, 6));
        network.params().assign(normal(3, 1, network.numParams()).muli(0.5));

        Lesions lesions = new LesionStudy(
                        NetworkProbe.of(network),
                        new BlockMath(network.params().dataType()),
                        DATA.toMultiDataSet(),
                        room)
                .run();

        assertThat(lesions.single()).hasSize(11);
        for (Lesions.Outcome outcome : lesions.single()) {
            assertOutcome(outcome, network, List.of(outcome.block()));
        }
        int bypassed = 0;
        for (Lesions.Outcome outcome : lesions.cumulative()) {
            bypassed++;
            assertOutcome(
                    outcome,
                    network,
                    lesions.cumulative().subList(0, bypassed).stream()
                            .map(Lesions.Outcome::block)
                            .toList());
        }
    }

    /** A stack keeps a block, so that the last of the lesions have no such network. */
    private static void assertOutcome(Lesions.Outcome outcome, MultiLayerNetwork network, List<String> without) {
        Shrink.Result<MultiLayerNetwork> lean = Shrink.without(network, without);
        if (lean.kept().isEmpty()) {
            assertThat(outcome.loss())
                    .as("loss without %s", without)
                    .isCloseTo(lean.network().score(DATA), within(1e-4));
        } else {
            assertThat(without).hasSizeGreaterThan(4);
        }
    }
}
