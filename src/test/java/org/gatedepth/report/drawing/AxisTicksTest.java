package org.gatedepth.report.drawing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class AxisTicksTest {

    @Test
    void roundsUpToOneTwoOrFiveTimesAPowerOfTen() {
        assertThat(List.of(0.013, 1.0, 3.0, 70.0)).extracting(AxisTicks::round).containsExactly(0.02, 1.0, 5.0, 100.0);
    }

    @Test
    void labelsAreShort() {
        assertThat(List.of(0.0, 0.05, 2.0, 100_000.0, 1e-12))
                .extracting(AxisTicks::label)
                .containsExactly("0", "0.05", "2", "1e+5", "1e-12");
    }

    @Test
    void skipsPowersOfTenWhereThereAreMany() {
        assertThat(AxisTicks.decades(-10, 2)).containsExactly(1e-10, 1e-8, 1e-6, 1e-4, 1e-2, 1.0, 100.0);
    }
}
