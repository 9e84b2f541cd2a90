package org.gatedepth.report.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Scores count what the mask says, whatever its shape, and are finite. */
class ScoresTest {
    private static INDArray matrix(double[]... rows) {
        return Nd4j.createFromArray(rows);
    }

    /** Two examples of two classes and three steps. */
    private static INDArray steps(double... classes) {
        INDArray labels = Nd4j.zeros(org.nd4j.linalg.api.buffer.DataType.DOUBLE, 2, 2, 3);
        for (int i = 0; i < classes.length; i++) {
            labels.putScalar(new int[] {i / 3, (int) classes[i], i % 3}, 1);
        }
        return labels;
    }

    private static Scores.Score intact(INDArray labels, @Nullable INDArray mask, INDArray predicted) {
        return new Scores(labels, mask, predicted, false).intact();
    }

    @Test
    void aMaskOfStepsCountsThoseSteps() {
        INDArray labels = steps(0, 1, 0, 1, 1, 0);
        INDArray predicted = steps(0, 0, 0, 1, 0, 1);
        INDArray mask = matrix(new double[] {1, 1, 0}, new double[] {1, 0, 0});
        assertThat(intact(labels, mask, predicted).accuracy()).isCloseTo(2.0 / 3, within(1e-12));
        assertThat(intact(labels, mask.dup('f'), predicted).accuracy()).isCloseTo(2.0 / 3, within(1e-12));
    }

    @Test
    void aMaskOfRowsCountsThoseRows() {
        INDArray labels = matrix(new double[] {1, 0}, new double[] {0, 1}, new double[] {0, 1});
        INDArray predicted = matrix(new double[] {.9, .1}, new double[] {.9, .1}, new double[] {.2, .8});
        INDArray mask = matrix(new double[] {1}, new double[] {0}, new double[] {1});
        assertThat(intact(labels, mask, predicted).accuracy()).isEqualTo(1);
        assertThat(intact(labels, mask.reshape(3), predicted).accuracy()).isEqualTo(1);
    }

    @Test
    void aMaskOfLabelsWeighsSingleNumbers() {
        INDArray labels = matrix(new double[] {1, 2}, new double[] {3, Double.NaN});
        INDArray predicted = matrix(new double[] {2, 4}, new double[] {3, 100});
        INDArray mask = matrix(new double[] {1, .5}, new double[] {1, 0});
        // (1·1 + .5·4 + 1·0)/2.5
        assertThat(intact(labels, mask, predicted).loss()).isCloseTo(1.2, within(1e-12));
        Scores scores = new Scores(labels, mask, predicted, false);
        // What moves where no label counts is no change.
        assertThat(scores.of(matrix(new double[] {2, 4}, new double[] {3, -7})).changed())
                .isZero();
    }

    @Test
    void aMaskOfLabelsWeighsAnswersOfYesAndNo() {
        INDArray labels = matrix(new double[] {1, 0, 1}, new double[] {0, 0, 0});
        INDArray predicted = matrix(new double[] {.9, .8, .7}, new double[] {.1, .2, .9});
        INDArray mask = matrix(new double[] {1, 0, 1}, new double[] {1, 1, 0});
        Scores.Score score = intact(labels, mask, predicted);
        assertThat(score.accuracy()).isEqualTo(1);
        assertThat(score.loss())
                .isCloseTo(-(Math.log(.9) + Math.log(.7) + Math.log(.9) + Math.log(.8)) / 4 * 3, within(1e-12));
    }

    @Test
    void aMaskOfTheShapeOfSequencesWeighsSingleLabels() {
        INDArray labels = steps(0, 1, 0, 1, 1, 0).muli(2);
        INDArray predicted = labels.dup().putScalar(new int[] {1, 0, 2}, 5);
        INDArray mask = Nd4j.onesLike(labels);
        assertThat(intact(labels, mask, predicted).loss()).isCloseTo(9.0 / 12, within(1e-12));
        mask.putScalar(new int[] {1, 0, 2}, 0);
        assertThat(intact(labels, mask, predicted).loss()).isZero();
    }

    @Test
    void otherMasksAndMasksOfZerosAreRefused() {
        INDArray labels = matrix(new double[] {1, 0, 0}, new double[] {0, 1, 0});
        assertThatThrownBy(() -> intact(labels, Nd4j.ones(2, 2), labels))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[2, 3]")
                .hasMessageContaining("[2, 2]");
        assertThatThrownBy(() -> intact(labels, Nd4j.zeros(2, 1), labels))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no example counts");
    }

    @Test
    void theChangeOfOneNumberIsFinite() {
        INDArray labels = matrix(new double[] {2});
        assertThat(new Scores(labels, null, matrix(new double[] {4}), false)
                        .of(matrix(new double[] {5}))
                        .changed())
                .isCloseTo(1.0 / 16, within(1e-12));
        assertThat(new Scores(labels, null, matrix(new double[] {0}), false)
                        .of(matrix(new double[] {3}))
                        .changed())
                .isEqualTo(9);
    }

    @Test
    void numbersMayLookLikeAnswersOfYesAndNo() {
        INDArray labels = matrix(new double[] {0});
        Scores.Score score = new Scores(labels, null, matrix(new double[] {.5}), true).intact();
        assertThat(score.loss()).isEqualTo(.25);
        assertThat(score.accuracy()).isNull();
    }
}
