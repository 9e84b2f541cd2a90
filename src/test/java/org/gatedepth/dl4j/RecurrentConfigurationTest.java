package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.gatedepth.dl4j.RecurrentNetworks.highway;
import static org.gatedepth.dl4j.SequenceNetworks.input;
import static org.gatedepth.dl4j.SequenceNetworks.labelling;
import static org.gatedepth.dl4j.SequenceNetworks.labels;
import static org.gatedepth.dl4j.SequenceNetworks.mask;
import static org.gatedepth.dl4j.SequenceNetworks.network;
import static org.gatedepth.dl4j.SequenceNetworks.output;
import static org.gatedepth.testing.Arrays.assertClose;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.distribution.UniformDistribution;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.nn.weights.WeightInit;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.util.ModelSerializer;
import org.gatedepth.dl4j.runtime.cell.CellRuntime;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.learning.regularization.L2Regularization;

/** Builders, what is stored, and what Deeplearning4j makes of recurrent highway layers. */
@ExtendWith(DoublePrecision.class)
class RecurrentConfigurationTest {
    private static final DataSet DATA = new DataSet(input(1, 3, 6), labels(3, 6), mask(3, 6), mask(3, 6));

    static Stream<Layer> layers() {
        return Stream.of(
                highway().dropOut(0.8).build(),
                highway(false).recurrenceDepth(3).activation(Activation.RELU).build(),
                new Bidirectional(highway().build()));
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
            Nd4j.getRandom().setSeed(3);
            each.fit(DATA);
        }
        assertClose(restored.params(), net.params(), 1e-12);
        assertClose(clone.params(), net.params(), 1e-12);
    }

    @Test
    void aStoredGraphComputesAlike(@TempDir Path folder) throws Exception {
        ComputationGraph graph = SequenceNetworks.graph(
                Networks.builder(new Adam(0.01)), highway().build(), output());
        graph.fit(DATA);
        File file = folder.resolve("graph.zip").toFile();
        ModelSerializer.writeModel(graph, file, true);
        INDArray x = input(2, 3, 5);
        assertClose(ModelSerializer.restoreComputationGraph(file, true).outputSingle(x), graph.outputSingle(x), 0);
        assertClose(graph.clone().outputSingle(x), graph.outputSingle(x), 0);
    }

    @Test
    void aClonedLayerComputesAlikeButApart() {
        LayerWorkspaceMgr none = LayerWorkspaceMgr.noWorkspaces();
        CellRuntime layer = (CellRuntime) trained(highway().build()).getLayer(0);
        var clone = layer.clone();
        assertThat(clone).hasSameClassAs(layer);
        INDArray x = input(2, 3, 5);
        INDArray y = layer.activate(x, false, none).dup();
        assertClose(clone.activate(x, false, none), y, 0);
        clone.params().assign(0);
        assertClose(layer.activate(x, false, none), y, 0);
    }

    @Test
    void takesTheDefaultsThatItsJavadocNames() {
        RecurrentHighwayLayer layer =
                new RecurrentHighwayLayer.Builder().nOut(5).build();
        assertThat(layer.getRecurrenceDepth()).isEqualTo(3);
        assertThat(layer.isCoupled()).isTrue();
        assertThat(layer.getTransformGateBias()).isEqualTo(-2 - Math.log(3));
        assertThat(layer.transformActivation()).isEqualTo(Activation.TANH);
        MultiLayerNetwork net = network(
                Networks.unchanging().activation(Activation.SIGMOID),
                new RecurrentHighwayLayer.Builder()
                        .nOut(5)
                        .recurrenceDepth(1)
                        .coupled(false)
                        .build(),
                output());
        assertThat(((RecurrentHighwayLayer) net.getLayer(0).conf().getLayer()).transformActivation())
                .isEqualTo(Activation.TANH);
        assertThat(net.getParam("0_b1/T").meanNumber().doubleValue()).isEqualTo(-2);
        assertThat(net.getParam("0_b1/C").meanNumber().doubleValue()).isEqualTo(2);
        assertThat(net.getParam("0_b1/H").amaxNumber().doubleValue()).isZero();
    }

    @Test
    void theWeightsStartByTheirFan() {
        MultiLayerNetwork net = network(
                Networks.unchanging().weightInit(WeightInit.RELU),
                highway()
                        .nOut(60)
                        .weightInitRecurrent(new UniformDistribution(2, 3))
                        .build(),
                output());
        // He's: √(2/4); Glorot & Bengio's: √(2/(4 + 60)) and √(2/(60 + 60)), whatever the network says.
        assertThat(net.getParam("0_W/H").stdNumber().doubleValue()).isCloseTo(Math.sqrt(2.0 / 4), within(0.08));
        assertThat(net.getParam("0_W/T").stdNumber().doubleValue()).isCloseTo(Math.sqrt(2.0 / 64), within(0.03));
        assertThat(net.getParam("0_R2/T").stdNumber().doubleValue()).isCloseTo(Math.sqrt(2.0 / 120), within(5e-3));
        for (String recurrent : List.of("0_R1/H", "0_R2/H")) {
            assertThat(net.getParam(recurrent).minNumber().doubleValue()).isBetween(2.0, 3.0);
        }
        MultiLayerNetwork plain = network(
                Networks.unchanging().weightInit(WeightInit.RELU),
                highway().nOut(60).build(),
                output());
        assertThat(plain.getParam("0_R2/H").stdNumber().doubleValue()).isCloseTo(Math.sqrt(2.0 / 60), within(5e-3));
    }

    @Test
    void isFineTunedAndFrozenAndItsSizesAreReplaced() {
        MultiLayerNetwork original = network(
                Networks.builder(new Adam(0.01)),
                highway().build(),
                highway(false).build(),
                output());
        original.fit(DATA);
        FineTuneConfiguration fine = new FineTuneConfiguration.Builder()
                .updater(new Sgd(0.25))
                .l2(0.125)
                .dropOut(0.5)
                .build();
        MultiLayerNetwork net = new TransferLearning.Builder(original)
                .fineTuneConfiguration(fine)
                .build();
        RecurrentHighwayLayer layer =
                (RecurrentHighwayLayer) net.getLayer(0).conf().getLayer();
        assertThat(layer.getIUpdater()).isEqualTo(new Sgd(0.25));
        assertThat(layer.getRegularizationByParam("W")).containsExactly(new L2Regularization(0.125));
        assertThat(layer.getIDropout()).isNotNull();
        assertClose(net.params(), original.params(), 0);

        MultiLayerNetwork frozen = new TransferLearning.Builder(original)
                .fineTuneConfiguration(fine)
                .setFeatureExtractor(0)
                .build();
        INDArray before = frozen.getLayer(0).params().dup();
        frozen.fit(DATA);
        assertClose(frozen.getLayer(0).params(), before, 0);

        MultiLayerNetwork wider = new TransferLearning.Builder(original)
                .fineTuneConfiguration(fine)
                .nOutReplace(0, 7, WeightInit.XAVIER)
                .build();
        assertThat(((RecurrentHighwayLayer) wider.getLayer(1).conf().getLayer()).getNIn())
                .isEqualTo(7);
        wider.fit(DATA);
        assertThat(wider.output(input(1, 2, 5)).shape()).containsExactly(2, 2, 5);
    }

    @Test
    void aSummaryAndAMemoryReportNameIt() {
        MultiLayerNetwork net = labelling(highway().name("memory").build());
        assertThat(net.summary(InputType.recurrent(4, 10)))
                .contains("memory (RecurrentHighwayLayer)", "InputTypeRecurrent(3,timeSeriesLength=10");
        RecurrentHighwayLayer layer =
                (RecurrentHighwayLayer) net.getLayer(0).conf().getLayer();
        assertThat(layer.getMemoryReport(InputType.recurrent(4, 10)).getParameterSize())
                .isEqualTo(net.getLayer(0).numParams())
                .isEqualTo(2 * (4 * 3) + 2 * 2 * (3 * 3 + 3));
        assertThat(layer).hasToString("RecurrentHighwayLayer(name=memory, nIn=4, nOut=3)");
    }

    @Test
    void bidirectionalAndLastTimeStepReadTheWholeSequence() {
        MultiLayerNetwork both =
                labelling(new Bidirectional(Bidirectional.Mode.CONCAT, highway().build()));
        assertThat(both.output(input(1, 2, 5)).shape()).containsExactly(2, 2, 5);
        both.setParam("0_fb1/T", Nd4j.ones(1, 3).muli(-3));
        assertThat(both.getParam("0_fb1/T").meanNumber().doubleValue()).isEqualTo(-3);
        MultiLayerNetwork last =
                network(Networks.unchanging(), new LastTimeStep(highway().build()), Networks.output());
        assertThat(last.output(input(1, 2, 5)).shape()).containsExactly(2, 3);
    }

    @Test
    void layersOfOtherSettingsAreNotEqual() {
        RecurrentHighwayLayer layer = highway().build();
        Map<String, RecurrentHighwayLayer> others = Map.of(
                "depth", highway().recurrenceDepth(3).build(),
                "coupling", highway(false).build(),
                "bias", highway().transformGateBias(-5).build(),
                "activation", highway().activation(Activation.RELU).build());
        assertThat(layer)
                .isEqualTo(highway().build())
                .hasSameHashCodeAs(highway().build());
        others.forEach((name, other) -> assertThat(other).as(name).isNotEqualTo(layer));
    }
}
