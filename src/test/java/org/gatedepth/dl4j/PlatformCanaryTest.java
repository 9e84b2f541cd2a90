package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.gatedepth.testing.Arrays.assertClose;
import static org.gatedepth.testing.Arrays.normal;
import static org.gatedepth.testing.Arrays.oneHot;

import java.util.Map;
import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.samediff.SDVertexParams;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffLayer;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.gatedepth.dl4j.Stock.StockLayer;
import org.gatedepth.dl4j.Stock.StockSequenceLayer;
import org.gatedepth.dl4j.Stock.StockVertex;
import org.gatedepth.testing.Console;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/**
 * The faults of Deeplearning4j 1.0.0-M2.1 that this project works around, each asserted to be still there.
 *
 * <p>A failure here is good news: the platform has been mended, and the workaround can go.
 */
@ExtendWith(DoublePrecision.class)
class PlatformCanaryTest {

    private static StockLayer stock() {
        return new StockLayer.Settings().build();
    }

    private static MultiLayerNetwork network(SameDiffLayer layer) {
        return Networks.network(Networks.unchanging(), layer);
    }

    /** Analytic over numeric gradient of one parameter's first element, the minibatch taken into account. */
    private static double ratio(MultiLayerNetwork net, String key) throws Exception {
        net.setInput(normal(1, 5, 4));
        net.setLabels(oneHot(5, 3));
        Console.capture(() -> {
            net.computeGradientAndScore();
            return null;
        });
        double analytic = net.gradient().getGradientFor(key).getDouble(0, 0);
        return analytic / (5 * slope(net, net.getParam(key)));
    }

    private static double slope(MultiLayerNetwork net, INDArray param) {
        double[] scores = new double[2];
        double value = param.getDouble(0, 0);
        for (int i = 0; i < 2; i++) {
            param.putScalar(0, 0, value + (i == 0 ? 1e-6 : -1e-6));
            net.computeGradientAndScore();
            scores[i] = net.score();
        }
        param.putScalar(0, 0, value);
        return (scores[0] - scores[1]) / 2e-6;
    }

    @Test
    void settingTheLearningRateIsIgnoredByALayer() {
        ComputationGraph graph = Networks.graph(Networks.builder(new Sgd(1)), new StockLayer.Settings().build());

        graph.setLearningRate(0.25);

        StockLayer layer = (StockLayer) graph.getLayer("layer0").conf().getLayer();
        assertThat(graph.getLearningRate("out")).isEqualTo(0.25);
        assertThat(layer.getUpdater()).isEqualTo(new Sgd(1));
    }

    @Test
    void theGradientOfAStockLayerIsDoubled() throws Exception {
        assertThat(ratio(network(stock()), "0_W")).isCloseTo(2, within(1e-4));
        // The same measurement on a layer of this project.
        assertThat(ratio(network(Variants.highway(4).build()), "0_H/W")).isCloseTo(1, within(1e-4));
    }

    @Test
    void theGradientBelowTwoStockLayersIsFourfold() throws Exception {
        MultiLayerNetwork net = Networks.network(Networks.unchanging(), stock(), stock());
        assertThat(ratio(net, "0_W")).isCloseTo(4, within(1e-3));
    }

