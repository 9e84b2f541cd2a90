package org.gatedepth.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LinearDecayTest {

    @Test
    void goesInEqualStepsFromTheFirstEpochOn() {
        LinearDecay decay = new LinearDecay(0.5, 0.1, 4);
        double[] expected = {0.5, 0.4, 0.3, 0.2, 0.1};
        for (int epoch = 0; epoch < expected.length; epoch++) {
            assertThat(decay.valueAt(0, epoch)).isCloseTo(expected[epoch], within(1e-15));
        }
    }

    @Test
    void staysWhereItArrives() {
        LinearDecay decay = new LinearDecay(0.3, 0, 10);
        assertThat(decay.valueAt(0, 9)).isPositive();
        assertThat(decay.valueAt(0, 10)).isZero();
        assertThat(decay.valueAt(0, 11)).isZero();
        assertThat(decay.valueAt(0, Integer.MAX_VALUE)).isZero();
    }

    @Test
    void canRise() {
        assertThat(new LinearDecay(0, 2, 4).valueAt(0, 1)).isEqualTo(0.5);
    }

    @Test
    void doesNotReadTheIteration() {
        LinearDecay decay = new LinearDecay(1, 0, 4);
        assertThat(decay.valueAt(1_000_000, 1)).isEqualTo(decay.valueAt(0, 1)).isEqualTo(0.75);
    }

    @Test
    void takesOneEpoch() {
        LinearDecay decay = new LinearDecay(1, 3, 1);
        assertThat(decay.valueAt(0, 0)).isEqualTo(1);
        assertThat(decay.valueAt(0, 1)).isEqualTo(3);
    }

    @Test
    void isItsOwnClone() {
        LinearDecay decay = new LinearDecay(1, 0, 4);
        assertThat(decay.clone()).isEqualTo(decay);
    }

    @Test
    void refusesEndsThatAreNotFinite() {
        assertRefused(
                () -> new LinearDecay(Double.NaN, 0, 4),
                "the ends of a linear decay must be finite numbers of at least 0, got NaN and 0.0");
        assertRefused(
                () -> new LinearDecay(1, Double.NEGATIVE_INFINITY, 4),
                "the ends of a linear decay must be finite numbers of at least 0, got 1.0 and -Infinity");
    }

    @Test
    void refusesNoEpochs() {
        assertRefused(() -> new LinearDecay(1, 0, 0), "a linear decay takes at least 1 epoch, got 0");
    }

    private static void assertRefused(Runnable task, String sentence) {
        assertThatThrownBy(task::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(sentence);
    }
}
