package org.gatedepth.weka.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PilotRunsTest {

    private static final Threads ALONE = new Threads(1);
    /** 12 rows of label 0, 4 of label 1. */
    private static final double[] CLASSES = {0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1};

    @Test
    void holdsOutTheShareOfEachLabel() throws Exception {
        List<int[]> held = new ArrayList<>();
        PilotRuns.Trial trial = (training, heldOut) -> {
            assertThat(IntStream.concat(Arrays.stream(training), Arrays.stream(heldOut))
                            .sorted())
                    .containsExactly(IntStream.range(0, 16).boxed().toArray(Integer[]::new));
            assertThat(Arrays.stream(heldOut).filter(row -> CLASSES[row] == 1)).hasSize(1);
            assertThat(heldOut).hasSize(4);
            held.add(heldOut);
            return new double[] {1};
        };
        PilotRuns pilots = new PilotRuns(4, 4, CLASSES, new Random(1));

        pilots.losses(List.of(trial, trial), ALONE);

        // Both settings saw the same four folds, which are all rows.
        assertThat(held).hasSize(8);
        for (int fold = 0; fold < 4; fold++) {
            assertThat(held.get(fold)).isEqualTo(held.get(4 + fold));
        }
        assertThat(held.subList(0, 4).stream().flatMapToInt(Arrays::stream).distinct())
                .hasSize(16);
    }

    @Test
    void weighsFoldsByTheirRows() throws Exception {
        // Five rows in four parts: one part has two rows.
        PilotRuns pilots = new PilotRuns(4, 4, new double[5], new Random(1));

        PilotRuns.Trial rows = (training, heldOut) -> new double[] {heldOut.length, 1};
        PilotRuns.Trial threes = (training, heldOut) -> new double[] {3};

        List<double[]> losses = pilots.losses(List.of(rows, threes), ALONE);

        assertThat(losses).containsExactly(new double[] {(2 * 2 + 3) / 5.0, 1}, new double[] {3});
    }

    @Test
    void holdsOutTwoPartsOfFewRowsAndOneOfMany() throws Exception {
        for (int rows : new int[] {999, 1000}) {
            AtomicInteger trials = new AtomicInteger();

            PilotRuns pilots = PilotRuns.of(new double[rows], new Random(1));
            pilots.losses(List.of((training, heldOut) -> new double[] {trials.incrementAndGet()}), ALONE);

            assertThat(trials).as("%d rows", rows).hasValue(rows < 1000 ? 2 : 1);
            assertThat(pilots.heldOut()).isEqualTo(rows < 1000 ? 500 : 250);
        }
    }

    @Test
    void needARowInEachPart() {
        assertThat(new PilotRuns(4, 1, new double[3], new Random(1)).possible()).isFalse();
        assertThat(new PilotRuns(4, 1, new double[4], new Random(1)).possible()).isTrue();
    }

    @Test
    void refusesFoldsThatAreNotThere() {
        assertThatThrownBy(() -> new PilotRuns(1, 1, CLASSES, new Random(1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new PilotRuns(4, 5, CLASSES, new Random(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("there must be 1 to 4 folds of at least 2 parts, got 5 of 4");
    }
}
