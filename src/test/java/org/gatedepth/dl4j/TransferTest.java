package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.gatedepth.testing.Arrays.assertClose;
import static org.gatedepth.testing.Arrays.normal;

import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
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

    /** A stock layer of so many units, a layer of four, a stock layer and the output. */
    private static Layer[] between(int below, Layer gated) {
        return new Layer[] {dense(below), gated, dense(6)};
    }

    private static DenseLayer dense(int units) {
        return new DenseLayer.Builder().nOut(units).activation(Activation.TANH).build();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("org.gatedepth.dl4j.Variants#all")
    void anotherWidthBelowAGatedLayerIsRefused(String name, Variants.Maker layer) {
        // With 4 for 5 units Deeplearning4j used to go on with the parameters of the wrong places.
        for (int[] widths : new int[][] {{4, 5}, {5, 4}}) {
            MultiLayerNetwork net = Networks.network(Networks.builder(new Adam(0.01)), between(widths[0], layer.get()));
            assertThatThrownBy(() -> new TransferLearning.Builder(net)
                            .nOutReplace(0, widths[1], WeightInit.XAVIER)
                            .build())
                    .isInstanceOf(DL4JInvalidConfigException.class)
                    .hasMessageContaining("\"layer1\" has parameters for " + widths[0]
                            + " inputs, but what it reads has " + widths[1] + " now: TransferLearning's nOutReplace");

            ComputationGraph graph = Networks.graph(Networks.builder(new Adam(0.01)), between(widths[0], layer.get()));
            ComputationGraph changed = new TransferLearning.GraphBuilder(graph)
                    .nOutReplace("layer0", widths[1], WeightInit.XAVIER)
                    .build();
            assertThatThrownBy(() -> changed.outputSingle(DATA.getFeatures()))
                    .hasMessageContaining("expected input of shape [minibatch, " + widths[0] + "], got [8, " + widths[1]
                            + "] (layer name: layer1");
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("org.gatedepth.dl4j.Variants#all")
    void anotherWidthOfAGatedLayerIsRefused(String name, Variants.Maker layer) {
        MultiLayerNetwork net = Networks.network(Networks.builder(new Adam(0.01)), between(5, layer.get()));
        assertThatThrownBy(() -> new TransferLearning.Builder(net)
                        .nOutReplace(1, 7, WeightInit.XAVIER)
                        .build())
                .hasMessageContaining("can only be applide on FeedForward layers;got layer of type");
        assertThatThrownBy(() -> new TransferLearning.Builder(net)
                        .nInReplace(1, 7, WeightInit.XAVIER)
                        .build())
                .hasMessageContaining("nInReplace can only be applied on FeedForward layers;got layer of type");
        ComputationGraph graph = Networks.graph(Networks.builder(new Adam(0.01)), between(5, layer.get()));
        assertThatThrownBy(() -> new TransferLearning.GraphBuilder(graph).nOutReplace("layer1", 7, WeightInit.XAVIER))
                .isInstanceOf(DL4JInvalidConfigException.class)
                .hasMessageContaining("nOutReplace and nInReplace do not change gated layers; remove ");
        assertThatThrownBy(() -> new TransferLearning.GraphBuilder(graph).nInReplace("layer1", 7, WeightInit.XAVIER))
                .hasMessageContaining("Can only use nInReplace on FeedForward layers;got layer of type");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("org.gatedepth.dl4j.Variants#all")
    void anotherWidthAboveAGatedLayerIsRight(String name, Variants.Maker layer) {
        MultiLayerNetwork net = Networks.network(Networks.builder(new Adam(0.01)), between(5, layer.get()));
        MultiLayerNetwork changed = new TransferLearning.Builder(net)
                .nOutReplace(2, 9, WeightInit.XAVIER)
                .build();
        ComputationGraph graph = Networks.graph(Networks.builder(new Adam(0.01)), between(5, layer.get()));
        ComputationGraph changedGraph = new TransferLearning.GraphBuilder(graph)
                .nOutReplace("layer2", 9, WeightInit.XAVIER)
                .build();
        assertClose(changed.getLayer(1).params(), net.getLayer(1).params(), 0);
        assertClose(
                changed.feedForward(DATA.getFeatures()).get(2),
                net.feedForward(DATA.getFeatures()).get(2),
                0);
        assertClose(
                changedGraph.getLayer("layer1").params(),
                graph.getLayer("layer1").params(),
                1e-6);
        changed.fit(DATA);
        changedGraph.fit(DATA);
        assertThat(changed.getLayer(2).paramTable().get("W").columns()).isEqualTo(9);
        assertThat(changedGraph.getLayer("out").paramTable().get("W").rows()).isEqualTo(9);
    }

    @Test
    void aGatedLayerIsReplacedByAnotherWidth() {
        MultiLayerNetwork original = Networks.network(
                Networks.builder(new Adam(0.01)), between(5, Variants.highway(4).build()));
        MultiLayerNetwork net = new TransferLearning.Builder(original)
                .fineTuneConfiguration(new FineTuneConfiguration.Builder()
                        .updater(new Adam(0.01))
                        .build())
                .removeLayersFromOutput(3)
                .addLayer(Variants.highway(7).nIn(5).build())
                .addLayer(twoClasses(7))
                .build();
        assertClose(net.getLayer(0).params(), original.getLayer(0).params(), 0);
        net.fit(twoClassData());
        assertThat(net.output(DATA.getFeatures()).shape()).containsExactly(8, 2);
    }

    @Test
    void aGatedLayerOfAGraphIsReplacedByAnotherWidth() {
        ComputationGraph original = Networks.graph(
                Networks.builder(new Adam(0.01)), between(5, Variants.highway(4).build()));
        ComputationGraph graph = new TransferLearning.GraphBuilder(original)
                .removeVertexKeepConnections("layer1")
                .addLayer("layer1", Variants.highway(7).nIn(5).build(), "layer0")
                .nInReplace("layer2", 7, WeightInit.XAVIER)
                .build();
        assertClose(
                graph.getLayer("layer0").params(), original.getLayer("layer0").params(), 1e-6);
        assertClose(graph.getLayer("out").params(), original.getLayer("out").params(), 1e-6);
        graph.fit(DATA);
        assertThat(graph.getLayer("layer2").paramTable().get("W").rows()).isEqualTo(7);
    }
}
