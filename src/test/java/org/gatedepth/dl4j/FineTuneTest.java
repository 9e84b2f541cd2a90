package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.gatedepth.testing.Arrays.assertClose;

import java.util.ConcurrentModificationException;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.util.MaskZeroLayer;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.nn.weights.WeightInit;
import org.gatedepth.block.Connection;
import org.gatedepth.block.Weighting;
import org.gatedepth.dl4j.base.BlockLayer;
import org.gatedepth.dl4j.network.Wrappers;
import org.gatedepth.loss.Head;
import org.gatedepth.loss.Loss;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;

/** Every setting of a fine-tune configuration reaches the layers of this project, or is refused. */
@ExtendWith(DoublePrecision.class)
class FineTuneTest {
    private static final DataSet DATA = Networks.data(8, 1);

    private static FineTuneConfiguration.Builder tuning() {
        return new FineTuneConfiguration.Builder();
    }

    /** Settings that all differ from those of {@link #before}. */
    private static FineTuneConfiguration all() {
        return tuning().updater(new Nesterovs(0.05))
                .biasUpdater(new Sgd(0.2))
                .l1(0.01)
                .l2Bias(0.03)
                .gradientNormalization(GradientNormalization.ClipL2PerLayer)
                .gradientNormalizationThreshold(0.2)
                .miniBatch(false)
                .build();
    }

    /** A builder with the settings of {@link #all}. */
    private static NeuralNetConfiguration.Builder after() {
        return Networks.builder(new Nesterovs(0.05))
                .biasUpdater(new Sgd(0.2))
                .l1(0.01)
                .l2Bias(0.03)
                .gradientNormalization(GradientNormalization.ClipL2PerLayer)
                .gradientNormalizationThreshold(0.2)
                .miniBatch(false);
    }

    private static NeuralNetConfiguration.Builder before() {
        return Networks.builder(new Adam(0.01)).l2(0.1).l1Bias(0.2);
    }

