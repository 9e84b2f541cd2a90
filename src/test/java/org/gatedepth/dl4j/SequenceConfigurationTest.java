package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.gatedepth.dl4j.SequenceNetworks.input;
import static org.gatedepth.dl4j.SequenceNetworks.labelling;
import static org.gatedepth.dl4j.SequenceNetworks.labels;
import static org.gatedepth.dl4j.SequenceNetworks.mask;
import static org.gatedepth.dl4j.SequenceNetworks.network;
import static org.gatedepth.dl4j.SequenceNetworks.output;
import static org.gatedepth.dl4j.SequenceNetworks.stack;
import static org.gatedepth.testing.Arrays.assertClose;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.CacheMode;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.distribution.UniformDistribution;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.nn.conf.memory.MemoryUseMode;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.nn.weights.WeightInit;
import org.deeplearning4j.util.ModelSerializer;
import org.gatedepth.block.Connection;
import org.gatedepth.block.HighwayBlock;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.learning.regularization.L2Regularization;

/** Builders, what is stored, and what Deeplearning4j makes of the layers over sequences. */
@ExtendWith(DoublePrecision.class)
class SequenceConfigurationTest {
    private static final DataSet DATA = new DataSet(input(1, 3, 6), labels(3, 6), mask(3, 6), mask(3, 6));

    static Stream<Layer> layers() {
        return Stream.concat(
                Stream.of(Connection.values())
                        .map(connection -> stack(connection)
                                .dilations(1, 3)
                                .layerNorm(true)
                                .dropOut(0.8)
                                .build()),
                Stream.of(
                        stack(Connection.HIGHWAY)
                                .causal(false)
                                .transformGateBias(-2)
                                .build(),
                        new Bidirectional(stack(Connection.HIGHWAY).build())));
    }

    private static MultiLayerNetwork trained(Layer layer) {
        MultiLayerNetwork net = network(Networks.builder(new Adam(0.01)), layer, output());
        for (int i = 0; i < 3; i++) {
            net.fit(DATA);
        }
        return net;
    }

    @ParameterizedTest
    @MethodSource("layers")
    void survivesJsonAndYaml(Layer layer) {
        MultiLayerConfiguration conf =
                SequenceNetworks.list(Networks.unchanging(), layer, output()).build();
        assertThat(MultiLayerConfiguration.fromJson(conf.toJson())).isEqualTo(conf);
        assertThat(MultiLayerConfiguration.fromYaml(conf.toYaml())).isEqualTo(conf);
        ComputationGraphConfiguration graph =
                SequenceNetworks.graph(Networks.unchanging(), layer, output()).getConfiguration();
        assertThat(ComputationGraphConfiguration.fromJson(graph.toJson())).isEqualTo(graph);
    }

    @ParameterizedTest
    @MethodSource("layers")
    void aStoredNetworkGoesOnTrainingAlike(Layer layer, @TempDir Path folder) throws Exception {
        MultiLayerNetwork net = trained(layer);
        File file = folder.resolve("net.zip").toFile();
        ModelSerializer.writeModel(net, file, true);
        MultiLayerNetwork restored = ModelSerializer.restoreMultiLayerNetwork(file, true);
        MultiLayerNetwork clone = net.clone();
        INDArray x = input(2, 2, 5);
        assertClose(restored.output(x), net.output(x), 0);
        assertClose(clone.output(x), net.output(x), 0);
        for (MultiLayerNetwork each : List.of(net, restored, clone)) {
            org.nd4j.linalg.factory.Nd4j.getRandom().setSeed(3);
            each.fit(DATA);
        }
        assertClose(restored.params(), net.params(), 1e-12);
        assertClose(clone.params(), net.params(), 1e-12);
    }

    @Test
    void aStoredGraphComputesAlike(@TempDir Path folder) throws Exception {
        ComputationGraph graph = SequenceNetworks.graph(
                Networks.builder(new Adam(0.01)), stack(Connection.HIGHWAY).build(), output());
        graph.fit(DATA);
        File file = folder.resolve("graph.zip").toFile();
        ModelSerializer.writeModel(graph, file, true);
        INDArray x = input(2, 3, 5);
        assertClose(ModelSerializer.restoreComputationGraph(file, true).outputSingle(x), graph.outputSingle(x), 0);
        assertClose(graph.clone().outputSingle(x), graph.outputSingle(x), 0);
    }

