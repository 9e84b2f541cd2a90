package org.gatedepth.dl4j;

import static org.gatedepth.dl4j.RecurrentNetworks.highway;
import static org.gatedepth.dl4j.SequenceNetworks.input;
import static org.gatedepth.dl4j.SequenceNetworks.labels;
import static org.gatedepth.dl4j.SequenceNetworks.mask;
import static org.gatedepth.dl4j.SequenceNetworks.network;
import static org.gatedepth.dl4j.SequenceNetworks.output;
import static org.gatedepth.testing.Arrays.oneHot;

import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.util.MaskZeroLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.block.Connection;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/** Deeplearning4j's gradient check on recurrent layers, alone, in chains, and in what it wraps around them. */
@ExtendWith(DoublePrecision.class)
class RecurrentGradientTest {
    private static NeuralNetConfiguration.Builder builder(WorkspaceMode mode) {
        return Networks.unchanging().trainingWorkspaceMode(mode).inferenceWorkspaceMode(mode);
    }

    static Stream<RecurrentHighwayLayer.Builder> forms() {
        return RecurrentNetworks.forms();
    }

    @ParameterizedTest
    @MethodSource("forms")
    void forSeveralLengthsAndMinibatches(RecurrentHighwayLayer.Builder form) {
        MultiLayerNetwork net = network(builder(WorkspaceMode.ENABLED), form.build(), output());
        GradientChecks.check(net, input(1, 5, 6), labels(5, 6));
        GradientChecks.check(net, input(2, 5, 4), labels(5, 4), mask(5, 4), mask(5, 4));
        GradientChecks.check(net, input(3, 1, 5), labels(1, 5));
        GradientChecks.check(net, input(4, 1, 1), labels(1, 1));
    }

    @Test
    void inAChainOfRecurrentConvolutionalAndStockLayers() {
        for (WorkspaceMode mode : new WorkspaceMode[] {WorkspaceMode.ENABLED, WorkspaceMode.NONE}) {
            MultiLayerNetwork net = network(
                    builder(mode),
                    highway().build(),
                    new LSTM.Builder().nOut(3).build(),
                    highway(false).build(),
                    SequenceNetworks.stack(Connection.HIGHWAY).build(),
                    highway().nOut(2).build(),
                    output());
            GradientChecks.check(net, input(1, 3, 5), labels(3, 5), mask(3, 5), mask(3, 5));
        }
    }

    @ParameterizedTest
    @EnumSource
    void inBidirectional(Bidirectional.Mode mode) {
        MultiLayerNetwork net =
                network(Networks.unchanging(), new Bidirectional(mode, highway().build()), output());
        GradientChecks.check(net, input(1, 5, 4), labels(5, 4), mask(5, 4), mask(5, 4));
        GradientChecks.check(net, input(2, 1, 5), labels(1, 5));
    }

    @Test
    void inLastTimeStep() {
        for (WorkspaceMode mode : new WorkspaceMode[] {WorkspaceMode.ENABLED, WorkspaceMode.NONE}) {
            MultiLayerNetwork net =
                    network(builder(mode), new LastTimeStep(highway(false).build()), Networks.output());
            GradientChecks.check(net, input(1, 5, 4), oneHot(5, 3), mask(5, 4), null);
            GradientChecks.check(net, input(2, 1, 5), oneHot(1, 3));
        }
    }

    @Test
    void inMaskZeroLayerBelowALossLayer() {
        MultiLayerNetwork net = network(
                Networks.unchanging(),
                new MaskZeroLayer(highway().nOut(2).build(), 0),
                new RnnLossLayer.Builder(LossFunctions.LossFunction.MSE)
                        .activation(Activation.IDENTITY)
                        .build());
        var x = input(1, 3, 5);
        x.muli(mask(3, 5).reshape(3, 1, 5));
        GradientChecks.check(net, x, labels(3, 5), null, mask(3, 5));
    }

    @Test
    void inAGraph() {
        for (WorkspaceMode mode : new WorkspaceMode[] {WorkspaceMode.ENABLED, WorkspaceMode.NONE}) {
            var graph = SequenceNetworks.graph(builder(mode), highway().build(), output());
            GradientChecks.check(graph, input(1, 5, 4), labels(5, 4), mask(5, 4), mask(5, 4));
        }
    }

    @Test
    void onArraysWithTheFeaturesLast() {
        Layer output = new RnnOutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                .activation(Activation.SOFTMAX)
                .dataFormat(RNNFormat.NWC)
                .nOut(2)
                .build();
        MultiLayerNetwork net = new MultiLayerNetwork(Networks.unchanging()
                .list()
                .layer(highway().build())
                .layer(output)
                .setInputType(InputType.recurrent(Networks.INPUTS, RNNFormat.NWC))
                .build());
        net.init();
        GradientChecks.check(
                net,
                input(1, 5, 4).permute(0, 2, 1).dup('c'),
                labels(5, 4).permute(0, 2, 1).dup('c'),
                mask(5, 4),
                mask(5, 4));
    }

    @Test
    void withL1AndL2AndOfBiases() {
        MultiLayerNetwork net = network(
                Networks.unchanging().l1(0.03).l2(0.05).l1Bias(0.02).l2Bias(0.04),
                highway().build(),
                output());
        GradientChecks.check(net, input(1, 5, 4), labels(5, 4));
    }

    @Test
    void withDropout() {
        MultiLayerNetwork net = network(
                Networks.unchanging(),
                highway().dropOut(0.6).build(),
                highway(false).dropOut(0.7).build(),
                output());
        GradientChecks.checkReseeded(net, input(1, 5, 4), labels(5, 4));
    }
}