    private static MultiLayerNetwork trained(Layer... layers) {
        MultiLayerNetwork net = Networks.network(before(), layers);
        net.fit(DATA);
        return net;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("org.gatedepth.dl4j.Variants#all")
    void aTunedNetworkTrainsAsOneThatWasBuiltWithTheseSettings(String name, Variants.Maker layer) {
        MultiLayerNetwork original = trained(layer.get(), layer.get());
        INDArray params = original.params().dup();
        INDArray state = original.getUpdater().getStateViewArray().dup();
        String conf = original.getLayerWiseConfigurations().toJson();

        MultiLayerNetwork tuned = GatedNetworks.fineTune(original, all());

        MultiLayerNetwork built = Networks.network(after(), layer.get(), layer.get());
        built.setParams(params);
        for (int i = 0; i < 3; i++) {
            assertThat(tuned.score(DATA)).isEqualTo(built.score(DATA));
            tuned.fit(DATA);
            built.fit(DATA);
            assertClose(tuned.params(), built.params(), 0);
        }
        assertClose(original.params(), params, 0);
        assertClose(original.getUpdater().getStateViewArray(), state, 0);
        assertThat(original.getLayerWiseConfigurations().toJson()).isEqualTo(conf);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("org.gatedepth.dl4j.Variants#all")
    void aTunedGraphTrainsAsOneThatWasBuiltWithTheseSettings(String name, Variants.Maker layer) {
        ComputationGraph original = Networks.graph(before(), layer.get(), layer.get());
        original.fit(DATA);
        INDArray params = original.params().dup();
        String conf = original.getConfiguration().toJson();

        ComputationGraph tuned = GatedNetworks.fineTune(original, all());

        ComputationGraph built = Networks.graph(after(), layer.get(), layer.get());
        built.setParams(params);
        for (int i = 0; i < 3; i++) {
            tuned.fit(DATA);
            built.fit(DATA);
            assertClose(tuned.params(), built.params(), 0);
        }
        assertClose(original.params(), params, 0);
        assertThat(original.getConfiguration().toJson()).isEqualTo(conf);
    }

    @Test
    void stockLayersAreTunedAsByTransferLearning() {
        MultiLayerNetwork original = trained(
                new DenseLayer.Builder().nOut(5).activation(Activation.TANH).build());
        FineTuneConfiguration settings = tuning().updater(new Nesterovs(0.05))
                .l1(0.01)
                .l2(0)
                .dropOut(0.8)
                .weightNoise(new DropConnect(0.9))
                .activation(Activation.SOFTMAX)
                .build();
        MultiLayerNetwork stock = new TransferLearning.Builder(original)
                .fineTuneConfiguration(settings)
                .build();
        MultiLayerNetwork tuned = GatedNetworks.fineTune(original, settings);
        assertThat(tuned.getLayerWiseConfigurations().getConf(0).getLayer())
                .isEqualTo(stock.getLayerWiseConfigurations().getConf(0).getLayer());
        for (MultiLayerNetwork each : List.of(stock, tuned)) {
            Nd4j.getRandom().setSeed(3);
            each.fit(DATA);
        }
        assertClose(tuned.params(), stock.params(), 0);
    }

    /** Two faults of Deeplearning4j's own way, which the helper does not share. */
    @Test
    void transferLearningDecaysStockLayersTwiceAndCannotDecayBiases() {
        MultiLayerNetwork original = trained(new DenseLayer.Builder().nOut(5).build());
        FineTuneConfiguration decay = tuning().weightDecay(0.1).build();
        FineTuneConfiguration ofBiases = tuning().weightDecayBias(0.1).build();
        assertThat(dense(GatedNetworks.fineTune(original, decay)).getRegularization())
                .hasSize(1);
        assertThat(dense(GatedNetworks.fineTune(original, ofBiases)).getRegularizationBias())
                .hasSize(1);

        MultiLayerNetwork stock = new TransferLearning.Builder(original)
                .fineTuneConfiguration(decay)
                .build();
        assertThat(dense(stock).getRegularization()).hasSize(2);
        assertThatThrownBy(() -> new TransferLearning.Builder(original)
                        .fineTuneConfiguration(ofBiases)
                        .build())
                .isInstanceOf(ConcurrentModificationException.class);
    }

    private static DenseLayer dense(MultiLayerNetwork network) {
        return (DenseLayer) network.getLayer(0).conf().getLayer();
    }

    @Test
    void transferLearningGoesOnWithATunedNetwork() {
        MultiLayerNetwork tuned = GatedNetworks.fineTune(
                trained(Variants.highway(4).build(), Variants.highway(4).build()), all());
        MultiLayerNetwork half =
                new TransferLearning.Builder(tuned).setFeatureExtractor(0).build();
        INDArray frozen = half.getLayer(0).params().dup();
        half.fit(DATA);
        assertClose(half.getLayer(0).params(), frozen, 0);
        assertThat(((BlockLayer) half.getLayer(1).conf().getLayer()).getUpdater())
                .isEqualTo(new Nesterovs(0.05));
    }

    @Test
    void aVertexIsTuned() {
        ComputationGraph original = Networks.init(before().graphBuilder()
                .addInputs("in")
                .addLayer("a", new DenseLayer.Builder().nIn(4).nOut(4).build(), "in")
                .addVertex(
                        "v",
                        new WeightedSkipVertex.Builder()
                                .weighting(Weighting.PER_UNIT)
                                .units(4)
                                .build(),
                        "in",
                        "a")
                .addLayer(
                        "out",
                        new org.deeplearning4j.nn.conf.layers.OutputLayer.Builder()
                                .nIn(4)
                                .nOut(Networks.CLASSES)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        "v")
                .setOutputs("out"));
        ComputationGraph tuned =
                GatedNetworks.fineTune(original, tuning().updater(new Sgd(0)).build());
        INDArray beta = tuned.getVertex("v").params().dup();
        tuned.fit(DATA);
        assertClose(tuned.getVertex("v").params(), beta, 0);
        assertThat(((WeightedSkipVertex)
                                original.getConfiguration().getVertices().get("v"))
                        .getUpdater())
                .isEqualTo(new Adam(0.01));
    }

    /** The configuration of a layer after its network was tuned. */
    static BlockLayer tunedLayer(UnaryOperator<FineTuneConfiguration.Builder> settings, Layer layer) {
        MultiLayerNetwork tuned =
                GatedNetworks.fineTune(trained(layer), settings.apply(tuning()).build());
        return (BlockLayer)
                Wrappers.unwrapped(tuned.getLayerWiseConfigurations().getConf(0).getLayer());
    }

    @Test
    void zeroTakesAKindOfRegularisationAwayFromTheTunedNetworkAlone() {
        MultiLayerNetwork original = trained(Variants.highway(4).build());
        MultiLayerNetwork tuned =
                GatedNetworks.fineTune(original, tuning().l2(0).l1Bias(0).build());
        assertThat(tuned.calcRegularizationScore(true)).isZero();
        assertThat(original.calcRegularizationScore(true)).isPositive();
    }

    @Test
    void dropoutActivationInitialWeightsAndConstraintsReachALayer() {
        LayerConstraint constraint = new MaxNormConstraint(0.3, Set.of("H/W"), 0);
        BlockLayer tuned = tunedLayer(
                b -> b.dropOut(0.7)
                        .activation(Activation.SIGMOID)
                        .weightInit(WeightInit.ONES)
                        .constraints(List.of(constraint)),
                Variants.highway(4).build());
        assertThat(tuned.getIDropout()).isEqualTo(new Dropout(0.7));
        assertThat(tuned.getActivation()).isEqualTo(Activation.SIGMOID);
        assertThat(tuned.getWeightInitFn()).isEqualTo(WeightInit.ONES.getWeightInitFunction());
        assertThat(tuned.getConstraints()).containsExactly(constraint);
        assertThat(tunedLayer(
                                b -> b.dropout(null),
                                Variants.highway(4).dropOut(0.5).build())
                        .getIDropout())
                .isNull();
    }

    @Test
    void everyActivationThatLayersHaveIsFound() {
        for (Activation activation : org.gatedepth.block.Activations.supported()) {
            assertThat(tunedLayer(
                                    b -> b.activation(activation),
                                    Variants.highway(4).build())
                            .getActivation())
                    .isEqualTo(activation);
        }
    }

    @Test
    void headsWithoutAHiddenLayerHaveNoActivation() {
        GatedStack stack = Variants.stack(Connection.HIGHWAY, 3).taps(1).build();
        DeepSupervisionOutputLayer output = new DeepSupervisionOutputLayer.Builder(Loss.softmaxCrossEntropy(), stack)
                .nOut(Networks.CLASSES)
                .head(1, Head.of(Loss.softmaxCrossEntropy(), Networks.CLASSES))
                .build();
        MultiLayerNetwork original = new MultiLayerNetwork(before().list()
                .layer(stack)
                .layer(output)
                .setInputType(org.deeplearning4j.nn.conf.inputs.InputType.feedForward(Networks.INPUTS))
                .build());
        original.init();
        original.fit(DATA);
        original.setEpochCount(5);
        MultiLayerNetwork tuned = GatedNetworks.fineTune(
                original,
                tuning().activation(new ActivationLReLU(0.01))
                        .updater(new Sgd(0))
                        .build());
        assertThat(((BlockLayer) tuned.getLayer(1).conf().getLayer()).getActivation())
                .isEqualTo(Activation.RELU);
        assertThat(tuned.getEpochCount()).isZero();
        assertThat(tuned.getLayer(1).getEpochCount()).isZero();
        INDArray params = tuned.params().dup();
        tuned.fit(DATA);
        assertClose(tuned.params(), params, 0);
    }

    @Test
    void aLayerInAWrapperIsTunedAndAFrozenOneIsNot() {
        Layer masked = new MaskZeroLayer.Builder()
                .setUnderlying(Variants.highway(4).build())
                .setMaskValue(-99)
                .build();
        MultiLayerNetwork original =
                Networks.network(before(), Variants.highway(4).build());
        MultiLayerNetwork wrapped =
                new MultiLayerNetwork(original.getLayerWiseConfigurations().clone());
        wrapped.getLayerWiseConfigurations().getConf(0).setLayer(masked);
        ((BlockLayer) Wrappers.unwrapped(masked)).setNIn(Networks.INPUTS);
        wrapped.init();
        MultiLayerNetwork tuned = GatedNetworks.fineTune(wrapped, all());
        assertThat(((BlockLayer) Wrappers.unwrapped(
                                tuned.getLayerWiseConfigurations().getConf(0).getLayer()))
                        .getUpdater())
                .isEqualTo(new Nesterovs(0.05));
        assertThat(((BlockLayer) Wrappers.unwrapped(masked)).getUpdater()).isNull();

        FrozenLayer frozen = new FrozenLayer(Variants.highway(4).build());
        MultiLayerNetwork kept = GatedNetworks.fineTune(Networks.network(before(), frozen), all());
        assertThat(((BlockLayer) Wrappers.unwrapped(
                                kept.getLayerWiseConfigurations().getConf(0).getLayer()))
                        .getUpdater())
                .isEqualTo(new Adam(0.01));
    }

    @Test
    void theSettingsOfTheWholeNetworkAreTaken() {
        MultiLayerNetwork tuned = GatedNetworks.fineTune(
                trained(Variants.highway(4).build()),
                tuning().trainingWorkspaceMode(WorkspaceMode.NONE).seed(17).build());
        assertThat(tuned.getLayerWiseConfigurations().getTrainingWorkspaceMode())
                .isEqualTo(WorkspaceMode.NONE);
        assertThat(tuned.getLayerWiseConfigurations().getConf(0).getSeed()).isEqualTo(17);
    }
}
