package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.gatedepth.dl4j.SequenceNetworks.input;
import static org.gatedepth.dl4j.SequenceNetworks.labels;
import static org.gatedepth.dl4j.SequenceNetworks.mask;
import static org.gatedepth.testing.Arrays.assertClose;
import static org.gatedepth.testing.Arrays.normal;
import static org.gatedepth.testing.Arrays.oneHot;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.gradientcheck.GradientCheckUtil;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.gatedepth.block.Connection;
import org.gatedepth.loss.Head;
import org.gatedepth.loss.Loss;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** Several heads over time: on the taps of a stack, and between the layers of a graph. */
@ExtendWith(DoublePrecision.class)
class SequenceHeadGradientTest {
    private static final Loss SOFTMAX = Loss.softmaxCrossEntropy();

    private static NeuralNetConfiguration.Builder builder(WorkspaceMode mode) {
        return Networks.unchanging().trainingWorkspaceMode(mode).inferenceWorkspaceMode(mode);
    }

    /** Four blocks; two classes at the end and after block 1, two numbers of their own after block 3. */
    private static MultiLayerNetwork supervised(
            NeuralNetConfiguration.Builder builder, Connection connection, RNNFormat format) {
        TemporalStack stack = new TemporalStack.Builder()
                .connection(connection)
                .depth(4)
                .kernel(2)
                .nOut(3)
                .growthRate(2)
                .activation(Activation.TANH)
                .taps(1, 3)
                .build();
        MultiLayerNetwork net = new MultiLayerNetwork(builder.list()
                .layer(stack)
                .layer(new DeepSupervisionOutputLayer.Builder(SOFTMAX, stack)
                        .nOut(2)
                        .head(1, Head.of(SOFTMAX, 2).withHidden(2, Activation.TANH))
                        .head(3, 2, Head.of(Loss.squaredError(), 2).withThreshold(0.1))
                        .build())
                .setInputType(InputType.recurrent(Networks.INPUTS, format))
                .build());
        net.init();
        return net;
    }

    private static INDArray targets(int minibatch, int steps) {
        return Nd4j.concat(1, labels(minibatch, steps), normal(7, minibatch, 2, steps));
    }

    private static INDArray turned(INDArray ncw) {
        return ncw.permute(0, 2, 1).dup('c');
    }

    @ParameterizedTest
    @EnumSource
    void onTheTapsOfAStack(Connection connection) {
        for (WorkspaceMode mode : new WorkspaceMode[] {WorkspaceMode.ENABLED, WorkspaceMode.NONE}) {
            MultiLayerNetwork net = supervised(builder(mode), connection, RNNFormat.NCW);
            GradientChecks.check(net, input(1, 5, 6), targets(5, 6));
            GradientChecks.check(net, input(2, 5, 4), targets(5, 4), mask(5, 4), mask(5, 4));
            GradientChecks.check(
                    net, input(3, 1, 5), targets(1, 5), null, normal(3, 1, 5).muli(normal(3, 1, 5)));
            INDArray each = normal(9, 3, 4, 3);
            GradientChecks.check(net, input(4, 3, 3), targets(3, 3), null, each.mul(each));
        }
    }

    @Test
    void inNwc() {
        MultiLayerNetwork net = supervised(builder(WorkspaceMode.ENABLED), Connection.HIGHWAY, RNNFormat.NWC);
        GradientChecks.check(net, turned(input(1, 3, 5)), turned(targets(3, 5)), mask(3, 5), mask(3, 5));
        INDArray each = normal(9, 3, 4, 5);
        GradientChecks.check(net, turned(input(1, 3, 5)), turned(targets(3, 5)), null, turned(each.mul(each)));
    }

