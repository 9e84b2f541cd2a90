package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.deeplearning4j.gradientcheck.GradientCheckUtil;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.function.Consumer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Deeplearning4j's own gradient check, a part of each parameter's elements at most. */
final class GradientChecks {
    private GradientChecks() {}

    static void check(MultiLayerNetwork net, INDArray input, INDArray labels) {
        check(net, input, labels, null, null);
    }

    static void check(
            MultiLayerNetwork net,
            INDArray input,
            INDArray labels,
            @Nullable INDArray inputMask,
            @Nullable INDArray labelMask) {
        moveOffZero(net.params());
        assertThat(GradientCheckUtil.checkGradients(new GradientCheckUtil.MLNConfig()
                        .net(net)
                        .input(input)
                        .labels(labels)
                        .inputMask(inputMask)
                        .labelMask(labelMask)))
                .isTrue();
    }

    static void check(ComputationGraph graph, INDArray input, INDArray labels) {
        check(graph, input, labels, null, null);
    }

    static void check(
            ComputationGraph graph,
            INDArray input,
            INDArray labels,
            @Nullable INDArray inputMask,
            @Nullable INDArray labelMask) {
        moveOffZero(graph.params());
        assertThat(GradientCheckUtil.checkGradients(new GradientCheckUtil.GraphConfig()
                        .net(graph)
                        .inputs(new INDArray[] {input})
                        .labels(new INDArray[] {labels})
                        .inputMask(inputMask == null ? null : new INDArray[] {inputMask})
                        .labelMask(labelMask == null ? null : new INDArray[] {labelMask})))
                .isTrue();
    }

    /** With dropout: the same noise before every score. */
    static void checkReseeded(MultiLayerNetwork net, INDArray input, INDArray labels) {
        Consumer<MultiLayerNetwork> reseed = n -> Nd4j.getRandom().setSeed(99);
        assertThat(GradientCheckUtil.checkGradients(new GradientCheckUtil.MLNConfig()
                        .net(net)
                        .input(input)
                        .labels(labels)
                        .excludeParams(Set.of())
                        .callEachIter(reseed)))
                .isTrue();
    }

    /** Biases and skip weights that start at 0 would hide what is multiplied by them. */
    private static void moveOffZero(INDArray params) {
        params.addi(org.gatedepth.testing.Arrays.normal(8, params.shape()).muli(0.1));
    }
}
