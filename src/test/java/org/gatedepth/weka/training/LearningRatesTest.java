package org.gatedepth.weka.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.PolySchedule;
import org.nd4j.linalg.schedule.ScheduleType;

class LearningRatesTest {

    @Test
    void risesForAFifthAndFallsToAHundredth() {
        ISchedule rates = LearningRates.oneCycle(0.1, 50);

        assertThat(rates.valueAt(0, 0)).isCloseTo(0.02, within(1e-12));
        assertThat(rates.valueAt(0, 5)).isCloseTo(0.06, within(1e-12));
        assertThat(rates.valueAt(0, 10)).isCloseTo(0.1, within(1e-12));
        assertThat(rates.valueAt(0, 49)).isCloseTo(0.001, within(1e-12));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 5, 6})
    void givesFewEpochsPositiveRates(int epochs) {
        ISchedule rates = LearningRates.oneCycle(0.1, epochs);

        for (int epoch = 0; epoch < epochs; epoch++) {
            assertThat(rates.valueAt(0, epoch)).isBetween(0.0009, 0.1);
        }
    }

    // Canary: when this fails, the polynomial schedule of DL4J may be used.
    @Test
    void polynomialScheduleOfDl4jStillRises() {
        ISchedule poly = new PolySchedule(ScheduleType.EPOCH, 0.1, 1, 10);

        assertThat(poly.valueAt(0, 5)).isGreaterThan(poly.valueAt(0, 0));
    }

    @Test
    void risesForFiveEpochsAndStaysWhereTheEndIsNotKnown() {
        ISchedule rates = LearningRates.warmUp(0.1);

        assertThat(rates.valueAt(0, 0)).isCloseTo(0.02, within(1e-12));
        for (int epoch = 1; epoch <= 5; epoch++) {
            assertThat(rates.valueAt(0, epoch)).isGreaterThan(rates.valueAt(0, epoch - 1));
        }
        assertThat(rates.valueAt(0, 5)).isCloseTo(0.1, within(1e-12));
        assertThat(rates.valueAt(0, 1000)).isEqualTo(rates.valueAt(0, 5));
    }
}
