package org.gatedepth.dl4j.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LengthsTest {
    @Test
    void theFirstFourAreAsTheyAreAndLaterOnesAreRoundedUp() {
        Lengths lengths = new Lengths();
        for (long steps : new long[] {200, 784, 77, 9, 200, 784}) {
            assertThat(lengths.compiled(steps)).isEqualTo(steps);
        }
        assertThat(LongStream.of(1, 2, 3, 5, 10, 17, 129, 199, 225, 1000, 200).map(lengths::compiled))
                .containsExactly(1L, 2L, 3L, 5L, 10L, 20L, 160L, 224L, 256L, 1024L, 200L);
    }

    @Test
    void threeHundredRandomLengthsAreAFew() {
        Lengths lengths = new Lengths();
        Random random = new Random(1);
        long[] steps = random.longs(300, 20, 220).toArray();
        assertThat(LongStream.of(steps).map(lengths::compiled).distinct().count())
                .isLessThanOrEqualTo(4 + 15);
        for (long each : steps) {
            assertThat(lengths.compiled(each)).isBetween(each, each + each / 4);
        }
    }
}
