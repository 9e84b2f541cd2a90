package org.gatedepth.weka.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.gatedepth.weka.table.Batch;
import org.gatedepth.weka.table.EncodedTarget;
import org.junit.jupiter.api.Test;

class MixupTest {

    private static Batch table(float[][] inputs, float[][] values, float... weights) {
        return new Batch(inputs, List.of(), List.of(new EncodedTarget(values, weights)));
    }

    @Test
    void keepsTheLargerPartOfARowAndMixesItsTargetAlike() {
        float[][] rows = {{0}, {1}, {2}, {3}};
        Batch mixed = new Mixup(0.4, 1, new Random(1)).mix(table(rows, rows, 1, 1, 1, 1));

        boolean anyMixed = false;
        for (int i = 0; i < 4; i++) {
            float x = mixed.inputs()[i][0];
            assertThat(mixed.targets()[i][0]).isCloseTo(x, within(1e-6f));
            assertThat(Math.abs(x - i)).isLessThanOrEqualTo(0.4f * 3);
            assertThat(mixed.weights()[i]).isCloseTo(1, within(1e-6f));
            anyMixed |= x != i;
        }
        assertThat(anyMixed).isTrue();
        assertThat(rows).isDeepEqualTo(new float[][] {{0}, {1}, {2}, {3}});
    }

    @Test
    void leavesTheNumbersOfLabelsAsTheyAre() {
        Batch minibatch = table(new float[][] {{0, 7}, {1, 8}}, new float[][] {{0}, {1}}, 1, 1);

        Batch mixed = new Mixup(0.5, 1, new Random(1)).mix(minibatch);

        assertThat(mixed.inputs()[0][1]).isEqualTo(7);
        assertThat(mixed.inputs()[1][1]).isEqualTo(8);
        assertThat(mixed.inputs()[0][0] + mixed.inputs()[1][0]).isNotEqualTo(1);
    }

    @Test
    void countsTargetsByTheirWeights() {
        // The second row has no value: wherever it takes part, the first one's stands alone.
        Batch minibatch = table(new float[][] {{0}, {1}}, new float[][] {{5}, {0}}, 1, 0);
        for (int seed = 0; seed < 20; seed++) {
            Batch mixed = new Mixup(0.5, 1, new Random(seed)).mix(minibatch);
            for (int i = 0; i < 2; i++) {
                float x = mixed.inputs()[i][0];
                assertThat(mixed.weights()[i]).isCloseTo(1 - x, within(1e-6f));
                if (x < 1) {
                    assertThat(mixed.targets()[i][0]).isCloseTo(5, within(1e-5f));
                }
            }
        }
    }

    @Test
    void givesTheMinibatchBackWhereThereIsNothingToMix() {
        Batch two = table(new float[][] {{0}, {1}}, new float[][] {{0}, {1}}, 1, 1);
        Batch one = table(new float[][] {{0}}, new float[][] {{0}}, 1);
        assertThat(new Mixup(0, 1, new Random(1)).mix(two)).isSameAs(two);
        assertThat(new Mixup(0.5, 1, new Random(1)).mix(one)).isSameAs(one);
    }

    @Test
    void refusesAPartOutOfRange() {
        assertThatThrownBy(() -> new Mixup(1.5, 1, new Random(1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Mixup(Double.NaN, 1, new Random(1))).isInstanceOf(IllegalArgumentException.class);
    }
}