    private static ComputationGraph graphOfStockVertex() {
        return Networks.init(Networks.unchanging()
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.feedForward(4))
                .addVertex("v", new StockVertex(), "in", "in")
                .addLayer("out", Networks.output(), "v")
                .setOutputs("out"));
    }

    @Test
    void theGradientOfAStockVertexIsDoubled() throws Exception {
        ComputationGraph graph = graphOfStockVertex();
        graph.setInputs(normal(1, 5, 4));
        graph.setLabels(oneHot(5, 3));
        Console.capture(() -> {
            graph.computeGradientAndScore();
            return null;
        });
        double analytic = graph.gradient().getGradientFor("v_w").getDouble(0);
        INDArray w = graph.getVertex("v").paramTable(false).get("w");
        w.addi(1e-6);
        graph.computeGradientAndScore();
        double above = graph.score();
        w.subi(2e-6);
        graph.computeGradientAndScore();
        assertThat(analytic / (5 * (above - graph.score()) / 2e-6)).isCloseTo(2, within(1e-4));
    }

    @Test
    void aStockVertexLosesTheViewOfItsGradients() throws Exception {
        ComputationGraph graph = graphOfStockVertex();
        graph.setInputs(normal(1, 5, 4));
        graph.setLabels(oneHot(5, 3));
        Console.capture(() -> {
            graph.computeGradientAndScore();
            return null;
        });
        assertThat(graph.getVertex("v").getGradientsViewArray()).isNull();
    }

    @Test
    void setParamOfAStockLayerSetsNothing() {
        MultiLayerNetwork net = network(stock());
        INDArray before = net.getParam("0_W").dup();
        net.setParam("0_W", Nd4j.ones(DataType.DOUBLE, 4, 4).mul(9));
        assertClose(net.getParam("0_W"), before, 0);
    }

    @Test
    void dropoutOfAStockLayerIsIgnored() {
        MultiLayerNetwork net = network(new StockLayer.Settings().dropOut(0.5).build());
        INDArray x = normal(1, 20, 4);
        INDArray training = net.getLayer(0)
                .activate(x, true, LayerWorkspaceMgr.noWorkspaces())
                .dup();
        assertClose(net.getLayer(0).activate(x, false, LayerWorkspaceMgr.noWorkspaces()), training, 0);
    }

    @Test
    void l1AndL2OfAStockLayerAreMissingFromTheScore() {
        MultiLayerNetwork net = Networks.network(Networks.unchanging().l1(0.5).l2(0.5), stock());
        assertThat(net.getLayer(0).calcRegularizationScore(true)).isZero();
    }

    @Test
    void constraintsOfAStockLayerAreDropped() {
        StockLayer layer = new StockLayer.Settings()
                .constrainWeights(new org.deeplearning4j.nn.conf.constraint.MaxNormConstraint(0.3, 1))
                .build();
        assertThat(layer.getConstraints()).isNull();
    }

    @Test
    void cloneOfAStockLayerThrows() {
        var layer = (org.deeplearning4j.nn.layers.samediff.SameDiffLayer)
                network(stock()).getLayer(0);
        assertThatThrownBy(layer::clone).isInstanceOf(UnsupportedOperationException.class);
    }

    /** The gradient below a layer whose bias was changed after its forward pass, so that running it again saturates. */
    private static double gradientAfterSaturation(SameDiffLayer layer, String bias) throws Exception {
        MultiLayerNetwork net = network(layer);
        net.initGradientsView();
        var runtime = net.getLayer(0);
        runtime.activate(normal(1, 5, 4), true, LayerWorkspaceMgr.noWorkspaces());
        runtime.getParam(bias).assign(1000);
        Console.capture(() -> runtime.backpropGradient(normal(2, 5, 4), LayerWorkspaceMgr.noWorkspaces()));
        return net.getGradientsViewArray().amaxNumber().doubleValue();
    }

    @Test
    void theForwardPassOfAStockLayerRunsAgainInTheBackwardPass() throws Exception {
        assertThat(gradientAfterSaturation(stock(), "b")).isZero();
        // In a layer of this project the backward pass is that of the forward pass that was run.
        assertThat(gradientAfterSaturation(Variants.skip(4).alpha(0).build(), "F/b"))
                .isGreaterThan(0.1);
    }

    private static SameDiff sameDiff(org.deeplearning4j.nn.layers.samediff.SameDiffLayer layer) throws Exception {
        var field = org.deeplearning4j.nn.layers.samediff.SameDiffLayer.class.getDeclaredField("sameDiff");
        field.setAccessible(true);
        return (SameDiff) field.get(layer);
    }

    @Test
    void createGradFunctionPrintsALineForEveryOp() throws Exception {
        String printed = Console.capture(() -> {
            SameDiff sd = SameDiff.create();
            SDVariable w = sd.var("w", Nd4j.ones(2, 2));
            sd.math.tanh(w).sum().markAsLoss();
            return sd.calculateGradients(Map.of(), "w");
        });
        assertThat(printed).contains("Added differentiated op");
    }

    @Test
    void aStockLayerDeclaresItsFirstSequenceLength() throws Exception {
        MultiLayerNetwork net = new MultiLayerNetwork(Networks.unchanging()
                .list()
                .layer(new StockSequenceLayer())
                .layer(new RnnOutputLayer.Builder(LossFunctions.LossFunction.MSE)
                        .activation(Activation.TANH)
                        .nIn(3)
                        .nOut(2)
                        .build())
                .build());
        net.init();
        net.output(normal(1, 2, 3, 4));
        SameDiff sd = sameDiff((org.deeplearning4j.nn.layers.samediff.SameDiffLayer) net.getLayer(0));
        // Only the minibatch is free: a body that reads the length, such as a reshape, fails with another one.
        assertThat(sd.getVariable("input").placeholderShape()).containsExactly(-1, 3, 4);
    }

    @Test
    void theGlobalWeightInitialisationIsNotAppliedToAStockLayer() {
        MultiLayerNetwork net = Networks.network(Networks.unchanging().weightInit(WeightInit.ONES), stock());
        assertThat(net.getParam("0_W").equals(Nd4j.ones(DataType.DOUBLE, 4, 4))).isFalse();
    }

    @Test
    void theParametersOfAStockLayerAreInItsJson() {
        MultiLayerConfiguration conf = Networks.configuration(Networks.unchanging(), stock());
        conf.getConf(0).getLayer().initializer().numParams(conf.getConf(0));
        assertThat(conf.toJson()).contains("\"layerParams\"");
    }

    @Test
    void aStockVertexHasNoOutputTypeAndPassesNoMasks() {
        SameDiffVertex bare = new BareVertex();
        assertThatThrownBy(() -> bare.getOutputType(0, InputType.feedForward(4)))
                .isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> bare.feedForwardMaskArrays(null, MaskState.Active, 1))
                .isInstanceOf(UnsupportedOperationException.class);
    }

    /** Overrides no more than it must. */
    private static final class BareVertex extends SameDiffVertex {
        @Override
        public BareVertex clone() {
            return new BareVertex();
        }

        @Override
        public boolean equals(Object o) {
            return o instanceof BareVertex;
        }

        @Override
        public int hashCode() {
            return 2;
        }

        @Override
        public void defineParametersAndInputs(SDVertexParams params) {
            params.defineInputs("a");
        }

        @Override
        public void initializeParameters(Map<String, INDArray> params) {}

        @Override
        public SDVariable defineVertex(
                SameDiff sd,
                Map<String, SDVariable> in,
                Map<String, SDVariable> params,
                Map<String, SDVariable> masks) {
            return in.get("a");
        }
    }

    @Test
    void theCloneOfAGraphsConfigurationForgetsTheEpoch() {
        ComputationGraphConfiguration conf =
                Networks.graph(Networks.unchanging()).getConfiguration();
        conf.setEpochCount(3);
        assertThat(conf.clone().getEpochCount()).isZero();
    }

    /** {@link LabelColumnPreProcessor} is in place of the SubsetVertex. */
    @Test
    void subsetVertexBelowAnEmbeddingLayerCannotTrain() {
        ComputationGraph graph = Networks.init(Networks.builder(new Sgd(0.1))
                .graphBuilder()
                .addInputs("in")
                .addVertex("label", new SubsetVertex(1, 1), "in")
                .addLayer(
                        "embedding", new EmbeddingLayer.Builder().nIn(3).nOut(4).build(), "label")
                .addLayer(
                        "out",
                        new OutputLayer.Builder()
                                .nIn(4)
                                .nOut(3)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        "embedding")
                .setOutputs("out"));
        INDArray input = Nd4j.create(new double[][] {{0.5, 0}, {0.1, 1}, {0.2, 2}});

        assertThatThrownBy(() -> graph.fit(new INDArray[] {input}, new INDArray[] {oneHot(3, 3)}))
                .hasMessage("Cannot do backward pass: error not set");
    }
}
