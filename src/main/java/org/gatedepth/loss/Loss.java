package org.gatedepth.loss;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.shade.jackson.annotation.JsonTypeInfo;

/**
 * A loss of scores against labels, and the prediction that belongs to it.
 *
 * <p>Scores are what the last linear map of a network gives, before any activation. All losses are made of ops that
 * give one number for each element, none of which registers itself as the loss of a graph, as {@code sd.loss} does;
 * none takes the logarithm or exponential of a number that a large score drives out of range.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.CLASS, property = "@class")
public sealed interface Loss permits SoftmaxCrossEntropy, BinaryCrossEntropy, SquaredError, Huber {

    /**
     * The loss, element by element: the loss of an example is the sum of its row.
     *
     * <p>A mask or weight therefore multiplies the elements: one that is the same along a row weights the example, one
     * that differs weights its labels.
     *
     * @param sd the graph
     * @param scores {@code [minibatch, outputs]}
     * @param labels {@code [minibatch, outputs]}
     * @param outputs number of columns
     * @return {@code [minibatch, outputs]}
     */
    SDVariable elements(SameDiff sd, SDVariable scores, SDVariable labels, long outputs);

    /**
     * The losses of one example in plain numbers, the same as {@link #elements} gives, for who has no graph.
     *
     * @param scores one for each output
     * @param labels one for each output
     * @param counts by what the loss of each output is multiplied
     * @param losses gets the loss of each output, not multiplied
     * @param gradient gets the gradient of {@code Σ counts·losses} with respect to the scores
     */
    void example(double[] scores, double[] labels, double[] counts, double[] losses, double[] gradient);

    /**
     * What the scores predict: probabilities, or for a regression the scores themselves.
     *
     * @param sd the graph
     * @param scores {@code [minibatch, outputs]}
     * @return {@code [minibatch, outputs]}
     */
    SDVariable prediction(SameDiff sd, SDVariable scores);

    /**
     * Refuses a number of outputs that this loss cannot have.
     *
     * @throws IllegalArgumentException with the rule and the number
     */
    void requireOutputs(long outputs);

    /** Cross-entropy of a softmax: one of several classes. */
    static SoftmaxCrossEntropy softmaxCrossEntropy() {
        return new SoftmaxCrossEntropy(0, List.of());
    }

    /** Cross-entropy of a sigmoid for each output: any number of labels at once. */
    static BinaryCrossEntropy binaryCrossEntropy() {
        return new BinaryCrossEntropy(0, List.of());
    }

    /** Mean squared error. */
    static SquaredError squaredError() {
        return new SquaredError();
    }

    /** Huber's loss: squared error near the label, absolute error beyond {@code delta} of it. */
    static Huber huber(double delta) {
        return new Huber(delta);
    }
}