    /** in → stack → stack → a label for each step; a head by step between, and one for the sequence on the top. */
    private static ComputationGraphConfiguration.GraphBuilder graph(NeuralNetConfiguration.Builder builder) {
        TemporalStack.Builder stack = SequenceNetworks.stack(Connection.HIGHWAY);
        return builder.graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.recurrent(Networks.INPUTS))
                .addLayer("a", stack.build(), "in")
                .addLayer("steps", head(3).build(), "a")
                .addLayer("b", new LastTimeStep(stack.build()), "a")
                .addLayer("sequence", head(2).build(), "b")
                .addLayer("c", stack.build(), "a")
                .addLayer("out", head(2).weight(1).build(), "c")
                .setOutputs("out", "steps", "sequence");
    }

    private static AuxiliaryOutputLayer.Builder head(int classes) {
        return new AuxiliaryOutputLayer.Builder(SOFTMAX).nOut(classes);
    }

    private static INDArray threeClasses(int minibatch, int steps) {
        INDArray rows = oneHot(minibatch * steps, 3);
        return rows.reshape('c', minibatch, steps, 3).permute(0, 2, 1).dup('c');
    }

    private static void check(ComputationGraph graph, int minibatch, int steps, @Nullable INDArray mask) {
        assertThat(GradientCheckUtil.checkGradients(new GradientCheckUtil.GraphConfig()
                        .net(graph)
                        .inputs(new INDArray[] {input(steps, minibatch, steps)})
                        .labels(new INDArray[] {
                            labels(minibatch, steps), threeClasses(minibatch, steps), oneHot(minibatch, 2)
                        })
                        .inputMask(mask == null ? null : new INDArray[] {mask})
                        .labelMask(mask == null ? null : new INDArray[] {mask, mask, null})))
                .isTrue();
    }

    @ParameterizedTest
    @EnumSource(names = {"ENABLED", "NONE"})
    void inAGraphByStepAndBySequence(WorkspaceMode mode) {
        ComputationGraph graph = Networks.init(graph(builder(mode)));
        check(graph, 5, 4, null);
        check(graph, 5, 5, mask(5, 5));
        check(graph, 1, 1, null);
    }

    @Test
    void withDropoutThatIsTheSameAtAllSteps() {
        MultiLayerNetwork net = new MultiLayerNetwork(Networks.unchanging()
                .list()
                .layer(SequenceNetworks.stack(Connection.HIGHWAY).dropOut(0.7).build())
                .layer(head(2).dropOut(0.5).build())
                .setInputType(InputType.recurrent(Networks.INPUTS))
                .build());
        net.init();
        GradientChecks.checkReseeded(net, input(1, 3, 5), labels(3, 5));
    }

    @Test
    void areStoredAndTrainOnAndCanBeRemoved(@TempDir Path folder) throws Exception {
        MultiLayerNetwork net = supervised(Networks.builder(new Sgd(0.1)), Connection.HIGHWAY, RNNFormat.NWC);
        DataSet data = new DataSet(turned(input(1, 3, 5)), turned(targets(3, 5)), mask(3, 5), mask(3, 5));
        net.fit(data);
        File file = folder.resolve("net.zip").toFile();
        ModelSerializer.writeModel(net, file, true);
        MultiLayerNetwork restored = ModelSerializer.restoreMultiLayerNetwork(file);
        MultiLayerNetwork lean = GatedNetworks.withoutHeads(net);
        assertThat(((TemporalStack) lean.getLayer(0).conf().getLayer()).getTaps())
                .isEqualTo(List.of());
        assertThat(lean.output(data.getFeatures())).isEqualTo(net.output(data.getFeatures()));
        MultiLayerNetwork copy = net.clone();
        for (MultiLayerNetwork each : new MultiLayerNetwork[] {net, restored, copy}) {
            each.fit(data);
        }
        assertThat(restored.params()).isEqualTo(net.params());
        assertThat(copy.params()).isEqualTo(net.params());
        assertThat(MultiLayerConfiguration.fromJson(
                        net.getLayerWiseConfigurations().toJson()))
                .isEqualTo(net.getLayerWiseConfigurations());
        ComputationGraphConfiguration graph = graph(Networks.unchanging()).build();
        assertThat(ComputationGraphConfiguration.fromJson(graph.toJson())).isEqualTo(graph);
        assertThat(net.summary()).contains("DeepSupervisionOutputLayer");
    }

    @Test
    void feedForwardGivesTheTapsAndTheOutputOfEachStep() {
        MultiLayerNetwork net = supervised(Networks.unchanging(), Connection.DENSE, RNNFormat.NCW);
        List<INDArray> all = net.feedForward(input(1, 3, 5));
        assertThat(all.get(1).shape()).containsExactly(3, 5 + 9 + 11, 5);
        assertThat(all.get(2).shape()).containsExactly(3, 2, 5);
        assertClose(all.get(2).sum(1), Nd4j.ones(3, 5), 1e-12);
        INDArray alone = net.output(SequenceNetworks.steps(input(1, 3, 5), 0, 3));
        assertClose(alone, SequenceNetworks.steps(all.get(2), 0, 3), 1e-12);
        INDArray first = net.rnnTimeStep(SequenceNetworks.steps(input(1, 3, 5), 0, 2));
        assertClose(first, SequenceNetworks.steps(all.get(2), 0, 2), 1e-12);
        INDArray then = net.rnnTimeStep(SequenceNetworks.steps(input(1, 3, 5), 2, 5));
        assertClose(then, SequenceNetworks.steps(all.get(2), 2, 5), 1e-12);
    }
}