    @Test
    void aClonedLayerComputesAlikeButApart() {
        MultiLayerNetwork net = trained(stack(Connection.HIGHWAY).build());
        var none = org.deeplearning4j.nn.workspace.LayerWorkspaceMgr.noWorkspaces();
        var layer = (org.gatedepth.dl4j.runtime.SequenceRuntime) net.getLayer(0);
        var clone = layer.clone();
        INDArray x = input(2, 3, 5);
        INDArray y = layer.activate(x, false, none).dup();
        assertClose(clone.activate(x, false, none), y, 0);
        clone.params().assign(0);
        assertClose(layer.activate(x, false, none), y, 0);
    }

    @Test
    void takesTheDefaultsThatItsJavadocNames() {
        TemporalStack stack = new TemporalStack.Builder().depth(8).nOut(5).build();
        assertThat(stack.getConnection()).isEqualTo(Connection.HIGHWAY);
        assertThat(stack.getKernel()).isEqualTo(3);
        assertThat(stack.isCausal()).isTrue();
        assertThat(stack.getDilations()).containsExactly(1, 2, 4, 8, 16, 32, 64, 128);
        assertThat(stack.receptiveField()).isEqualTo(1 + 2 * 255);
        assertThat(stack.getTransformGateBias()).isEqualTo(HighwayBlock.defaultTransformGateBias(8));
        assertThat(stack.transformActivation()).isEqualTo(Activation.RELU);
    }

    @Test
    void theWeightsStartByTheFanOfTheWholeKernel() {
        MultiLayerNetwork net = network(
                Networks.unchanging().weightInit(WeightInit.RELU),
                stack(Connection.HIGHWAY).kernel(4).nOut(40).build(),
                output());
        // He's: √(2/(4·40)); Glorot & Bengio's: √(2/(160 + 160)), whatever the network says.
        assertThat(net.getParam("0_b1/H/W").stdNumber().doubleValue()).isCloseTo(Math.sqrt(2.0 / 160), within(5e-3));
        assertThat(net.getParam("0_b1/T/W").stdNumber().doubleValue()).isCloseTo(Math.sqrt(2.0 / 320), within(5e-3));
        MultiLayerNetwork own = network(
                Networks.unchanging().weightInit(WeightInit.RELU),
                stack(Connection.PLAIN)
                        .weightInit(new UniformDistribution(2, 3))
                        .build(),
                output());
        assertThat(own.getParam("0_b1/W").minNumber().doubleValue()).isBetween(2.0, 3.0);
    }

    @Test
    void aDenseStackGrows() {
        MultiLayerNetwork net = labelling(stack(Connection.DENSE).build());
        assertThat(net.output(input(1, 2, 5)).shape()).containsExactly(2, 2, 5);
        assertThat(net.getParam("1_W").size(0)).isEqualTo(3 + 2 * 2);
    }

    @Test
    void isFineTunedAndFrozen() {
        MultiLayerNetwork original = trained(stack(Connection.HIGHWAY).build());
        MultiLayerNetwork net = new TransferLearning.Builder(original)
                .fineTuneConfiguration(new FineTuneConfiguration.Builder()
                        .updater(new Sgd(0.25))
                        .l2(0.125)
                        .dropOut(0.5)
                        .build())
                .build();
        TemporalStack layer = (TemporalStack) net.getLayer(0).conf().getLayer();
        assertThat(layer.getIUpdater()).isEqualTo(new Sgd(0.25));
        assertThat(layer.getRegularizationByParam("W")).containsExactly(new L2Regularization(0.125));
        assertThat(layer.getIDropout()).isNotNull();
        assertClose(net.params(), original.params(), 0);

        NeuralNetConfiguration conf = net.getLayer(0).conf().clone();
        new FineTuneConfiguration.Builder()
                .activation(Activation.SIGMOID)
                .build()
                .applyToNeuralNetConfiguration(conf);
        assertThat(((TemporalStack) conf.getLayer()).transformActivation()).isEqualTo(Activation.SIGMOID);

        MultiLayerNetwork frozen = new TransferLearning.Builder(original)
                .fineTuneConfiguration(new FineTuneConfiguration.Builder()
                        .updater(new Sgd(0.25))
                        .build())
                .setFeatureExtractor(0)
                .build();
        INDArray before = frozen.getLayer(0).params().dup();
        frozen.fit(DATA);
        assertClose(frozen.getLayer(0).params(), before, 0);
    }

    @Test
    void itsSizesAreReplaced() {
        MultiLayerNetwork original = trainedOf(
                stack(Connection.HIGHWAY).build(), stack(Connection.RESIDUAL).build());
        MultiLayerNetwork net = new TransferLearning.Builder(original)
                .fineTuneConfiguration(new FineTuneConfiguration.Builder()
                        .updater(new Sgd(0.25))
                        .build())
                .nOutReplace(0, 7, WeightInit.XAVIER)
                .build();
        assertThat(((TemporalStack) net.getLayer(1).conf().getLayer()).getNIn()).isEqualTo(7);
        net.fit(DATA);
        assertThat(net.output(input(1, 2, 5)).shape()).containsExactly(2, 2, 5);
    }

