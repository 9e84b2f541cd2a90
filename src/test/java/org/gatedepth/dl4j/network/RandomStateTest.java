package org.gatedepth.dl4j.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.rng.Random;
import org.nd4j.linalg.factory.Nd4j;

class RandomStateTest {

    /** Numbers of every kind that networks draw. */
    private static List<Object> drawn() {
        Random random = Nd4j.getRandom();
        INDArray dropped = Nd4j.ones(DataType.FLOAT, 3, 5);
        new Dropout(0.5).applyDropout(dropped, dropped, 0, 0, LayerWorkspaceMgr.noWorkspaces());
        List<Object> drawn = new ArrayList<>();
        drawn.add(Nd4j.rand(DataType.FLOAT, 2, 3));
        drawn.add(Nd4j.randn(DataType.DOUBLE, 2, 3));
        drawn.add(dropped);
        drawn.add(random.nextInt());
        drawn.add(random.nextLong());
        drawn.add(random.nextDouble());
        drawn.add(random.nextInt(1000));
        drawn.add(Nd4j.rand(DataType.FLOAT, 2, 3));
        return drawn;
    }

    private static MultiLayerNetwork network() {
        return new MultiLayerNetwork(Networks.configuration(
                Networks.unchanging(), new DenseLayer.Builder().nOut(7).build()));
    }

    private static ComputationGraph graph() {
        return new ComputationGraph(Networks.unchanging()
                .graphBuilder()
                .addInputs("in")
                .addLayer("out", Networks.output(), "in")
                .setOutputs("out")
                .setInputTypes(InputType.feedForward(Networks.INPUTS))
                .build());
    }

    /** The fault: where this fails, RandomState can go. */
    @Test
    void initSetsTheSeedOfTheGeneratorThatAllNetworksShare() {
        Nd4j.getRandom().setSeed(7);
        network().init();
        assertThat(Nd4j.getRandom().getSeed()).isEqualTo(42);
        INDArray after = Nd4j.rand(1, 4);

        Nd4j.getRandom().setSeed(7);
        drawn();
        network().init();

        assertThat(Nd4j.rand(1, 4)).isEqualTo(after);
    }

    @Test
    void whatIsDrawnNextIsWhatWouldHaveBeenDrawn() {
        Nd4j.getRandom().setSeed(7);
        drawn();
        List<Object> expected = drawn();
        List<Object> afterThose = drawn();

        Nd4j.getRandom().setSeed(7);
        drawn();
        try (RandomState ignored = RandomState.keep()) {
            network().init();
            graph().init();
            drawn();
        }

        assertThat(Nd4j.getRandom().getSeed()).isEqualTo(7);
        assertThat(drawn()).isEqualTo(expected);
        try (RandomState ignored = RandomState.keep()) {
            Nd4j.getRandom().setSeed(1);
        }
        assertThat(drawn()).isEqualTo(afterThose);
    }

    @Test
    void noInitialisationTouchesTheSpareGaussian() {
        Nd4j.getRandom().setSeed(7);
        Nd4j.getRandom().nextGaussian();
        double spare = Nd4j.getRandom().nextGaussian();

        Nd4j.getRandom().setSeed(7);
        Nd4j.getRandom().nextGaussian();
        try (RandomState ignored = RandomState.keep()) {
            network().init();
        }

        assertThat(Nd4j.getRandom().nextGaussian()).isEqualTo(spare);
    }
}
