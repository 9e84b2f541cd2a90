package org.gatedepth.dl4j.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.gatedepth.testing.Arrays.distance;
import static org.gatedepth.testing.Arrays.normal;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The faults of Deeplearning4j that probes work around are still there; a test that fails here names what can go. */
@ExtendWith(DoublePrecision.class)
class ProbeCanaryTest {

    /** Else {@code Wrappers.unshare} can go. */
    @Test
    void copiesOfWrappersShareTheLayerWithin() {
        TimeDistributed wrapper =
                new TimeDistributed(new DenseLayer.Builder().nOut(3).build());
        Layer copy = wrapper.clone();
        assertThat(((TimeDistributed) copy).getUnderlying()).isSameAs(wrapper.getUnderlying());
    }

    /** Else the batch normalisation of {@link InferenceMode} can go. */
    @Test
    void batchNormalisationDifferentiatesThroughTheMinibatchAfterInference() {
        MultiLayerNetwork network = Networks.network(Networks.unchanging(), new BatchNormalization());
        org.deeplearning4j.nn.api.Layer layer = network.getLayer(0);
        layer.setBackpropGradientsViewArray(Nd4j.create(DataType.DOUBLE, 1, layer.numParams()));
        layer.setInput(normal(1, 5, Networks.INPUTS), LayerWorkspaceMgr.noWorkspaces());
        layer.activate(false, LayerWorkspaceMgr.noWorkspaces());
        // In inference it is a map by constants, so gradients of one are all the slope.
        INDArray gradient = layer.backpropGradient(
                        Nd4j.ones(DataType.DOUBLE, 5, Networks.INPUTS), LayerWorkspaceMgr.noWorkspaces())
                .getSecond();
        assertThat(distance(gradient, Nd4j.onesLike(gradient))).isGreaterThan(0.5);
    }

    /** Else {@link ProbedSite} need not refuse such a minibatch. */
    @Test
    void timeDistributedMasksTheWrongSteps() {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .list()
                .layer(new TimeDistributed(new DenseLayer.Builder()
                        .nIn(2)
                        .nOut(2)
                        .activation(Activation.SIGMOID)
                        .build()))
                .layer(Networks.output())
                .setInputType(InputType.recurrent(2))
                .build());
        network.init();
        INDArray mask = Nd4j.ones(DataType.DOUBLE, 2, 3);
        mask.putScalar(0, 2, 0);
        network.setLayerMaskArrays(mask, null);
        INDArray answer =
                network.feedForwardToLayer(0, normal(1, 2, 2, 3), false).get(1);
        // The last step of the first example is masked, so it should be 0.
        assertThat(answer.getDouble(0, 0, 2)).isNotZero();
    }
}
