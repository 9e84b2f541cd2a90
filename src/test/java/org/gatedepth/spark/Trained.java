package org.gatedepth.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.dl4j.GatedStack;
import org.gatedepth.testing.Networks;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.learning.config.IUpdater;

/** Networks and minibatches of the tests of this package. */
final class Trained {
    private Trained() {}

    /** Two highway blocks, as a list of layers. */
    static MultiLayerNetwork list(IUpdater updater) {
        return Networks.network(
                Networks.builder(updater).l2(1e-3),
                new GatedStack.Builder().depth(2).nOut(6).build());
    }

    /** Two highway blocks with dropout. */
    static MultiLayerNetwork dropping(IUpdater updater) {
        return Networks.network(
                Networks.builder(updater),
                new GatedStack.Builder().depth(2).nOut(6).dropOut(0.8).build());
    }

    /** A graph of two outputs. */
    static ComputationGraph twoOutputs(IUpdater updater) {
        return Networks.init(Networks.builder(updater)
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.feedForward(Networks.INPUTS))
                .addLayer("stack", new GatedStack.Builder().depth(2).nOut(6).build(), "in")
                .addLayer(
                        "side",
                        new DenseLayer.Builder()
                                .nOut(5)
                                .activation(Activation.TANH)
                                .build(),
                        "stack")
                .addLayer("first", Networks.output(), "stack")
                .addLayer("second", Networks.output(), "side")
                .setOutputs("first", "second"));
    }

    /** Minibatches with the seeds from, from + 1, and so on. */
    static List<MultiDataSet> minibatches(int count, int rows, int from) {
        return IntStream.range(from, from + count)
                .mapToObj(seed -> Networks.data(rows, seed).toMultiDataSet())
                .toList();
    }

    /** With the labels for both outputs. */
    static MultiDataSet labelledTwice(MultiDataSet one) {
        return new org.nd4j.linalg.dataset.MultiDataSet(
                one.getFeatures(), new INDArray[] {one.getLabels(0), one.getLabels(0)});
    }

    /** One minibatch of several. */
    static MultiDataSet merged(MultiDataSet... some) {
        return org.nd4j.linalg.dataset.MultiDataSet.merge(List.of(some));
    }

    static void assertEqualParams(Model actual, Model expected, double tolerance) {
        assertClose(actual.params(), expected.params(), tolerance);
    }

    static void assertClose(INDArray actual, INDArray expected, double tolerance) {
        assertThat(actual.sub(expected).amaxNumber().doubleValue()).isCloseTo(0, within(tolerance));
    }
}
