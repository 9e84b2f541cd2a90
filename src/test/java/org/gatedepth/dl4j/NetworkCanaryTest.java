package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.gatedepth.testing.Arrays.assertClose;
import static org.gatedepth.testing.Arrays.normal;

import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.nn.weights.WeightInit;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Adam;

/**
 * Faults of whole networks of Deeplearning4j 1.0.0-M2.1 that the documents warn of, each asserted to be still there.
 *
 * <p>A failure here is good news, as in {@link PlatformCanaryTest}.
 */
@ExtendWith(DoublePrecision.class)
class NetworkCanaryTest {
    private static ComputationGraph sharedByAnActivation(WorkspaceMode inference) {
        return Networks.init(Networks.builder(new Adam(0.01))
                .inferenceWorkspaceMode(inference)
                .graphBuilder()
                .addInputs("in")
                .addLayer(
                        "a",
                        new DenseLayer.Builder()
                                .nOut(4)
                                .activation(Activation.IDENTITY)
                                .build(),
                        "in")
                .addLayer("relu", new ActivationLayer(Activation.RELU), "a")
                .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "a", "relu")
                .addLayer("out", Networks.output(), "sum")
                .setOutputs("out")
                .setInputTypes(InputType.feedForward(Networks.INPUTS)));
    }

    /** Where the report and early exit equal {@code output()}, they equal what is wrong. */
    @Test
    void withoutWorkspacesALayerThatWorksInPlaceChangesWhatOthersRead() {
        INDArray x = normal(1, 8, Networks.INPUTS);
        ComputationGraph with = sharedByAnActivation(WorkspaceMode.ENABLED);
        ComputationGraph without = sharedByAnActivation(WorkspaceMode.NONE);
        without.setParams(with.params());
        assertThat(without.outputSingle(x).equalsWithEps(with.outputSingle(x), 1e-6))
                .isFalse();
    }

    @Test
    void anActivationLayerWritesIntoTheCallersArray() {
        MultiLayerNetwork network = Networks.network(
                Networks.builder(new Adam(0.01)).inferenceWorkspaceMode(WorkspaceMode.NONE),
                new ActivationLayer(Activation.RELU));
        INDArray x = normal(1, 8, Networks.INPUTS);
        INDArray before = x.dup();
        network.output(x);
        assertThat(x.equals(before)).isFalse();
    }

    /** The configuration gets back the nIn that fits, the vector of parameters does not. */
    @Test
    void nInReplaceAloneGivesLaterLayersOtherParameters() {
        MultiLayerNetwork original = Networks.network(
                Networks.builder(new Adam(0.01)),
                new DenseLayer.Builder().nOut(5).build(),
                new DenseLayer.Builder().nOut(4).build());
        MultiLayerNetwork changed = new TransferLearning.Builder(original)
                .nInReplace(1, 7, WeightInit.XAVIER)
                .build();
        assertClose(changed.getLayer(0).params(), original.getLayer(0).params(), 0);
        assertThat(changed.getLayer(2).params().shape())
                .isEqualTo(original.getLayer(2).params().shape());
        assertThat(changed.getLayer(2).params().equals(original.getLayer(2).params()))
                .isFalse();
    }

    @Test
    void aSummaryKnowsTheSizesOfItsOwnLayersAlone() {
        MultiLayerNetwork network = Networks.network(
                Networks.builder(new Adam(0.01)), Variants.highway(4).build());
        assertThat(network.summary()).containsPattern("HighwayLayer\\) +-,- ").containsPattern("OutputLayer\\) +4,3 ");
    }
}
