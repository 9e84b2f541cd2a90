package org.gatedepth.weka.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PilotRunsTest {
    /** 12 rows of label 0, 4 of label 1. */
    private static final double[] CLASSES = {0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1};

    @Test
    void takesTheLowestLossAndTheFirstOfEqualOnes() throws Exception {
        assertThat(choose(List.of(3.0, 1.0, 2.0))).isEqualTo(1.0);
        PilotRuns pilot = new PilotRuns(4, 2);
        assertThat(pilot.choose(List.of("a", "b"), CLASSES, new Random(1), (setting, training, heldOut) -> 1.0))
                .isEqualTo("a");
    }

    @Test
    void neverTakesALossThatIsNotANumber() throws Exception {
        assertThat(choose(List.of(Double.NaN, 7.0))).isEqualTo(7.0);
    }

    @Test
    void holdsOutTheShareOfEachLabel() throws Exception {
        List<int[]> held = new ArrayList<>();
        new PilotRuns(4, 4).choose(List.of("a", "b"), CLASSES, new Random(1), (setting, training, heldOut) -> {
            assertThat(IntStream.concat(Arrays.stream(training), Arrays.stream(heldOut))
                            .sorted())
                    .containsExactly(IntStream.range(0, 16).boxed().toArray(Integer[]::new));
            assertThat(Arrays.stream(heldOut).filter(row -> CLASSES[row] == 1)).hasSize(1);
            assertThat(heldOut).hasSize(4);
            held.add(heldOut);
            return 1;
        });
        // Both settings saw the same four folds, which are all rows.
        assertThat(held).hasSize(8);
        for (int fold = 0; fold < 4; fold++) {
            assertThat(held.get(fold)).isEqualTo(held.get(4 + fold));
        }
        assertThat(held.subList(0, 4).stream().flatMapToInt(Arrays::stream).distinct())
                .hasSize(16);
    }

    @Test
    void triesNothingWhereThereIsNoChoice() throws Exception {
        PilotRuns.Trial<String> forbidden = (setting, training, heldOut) -> {
            throw new AssertionError("no trial was needed");
        };
        assertThat(new PilotRuns(4, 1).choose(List.of("a"), CLASSES, new Random(1), forbidden))
                .isEqualTo("a");
        assertThat(new PilotRuns(4, 1).choose(List.of("a", "b"), new double[3], new Random(1), forbidden))
                .isEqualTo("a");
    }

    @Test
    void refusesFoldsThatAreNotThere() {
        assertThatThrownBy(() -> new PilotRuns(1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new PilotRuns(4, 5)).isInstanceOf(IllegalArgumentException.class);
    }

    private static double choose(List<Double> losses) throws InterruptedException {
        return new PilotRuns(4, 1).choose(losses, CLASSES, new Random(1), (loss, training, heldOut) -> loss);
    }
}
