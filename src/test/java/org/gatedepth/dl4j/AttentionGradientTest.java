package org.gatedepth.dl4j;

import static org.gatedepth.dl4j.SequenceNetworks.input;
import static org.gatedepth.dl4j.SequenceNetworks.labels;
import static org.gatedepth.dl4j.SequenceNetworks.mask;
import static org.gatedepth.dl4j.SequenceNetworks.network;
import static org.gatedepth.dl4j.SequenceNetworks.output;
import static org.gatedepth.testing.Arrays.oneHot;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.block.Connection;
import org.gatedepth.block.attention.Positions;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/** Deeplearning4j's gradient check on attention layers, alone, in chains, and in what it wraps around them. */
@ExtendWith(DoublePrecision.class)
class AttentionGradientTest {
    private static NeuralNetConfiguration.Builder builder(WorkspaceMode mode) {
        return Networks.unchanging().trainingWorkspaceMode(mode).inferenceWorkspaceMode(mode);
    }

    /** A layer of one pair, four units and two heads. */
    private static GatedAttentionLayer.Builder attention(Connection connection) {
        return new GatedAttentionLayer.Builder()
                .connection(connection)
                .heads(2)
                .feedForwardWidth(3)
                .growthRate(2)
                .nOut(4);
    }

    @ParameterizedTest
    @EnumSource
    void ofEveryConnectionForSeveralLengthsAndMinibatches(Connection connection) {
        MultiLayerNetwork net =
                network(builder(WorkspaceMode.ENABLED), attention(connection).build(), output());
        GradientChecks.check(net, input(1, 5, 6), labels(5, 6));
        GradientChecks.check(net, input(2, 5, 4), labels(5, 4), mask(5, 4), mask(5, 4));
        GradientChecks.check(net, input(3, 1, 5), labels(1, 5));
        GradientChecks.check(net, input(4, 1, 1), labels(1, 1));
    }

    @ParameterizedTest
    @EnumSource
    void ofEveryConnectionWithoutWorkspacesCausalAndDeep(Connection connection) {
        MultiLayerNetwork net = network(
                builder(WorkspaceMode.NONE),
                attention(connection)
                        .depth(2)
                        .causal(true)
                        .layerNorm(false)
                        .positions(Positions.LEARNED)
                        .maxSteps(6)
                        .activation(Activation.GELU)
                        .build(),
                output());
        GradientChecks.check(net, input(1, 5, 5), labels(5, 5), mask(5, 5), mask(5, 5));
        GradientChecks.check(net, input(2, 1, 4), labels(1, 4));
    }

    @Test
    void withAProjectionInAChainOfStockLayers() {
        for (WorkspaceMode mode : new WorkspaceMode[] {WorkspaceMode.ENABLED, WorkspaceMode.NONE}) {
            MultiLayerNetwork net = network(
                    builder(mode),
                    new LSTM.Builder().nOut(3).build(),
                    attention(Connection.HIGHWAY).positions(Positions.NONE).build(),
                    attention(Connection.DENSE).causal(true).nOut(2).build(),
                    output());
            GradientChecks.check(net, input(1, 3, 5), labels(3, 5), mask(3, 5), mask(3, 5));
        }
    }

    @ParameterizedTest
    @EnumSource
    void inBidirectional(Bidirectional.Mode mode) {
        MultiLayerNetwork net = network(
                Networks.unchanging(),
                new Bidirectional(
                        mode, attention(Connection.HIGHWAY).causal(true).build()),
                output());
        GradientChecks.check(net, input(1, 5, 4), labels(5, 4), mask(5, 4), mask(5, 4));
        GradientChecks.check(net, input(2, 1, 5), labels(1, 5));
    }

    @Test
    void inLastTimeStep() {
        MultiLayerNetwork net = network(
                Networks.unchanging(),
                new LastTimeStep(attention(Connection.HIGHWAY).build()),
                Networks.output());
        GradientChecks.check(net, input(1, 5, 4), oneHot(5, 3), mask(5, 4), null);
        GradientChecks.check(net, input(2, 1, 5), oneHot(1, 3));
    }

    @Test
    void belowGlobalPooling() {
        MultiLayerNetwork net = network(
                Networks.unchanging(),
                attention(Connection.WEIGHTED).build(),
                new GlobalPoolingLayer(PoolingType.AVG),
                Networks.output());
        GradientChecks.check(net, input(1, 5, 4), oneHot(5, 3), mask(5, 4), null);
    }

    @Test
    void inAGraph() {
        var graph = SequenceNetworks.graph(
                Networks.unchanging(), attention(Connection.HIGHWAY).build(), output());
        GradientChecks.check(graph, input(1, 5, 4), labels(5, 4), mask(5, 4), mask(5, 4));
    }

    @Test
    void onArraysWithTheFeaturesLast() {
        MultiLayerNetwork net = new MultiLayerNetwork(Networks.unchanging()
                .list()
                .layer(attention(Connection.HIGHWAY).build())
                .layer(new RnnOutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .dataFormat(RNNFormat.NWC)
                        .nOut(2)
                        .build())
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
    void withL1AndL2AndDropout() {
        MultiLayerNetwork net = network(
                Networks.unchanging().l1(0.03).l2(0.05),
                attention(Connection.HIGHWAY).dropOut(0.6).build(),
                output());
        GradientChecks.checkReseeded(net, input(1, 5, 4), labels(5, 4));
    }

    /** From the fifth length on, the layer is compiled for a longer one, of which the rest is masked. */
    @Test
    void ofLengthsThatAreRoundedUp() {
        MultiLayerNetwork net = network(
                Networks.unchanging(),
                attention(Connection.HIGHWAY)
                        .positions(Positions.LEARNED)
                        .maxSteps(9)
                        .build(),
                output());
        for (int steps : new int[] {1, 2, 3, 4, 9}) {
            GradientChecks.check(net, input(steps, 2, steps), labels(2, steps));
        }
    }
}
