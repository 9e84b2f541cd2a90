package org.gatedepth.dl4j.training.team;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TeamTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void givesResultsInTheOrderOfThePieces(int size) {
        try (Team team = new Team(size, "test")) {
            assertThat(team.all(List.<Callable<Integer>>of(() -> 1, () -> 2, () -> 3)))
                    .containsExactly(1, 2, 3);
        }
    }

    @Test
    void nobodyIsAtWorkAfterAFailure() {
        AtomicBoolean ended = new AtomicBoolean();
        CountDownLatch failed = new CountDownLatch(1);
        Callable<Integer> fails = () -> {
            failed.countDown();
            throw new ArithmeticException("too high");
        };
        Callable<Integer> takesLonger = () -> {
            failed.await();
            Thread.sleep(50);
            ended.set(true);
            return 0;
        };
        try (Team team = new Team(2, "test")) {
            assertThatThrownBy(() -> team.all(List.of(fails, takesLonger)))
                    .isInstanceOf(ArithmeticException.class)
                    .hasMessage("too high");
            assertThat(ended).isTrue();
        }
    }

    @Test
    void anErrorOfAnotherThreadIsThrownAsItIs() {
        OutOfMemoryError full = new OutOfMemoryError("full");
        Callable<Integer> fails = () -> {
            throw full;
        };
        try (Team team = new Team(2, "test")) {
            assertThatThrownBy(() -> team.all(List.of(() -> 1, fails))).isSameAs(full);
        }
    }

    @Test
    void anInterruptedThreadGetsItsResultsAndStaysInterrupted() {
        CountDownLatch interrupted = new CountDownLatch(1);
        Callable<Integer> interrupts = () -> {
            Thread.currentThread().interrupt();
            interrupted.countDown();
            return 1;
        };
        Callable<Integer> takesLonger = () -> {
            interrupted.await();
            Thread.sleep(50);
            return 2;
        };
        try (Team team = new Team(2, "test")) {
            assertThat(team.all(List.of(interrupts, takesLonger))).containsExactly(1, 2);
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1000", "2, 1000", "3, 1001", "3, 1999", "3, 0"})
    void eachNumberIsWorkedOnOnce(int size, int n) {
        AtomicIntegerArray times = new AtomicIntegerArray(n);
        try (Team team = new Team(size, "test")) {
            team.share(new Ranges(n, 100, (from, to) -> {
                for (int i = from; i < to; i++) {
                    times.incrementAndGet(i);
                }
            }));
        }
        for (int i = 0; i < n; i++) {
            assertThat(times.get(i)).as("number %d", i).isEqualTo(1);
        }
    }

    @Test
    void twoRangesAreWorkedOnAtTheSameTime() {
        CountDownLatch both = new CountDownLatch(2);
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        try (Team team = new Team(2, "test")) {
            team.share(new Ranges(200, 100, (from, to) -> {
                threads.add(Thread.currentThread());
                both.countDown();
                try {
                    both.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }));
        }
        assertThat(threads).hasSize(2);
    }

    @Test
    void littleWorkStaysInTheCallingThread() {
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        try (Team team = new Team(2, "test")) {
            team.share(new Ranges(199, 100, (from, to) -> threads.add(Thread.currentThread())));
        }
        assertThat(threads).containsExactly(Thread.currentThread());
    }
}
