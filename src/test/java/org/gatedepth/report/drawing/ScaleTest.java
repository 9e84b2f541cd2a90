package org.gatedepth.report.drawing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ScaleTest {

    @Test
    void putsASingleBlockInTheMiddle() {
        Scale scale = Scale.whole(1, 1);

        assertThat(scale.ticks()).containsExactly(1.0);
        assertThat(scale.place(1)).isEqualTo(0.5);
    }

    @Test
    void countsBlocksInEvenSteps() {
        assertThat(Scale.whole(1, 12).ticks()).containsExactly(1.0, 3.0, 5.0, 7.0, 9.0, 11.0);
        assertThat(Scale.whole(1, 20).ticks()).containsExactly(1.0, 5.0, 10.0, 15.0, 20.0);
    }

    @Test
    void writesOneTwoAndFiveOnALogarithmicAxisOfOneDecade() {
        assertThat(Scale.logarithmic(0.13, 1.2).ticks()).containsExactly(0.2, 0.5, 1.0);
    }

    @Test
    void endsFurtherOutWithTheSameNumbers() {
        Scale scale = Scale.linear(0, 0.978).upTo(1.08);

        assertThat(scale.to()).isEqualTo(1.08);
        assertThat(scale.ticks()).endsWith(1.0);
    }
}
