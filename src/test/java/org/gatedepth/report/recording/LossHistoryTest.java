package org.gatedepth.report.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class LossHistoryTest {

    @Test
    void growsByEpochs() {
        assertThat(LossHistory.NONE.and(2, 3.0).and(1, 2.0))
                .isEqualTo(new LossHistory(List.of(2.0, 1.0), List.of(3.0, 2.0)));
        assertThat(LossHistory.NONE.and(2, null).and(1, null)).isEqualTo(new LossHistory(List.of(2.0, 1.0), List.of()));
    }

    @Test
    void knowsItsBestEpoch() {
        assertThat(new LossHistory(List.of(3.0, 2.0, 1.0), List.of(3.0, 1.5, 1.5)).bestEpoch())
                .isEqualTo(2);
        assertThat(LossHistory.NONE.and(1, null).bestEpoch()).isZero();
    }

    @Test
    void refusesValidationLossesOfSomeEpochsOnly() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LossHistory(List.of(3.0, 2.0), List.of(3.0)))
                .withMessage("there must be one validation loss for each of the 2 epochs, or none, but there are 1");
    }
}
