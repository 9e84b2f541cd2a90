package org.gatedepth.weka.options;

/**
 * The activations inside blocks, by the names that Deeplearning4j gives them.
 *
 * <p>An enumeration of its own, since a saved classifier holds its options, and is opened where ND4J's classes are not.
 */
public enum ActivationFunction {
    CUBE,
    ELU,
    HARDSIGMOID,
    HARDTANH,
    IDENTITY,
    LEAKYRELU,
    RATIONALTANH,
    RELU,
    RELU6,
    SIGMOID,
    SOFTMAX,
    SOFTPLUS,
    SOFTSIGN,
    TANH,
    RECTIFIEDTANH,
    SELU,
    SWISH,
    THRESHOLDEDRELU,
    GELU,
    MISH
}
