package org.gatedepth.dl4j;

import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.weights.WeightInit;
import org.gatedepth.block.Connection;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/** Whole networks from a {@link NetworkSpec}: a {@link GatedStack} between an input and a stock output layer. */
public final class GatedNetworks {
    /** Name of the network's input. */
    public static final String INPUT = "in";

    /** Name of the stack. */
    public static final String STACK = "stack";

    /** Name of the output layer. */
    public static final String OUTPUT = "out";

    /**
     * Gradients of a layer are scaled down to this norm (Pascanu et al. 2013, arXiv 1211.5063). Mean gradients of a healthy
     * stack are below it; single rows that a deep stack amplifies are not, and one of them can throw 50 relu blocks back to
     * chance.
     */
    private static final double MAX_GRADIENT_NORM = 1;

    private GatedNetworks() {}

    /**
     * The configuration of a network, to be given to a {@code ComputationGraph}.
     *
     * <p>Input {@code [minibatch, inputs]}, output {@code [minibatch, outputs]}. Transforms start as He et al. (2015) for
     * the relu family and as Glorot &amp; Bengio (2010) for other activations. Gradients are clipped at norm 1 for each layer.
     */
    public static ComputationGraphConfiguration configuration(NetworkSpec spec) {
        boolean classes = spec.task() == NetworkSpec.Task.CLASSIFICATION;
        NeuralNetConfiguration.Builder builder = new NeuralNetConfiguration.Builder()
                .seed(spec.seed())
                .updater(spec.updater())
                .weightDecay(spec.weightDecay())
                .weightInit(WeightInit.XAVIER)
                .gradientNormalization(GradientNormalization.ClipL2PerLayer)
                .gradientNormalizationThreshold(MAX_GRADIENT_NORM);
        return builder.graphBuilder()
                .addInputs(INPUT)
                .addLayer(STACK, stack(spec), INPUT)
                .addLayer(
                        OUTPUT,
                        new OutputLayer.Builder(
                                        classes ? LossFunctions.LossFunction.MCXENT : LossFunctions.LossFunction.MSE)
                                .activation(classes ? Activation.SOFTMAX : Activation.IDENTITY)
                                .nOut(spec.outputs())
                                .build(),
                        STACK)
                .setOutputs(OUTPUT)
                .setInputTypes(InputType.feedForward(spec.inputs()))
                .build();
    }

    private static GatedStack stack(NetworkSpec spec) {
        GatedStack.Builder builder = new GatedStack.Builder()
                .connection(spec.connection())
                .depth(spec.depth())
                .nOut(spec.width())
                .activation(spec.activation())
                .layerNorm(spec.layerNorm())
                .weightInit(isReluFamily(spec.activation()) ? WeightInit.RELU : WeightInit.XAVIER);
        if (spec.connection() == Connection.HIGHWAY && !Double.isNaN(spec.gateBias())) {
            builder.transformGateBias(spec.gateBias());
        }
        if (spec.dropOut() > 0) {
            builder.dropOut(1 - spec.dropOut());
        }
        return builder.build();
    }

    private static boolean isReluFamily(Activation activation) {
        return switch (activation) {
            case RELU, RELU6, LEAKYRELU, ELU, GELU, SWISH, MISH -> true;
            default -> false;
        };
    }
}
