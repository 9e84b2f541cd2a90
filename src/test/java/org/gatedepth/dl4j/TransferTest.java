package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.gatedepth.testing.Arrays.assertClose;
import static org.gatedepth.testing.Arrays.normal;

import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.nn.transferlearning.TransferLearningHelper;
import org.deeplearning4j.nn.weights.WeightInit;
import org.gatedepth.block.Connection;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/** Transfer learning on networks of these layers. */
@ExtendWith(DoublePrecision.class)
class TransferTest {
    private static final DataSet DATA = Networks.data(8, 1);

    private static MultiLayerNetwork trained(Variants.Maker layer) {
        MultiLayerNetwork net = Networks.network(
                Networks.builder(new Adam(0.01)),
                layer.get(),
                Variants.highway(4).build());
        net.fit(DATA);
        return net;
    }

    private static ComputationGraph trainedGraph(Variants.Maker layer) {
        ComputationGraph graph = Networks.graph(
                Networks.builder(new Adam(0.01)),
                layer.get(),
                Variants.highway(4).build());
        graph.fit(DATA);
        return graph;
    }

    private static OutputLayer twoClasses(int inputs) {
        return new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                .activation(Activation.SOFTMAX)
                .nIn(inputs)
                .nOut(2)
                .build();
    }

    private static DataSet twoClassData() {
        return new DataSet(normal(3, 8, 4), org.gatedepth.testing.Arrays.oneHot(8, 2));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("org.gatedepth.dl4j.Variants#all")
    void frozenLayersOfANetworkStayAsTheyAre(String name, Variants.Maker layer) {
        MultiLayerNetwork original = trained(layer);
        MultiLayerNetwork net = new TransferLearning.Builder(original)
                .fineTuneConfiguration(new FineTuneConfiguration.Builder()
                        .updater(new Sgd(0.5))
                        .build())
                .setFeatureExtractor(0)
                .build();
        assertClose(net.output(DATA.getFeatures()), original.output(DATA.getFeatures()), 0);
        INDArray frozen = net.getLayer(0).params().dup();
        INDArray free = net.getLayer(1).params().dup();
        net.fit(DATA);
        assertClose(net.getLayer(0).params(), frozen, 0);
        assertThat(net.getLayer(1).params().equals(free)).isFalse();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("org.gatedepth.dl4j.Variants#all")
    void frozenLayersOfAGraphStayAsTheyAre(String name, Variants.Maker layer) {
        ComputationGraph original = trainedGraph(layer);
        ComputationGraph graph = new TransferLearning.GraphBuilder(original)
                .fineTuneConfiguration(new FineTuneConfiguration.Builder()
                        .updater(new Sgd(0.5))
                        .build())
                .setFeatureExtractor("layer0")
                .build();
        // Deeplearning4j's builder makes a graph of FLOAT, whatever the original is.
        assertClose(graph.outputSingle(DATA.getFeatures()), original.outputSingle(DATA.getFeatures()), 1e-6);
        INDArray frozen = graph.getLayer("layer0").params().dup();
        INDArray free = graph.getLayer("layer1").params().dup();
        graph.fit(DATA);
        assertClose(graph.getLayer("layer0").params(), frozen, 0);
        assertThat(graph.getLayer("layer1").params().equals(free)).isFalse();
    }

    @Test
    void theOutputOfANetworkIsReplaced() {
        MultiLayerNetwork original = trained(() -> Variants.highway(5).build());
        MultiLayerNetwork net = new TransferLearning.Builder(original)
                .fineTuneConfiguration(new FineTuneConfiguration.Builder()
                        .updater(new Adam(0.01))
                        .build())
                .removeOutputLayer()
                .addLayer(twoClasses(4))
                .build();
        assertClose(net.getParam("0_H/W"), original.getParam("0_H/W"), 0);
        assertClose(net.getParam("1_T/b"), original.getParam("1_T/b"), 0);
        net.fit(twoClassData());
        assertThat(net.output(DATA.getFeatures()).shape()).containsExactly(8, 2);
    }

    @Test
    void theNOutOfTheOutputIsReplaced() {
        MultiLayerNetwork original = trained(() -> Variants.highway(5).build());
        MultiLayerNetwork net = new TransferLearning.Builder(original)
                .setFeatureExtractor(0)
                .nOutReplace(2, 2, WeightInit.XAVIER)
                .build();
        assertClose(net.getParam("1_H/W"), original.getParam("1_H/W"), 0);
        net.fit(twoClassData());
        assertThat(net.output(DATA.getFeatures()).shape()).containsExactly(8, 2);
    }

    @Test
    void gatedLayersOfAnotherWidthAreAddedOnTop() {
        MultiLayerNetwork original = trained(() -> Variants.highway(5).build());
        MultiLayerNetwork net = new TransferLearning.Builder(original)
                .fineTuneConfiguration(new FineTuneConfiguration.Builder()
                        .updater(new Adam(0.01))
                        .build())
                .setFeatureExtractor(0)
                .removeLayersFromOutput(2)
                .addLayer(Variants.stack(Connection.HIGHWAY, 2).nIn(5).nOut(7).build())
                .addLayer(twoClasses(7))
                .build();
        INDArray frozen = net.getLayer(0).params().dup();
        INDArray before = net.getParam("1_b1/H/W").dup();
        net.fit(twoClassData());
        assertClose(net.getLayer(0).params(), frozen, 0);
        assertThat(net.getParam("1_b1/H/W").equals(before)).isFalse();
        assertThat(net.output(DATA.getFeatures()).shape()).containsExactly(8, 2);
    }

    @Test
    void theOutputOfAGraphIsReplaced() {
        ComputationGraph original = trainedGraph(() -> Variants.skip(4).build());
        ComputationGraph graph = new TransferLearning.GraphBuilder(original)
                .fineTuneConfiguration(new FineTuneConfiguration.Builder()
                        .updater(new Adam(0.01))
                        .build())
                .setFeatureExtractor("layer0")
                .removeVertexAndConnections("out")
                .addLayer("extra", Variants.highway(6).nIn(4).build(), "layer1")
                .addLayer("new", twoClasses(6), "extra")
                .setOutputs("new")
                .build();
        assertClose(graph.getParam("layer0_F/W"), original.getParam("layer0_F/W"), 1e-6);
        graph.fit(twoClassData());
        assertClose(graph.getParam("layer0_F/W"), original.getParam("layer0_F/W"), 1e-6);
        assertThat(graph.outputSingle(DATA.getFeatures()).shape()).containsExactly(8, 2);
    }

    @Test
    void theHelperFeaturisesBelowTheFrozenLayer() {
        MultiLayerNetwork net = new TransferLearning.Builder(
                        trained(() -> Variants.highway(5).build()))
                .setFeatureExtractor(0)
                .build();
        INDArray expected = net.output(DATA.getFeatures()).dup();
        TransferLearningHelper helper = new TransferLearningHelper(net);
        DataSet featurised = helper.featurize(DATA.copy());
        assertThat(featurised.getFeatures().shape()).containsExactly(8, 5);
        assertClose(helper.outputFromFeaturized(featurised.getFeatures()), expected, 1e-12);
    }
}
