package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.gatedepth.testing.Arrays.normal;

import java.util.function.Supplier;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.gatedepth.dl4j.runtime.TimeRuntime;
import org.gatedepth.testing.Faults;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/** Layers over sequences take work and memory in proportion to the number of steps. */
class SequenceLengthTest {
    private static final int SEQUENCES = 4;
    private static final int WIDTH = 32;
    private static final int STEPS = 500;

    static Stream<Supplier<Layer>> layers() {
        return Stream.of(
                () -> new TemporalStack.Builder().depth(8).kernel(3).nOut(WIDTH).build(),
                () -> new RecurrentHighwayLayer.Builder().nOut(WIDTH).build());
    }

    /** A layer that is run forward and backward over so many steps. */
    private static final class Pass implements Runnable {
        private final TimeRuntime layer;
        private final INDArray sequences;

        Pass(Layer layer, int steps) {
            MultiLayerNetwork net = new MultiLayerNetwork(Networks.unchanging()
                    .dataType(DataType.FLOAT)
                    .list()
                    .layer(layer)
                    .layer(new RnnOutputLayer.Builder(LossFunctions.LossFunction.MSE)
                            .nOut(1)
                            .activation(Activation.IDENTITY)
                            .build())
                    .setInputType(InputType.recurrent(WIDTH))
                    .build());
            net.init();
            net.initGradientsView();
            this.layer = (TimeRuntime) net.getLayer(0);
            sequences = normal(1, DataType.FLOAT, SEQUENCES, WIDTH, steps);
        }

        @Override
        public void run() {
            LayerWorkspaceMgr none = LayerWorkspaceMgr.noWorkspaces();
            layer.setInput(sequences, none);
            INDArray output = layer.activate(true, none);
            assertThat(layer.backpropGradient(output, none).getSecond().shape()).isEqualTo(sequences.shape());
        }
    }

    @ParameterizedTest
    @MethodSource("layers")
    void memoryGrowsInProportionToTheSteps(Supplier<Layer> layer) {
        Pass once = new Pass(layer.get(), STEPS);
        Pass longer = new Pass(layer.get(), 4 * STEPS);
        once.run();
        longer.run();
        long bytes = once.layer.bytes();
        // At least what the backward pass must know of each step.
        assertThat(bytes).isGreaterThan(3L * SEQUENCES * STEPS * WIDTH * Float.BYTES);
        assertThat((double) longer.layer.bytes()).isBetween(3.0 * bytes, 4.4 * bytes);
        longer.run();
        once.run();
        assertThat(once.layer.bytes()).isEqualTo(bytes);
    }

    /** A table of steps by steps would be larger than all that the layer keeps for the same number of steps. */
    @ParameterizedTest
    @MethodSource("layers")
    void nothingIsAsLargeAsTheSquareOfTheSteps(Supplier<Layer> layer) {
        int steps = 20 * STEPS;
        Pass pass = new Pass(layer.get(), steps);
        pass.run();
        assertThat(pass.layer.bytes()).isLessThan((long) steps * steps * Float.BYTES);
    }

    @ParameterizedTest
    @MethodSource("layers")
    void opsGrowAtMostInProportionToTheSteps(Supplier<Layer> layer) throws Exception {
        Pass once = new Pass(layer.get(), STEPS);
        Pass longer = new Pass(layer.get(), 4 * STEPS);
        once.run();
        longer.run();
        try (Faults faults = new Faults()) {
            int ops = faults.count(once);
            assertThat(ops).isPositive();
            assertThat((double) faults.count(longer)).isLessThanOrEqualTo(4.4 * ops);
        }
    }
}
