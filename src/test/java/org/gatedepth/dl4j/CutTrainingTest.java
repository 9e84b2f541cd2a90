package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.gatedepth.testing.Arrays.normal;

import java.util.function.Consumer;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.gatedepth.block.Connection;
import org.gatedepth.loss.Head;
import org.gatedepth.loss.Loss;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Faults;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** A training step that is cut short at any op leaves nothing that a later one trusts. */
@ExtendWith(DoublePrecision.class)
class CutTrainingTest {
    private static MultiLayerNetwork network(Connection connection) {
        GatedStack stack = new GatedStack.Builder()
                .connection(connection)
                .depth(2)
                .nOut(4)
                .taps(1)
                .layerNorm(true)
                .build();
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Sgd(0.1))
                .dataType(DataType.DOUBLE)
                .list()
                .layer(stack)
                .layer(new DeepSupervisionOutputLayer.Builder(Loss.softmaxCrossEntropy(), stack)
                        .nOut(3)
                        .head(1, Head.of(Loss.softmaxCrossEntropy(), 3))
                        .build())
                .setInputType(InputType.feedForward(5))
                .build());
        network.init();
        return network;
    }

    @ParameterizedTest
    @EnumSource(Connection.class)
    void trainingGoesOnAsIfItHadNotBeen(Connection connection) throws Exception {
        INDArray labels = Nd4j.create(DataType.DOUBLE, 6, 3);
        for (int row = 0; row < 6; row++) {
            labels.putScalar(row, row % 3, 1);
        }
        DataSet data = new DataSet(normal(2, 6, 5), labels);
        INDArray start = network(connection).params().dup();
        MultiLayerNetwork undisturbed = network(connection);
        undisturbed.fit(data);
        undisturbed.fit(data);
        boolean cut = true;
        int op = 0;
        try (Faults faults = new Faults()) {
            while (cut) {
                op++;
                MultiLayerNetwork network = network(connection);
                cut = faults.cutShort(op, () -> network.fit(data));
                network.setParams(start);
                network.clear();
                network.fit(data);
                network.fit(data);
                assertThat(network.params()).as("cut at op %d", op).isEqualTo(undisturbed.params());
            }
        }
        assertThat(op).isGreaterThan(50);
    }

    /** A forward pass that was cut short is none to go back from: the backward pass runs it again. */
    @Test
    void aBackwardPassAfterACutForwardPassIsRight() throws Exception {
        INDArray x = normal(1, 6, 5);
        INDArray epsilon = normal(2, 6, 8);
        INDArray expected = gradients(network(Connection.HIGHWAY), epsilon, layer -> activate(layer, x));
        boolean cut = true;
        int op = 0;
        try (Faults faults = new Faults()) {
            while (cut) {
                int at = ++op;
                boolean[] was = {false};
                INDArray found = gradients(network(Connection.HIGHWAY), epsilon, layer -> {
                    activate(layer, x.dup());
                    was[0] = faults.cutShort(at, () -> activate(layer, x));
                });
                cut = was[0];
                assertThat(found).as("cut at op %d", op).isEqualTo(expected);
            }
        }
        assertThat(op).isGreaterThan(10);
    }

    private static void activate(Layer layer, INDArray x) {
        layer.setInput(x, LayerWorkspaceMgr.noWorkspaces());
        layer.activate(true, LayerWorkspaceMgr.noWorkspaces());
    }

    private static INDArray gradients(MultiLayerNetwork network, INDArray epsilon, Consumer<Layer> forward) {
        network.initGradientsView();
        forward.accept(network.getLayer(0));
        network.getLayer(0).backpropGradient(epsilon, LayerWorkspaceMgr.noWorkspaces());
        return network.getGradientsViewArray();
    }
}