    private static MultiLayerNetwork trainedOf(Layer... layers) {
        MultiLayerNetwork net = network(Networks.builder(new Adam(0.01)), SequenceNetworks.with(layers, output()));
        net.fit(DATA);
        return net;
    }

    @Test
    void weightDecayShrinksWeightsAndNotBiases() {
        MultiLayerNetwork net = network(
                Networks.builder(new Sgd(0.1)),
                stack(Connection.HIGHWAY).weightDecay(0.5, true).build(),
                output());
        MultiLayerNetwork free = network(
                Networks.builder(new Sgd(0.1)), stack(Connection.HIGHWAY).build(), output());
        INDArray weights = net.getParam("0_W").dup();
        free.setParams(net.params());
        net.fit(DATA);
        free.fit(DATA);
        assertClose(net.getParam("0_W"), free.getParam("0_W").sub(weights.mul(0.1 * 0.5)), 1e-9);
        assertClose(net.getParam("0_b"), free.getParam("0_b"), 1e-12);
    }

    @Test
    void aSummaryAndAMemoryReportNameIt() {
        MultiLayerNetwork net = labelling(stack(Connection.HIGHWAY).name("past").build());
        assertThat(net.summary(InputType.recurrent(4, 10)))
                .contains("past (SequenceRuntime)", "W:{1,84},", "InputTypeRecurrent(3,timeSeriesLength=10");
        TemporalStack layer = (TemporalStack) net.getLayer(0).conf().getLayer();
        LayerMemoryReport report = layer.getMemoryReport(InputType.recurrent(4, 10));
        assertThat(report.getParameterSize()).isEqualTo(net.getLayer(0).numParams());
        assertThat(report.getTotalMemoryBytes(8, MemoryUseMode.TRAINING, CacheMode.NONE, DataType.FLOAT))
                .isGreaterThan(report.getTotalMemoryBytes(8, MemoryUseMode.INFERENCE, CacheMode.NONE, DataType.FLOAT));
        assertThat(layer).hasToString("TemporalStack(name=past, nIn=4, nOut=3)");
        assertThat(net.getLayerWiseConfigurations()
                        .getMemoryReport(InputType.recurrent(4, 10))
                        .toString())
                .contains("1 x TemporalStack");
    }

    @Test
    void lastTimeStepGivesRows() {
        MultiLayerNetwork net = network(
                Networks.unchanging(),
                new LastTimeStep(stack(Connection.HIGHWAY).build()),
                Networks.output());
        assertThat(net.output(input(1, 2, 5)).shape()).containsExactly(2, 3);
    }

    @ParameterizedTest
    @EnumSource
    void keepsTheActivationThatItIsGiven(Activation activation) {
        TemporalStack.Builder builder = stack(Connection.PLAIN).activation(activation);
        if (activation == Activation.RRELU) {
            assertThatThrownBy(builder::build)
                    .hasMessageStartingWith("activation RRELU cannot be expressed in SameDiff");
        } else {
            assertThat(builder.build().transformActivation()).isEqualTo(activation);
        }
    }

    @Test
    void theGlobalActivationDoesNotReplaceItsOwn() {
        MultiLayerNetwork net = network(
                Networks.unchanging().activation(Activation.SIGMOID),
                new TemporalStack.Builder().depth(1).nOut(2).build(),
                output());
        TemporalStack layer = (TemporalStack) net.getLayer(0).conf().getLayer();
        assertThat(layer.transformActivation()).isEqualTo(Activation.RELU);
        assertThat(stack(Connection.PLAIN).build().getActivationFn()).isEqualTo(new ActivationTanH());
    }

    @Test
    void layersOfOtherSettingsAreNotEqual() {
        TemporalStack stack = stack(Connection.HIGHWAY).build();
        Map<String, TemporalStack> others = Map.of(
                "kernel", stack(Connection.HIGHWAY).kernel(3).build(),
                "dilations", stack(Connection.HIGHWAY).dilations(1, 1).build(),
                "causal", stack(Connection.HIGHWAY).causal(false).build(),
                "bias", stack(Connection.HIGHWAY).transformGateBias(-5).build(),
                "normalisation", stack(Connection.HIGHWAY).layerNorm(true).build(),
                "connection", stack(Connection.RESIDUAL).build());
        assertThat(stack)
                .isEqualTo(stack(Connection.HIGHWAY).build())
                .hasSameHashCodeAs(stack(Connection.HIGHWAY).build());
        others.forEach((name, other) -> assertThat(other).as(name).isNotEqualTo(stack));
    }
}
