package org.gatedepth.loss;

import static org.gatedepth.testing.Arrays.assertClose;
import static org.gatedepth.testing.Arrays.normal;
import static org.gatedepth.testing.Arrays.oneHot;
import static org.gatedepth.testing.Arrays.row;

import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.LossFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;

/** The losses at moderate scores against ND4J's own. */
@ExtendWith(DoublePrecision.class)
class LossAgainstStockTest {
    private static final int ROWS = 6;

    private static void assertSame(Loss loss, ILossFunction stock, Activation activation, INDArray labels) {
        IActivation function = activation.getActivationFunction();
        INDArray scores = normal(1, labels.shape()).muli(2);
        LossFunction f = LossFunction.of(loss, DataType.DOUBLE, (int) labels.size(1));
        assertClose(
                f.elements(scores, labels).sum(true, 1),
                stock.computeScoreArray(labels, scores.dup(), function, null),
                1e-9);
        assertClose(f.gradient(scores, labels), stock.computeGradient(labels, scores.dup(), function, null), 1e-9);
        assertClose(f.prediction(scores), function.getActivation(scores.dup(), false), 1e-12);
    }

    @Test
    void softmaxCrossEntropyIsMcxent() {
        assertSame(Loss.softmaxCrossEntropy(), new LossMCXENT(), Activation.SOFTMAX, oneHot(ROWS, 3));
    }

    @Test
    void weightedSoftmaxCrossEntropyIsWeightedMcxent() {
        assertSame(
                Loss.softmaxCrossEntropy().withClassWeights(0.5, 2, 3),
                new LossMCXENT(row(0.5, 2, 3)),
                Activation.SOFTMAX,
                oneHot(ROWS, 3));
    }

    @Test
    void binaryCrossEntropyIsBinaryXent() {
        assertSame(Loss.binaryCrossEntropy(), new LossBinaryXENT(), Activation.SIGMOID, twoOfThree());
    }

    @Test
    void weightedBinaryCrossEntropyIsWeightedBinaryXent() {
        assertSame(
                Loss.binaryCrossEntropy().withClassWeights(0.5, 2, 3),
                new LossBinaryXENT(row(0.5, 2, 3)),
                Activation.SIGMOID,
                twoOfThree());
    }

    @Test
    void squaredErrorIsMse() {
        assertSame(Loss.squaredError(), new LossMSE(), Activation.IDENTITY, normal(2, ROWS, 3));
    }

    @Test
    void huberOfALargeDeltaIsHalfOfMse() {
        INDArray labels = normal(2, ROWS, 3);
        INDArray scores = normal(1, ROWS, 3);
        INDArray huber = LossFunction.of(Loss.huber(1e6), DataType.DOUBLE, 3).elements(scores, labels);
        INDArray mse = new LossMSE()
                .computeScoreArray(labels, scores.dup(), Activation.IDENTITY.getActivationFunction(), null);
        assertClose(huber.sum(true, 1).muli(2), mse, 1e-9);
    }

    private static INDArray twoOfThree() {
        return Nd4j.ones(DataType.DOUBLE, ROWS, 3).subi(oneHot(ROWS, 3));
    }
}
