package org.gatedepth.loss;

import static org.gatedepth.testing.Arrays.assertClose;
import static org.gatedepth.testing.Arrays.row;

import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.LossFunction;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Scores of which an exponential overflows: the losses and their slopes are still the right ones. */
@ExtendWith(DoublePrecision.class)
class LossStabilityTest {
    private static final double BIG = 1e4;

    private static void assertRight(
            Loss loss, DataType type, INDArray scores, INDArray labels, INDArray elements, INDArray gradient) {
        LossFunction f = LossFunction.of(loss, type, (int) scores.size(1));
        for (int rows : new int[] {1, 3}) {
            INDArray x = scores.repeat(0, rows).castTo(type);
            INDArray y = labels.repeat(0, rows).castTo(type);
            INDArray lossOfEach = f.elements(x, y);
            INDArray slopeOfEach = f.gradient(x, y);
            for (int i = 0; i < rows; i++) {
                assertClose(lossOfEach.getRow(i, true), elements.castTo(type), 1e-6);
                assertClose(slopeOfEach.getRow(i, true), gradient.castTo(type), 1e-6);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT", "DOUBLE"})
    void aSoftmaxThatIsSurelyWrong(DataType type) {
        assertRight(
                Loss.softmaxCrossEntropy(), type, row(BIG, -BIG, 0), row(0, 1, 0), row(0, 2 * BIG, 0), row(1, -1, 0));
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT", "DOUBLE"})
    void aSoftmaxThatIsSurelyRight(DataType type) {
        assertRight(Loss.softmaxCrossEntropy(), type, row(BIG, -BIG, 0), row(1, 0, 0), row(0, 0, 0), row(0, 0, 0));
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT", "DOUBLE"})
    void aSmoothedAndWeightedSoftmax(DataType type) {
        // y' = (0.1, 0.8, 0.1), so c·y' = (0.1, 0.4, 0.2): its sum 0.7 goes to the first class, which has the
        // probability 1.
        assertRight(
                Loss.softmaxCrossEntropy().withLabelSmoothing(0.3).withClassWeights(1, 0.5, 2),
                type,
                row(BIG, -BIG, 0),
                row(0, 1, 0),
                row(0, 0.4 * 2 * BIG, 0.2 * BIG),
                row(0.6, -0.4, -0.2));
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT", "DOUBLE"})
    void sigmoidsThatAreSurelyWrongOrRight(DataType type) {
        assertRight(
                Loss.binaryCrossEntropy(),
                type,
                row(BIG, -BIG, BIG, -BIG),
                row(0, 1, 1, 0),
                row(BIG, BIG, 0, 0),
                row(1, -1, 0, 0));
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT", "DOUBLE"})
    void residualsFarFromTheLabel(DataType type) {
        assertRight(Loss.huber(0.5), type, row(BIG, -BIG), row(0, 0), row(2499.9375, 2499.9375), row(0.25, -0.25));
        assertRight(Loss.squaredError(), type, row(BIG, -BIG), row(0, 0), row(5e7, 5e7), row(BIG, -BIG));
    }
}
