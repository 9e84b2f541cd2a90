package org.gatedepth.weka.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ThreadsTest {

    @Test
    void givesResultsInTheOrderOfThePieces() throws Exception {
        List<Callable<Integer>> pieces = List.of(() -> 1, () -> 2, () -> 3);
        for (int count = 1; count <= 3; count++) {
            try (Threads threads = new Threads(count)) {
                assertThat(threads.all(pieces)).containsExactly(1, 2, 3);
            }
        }
    }

    @Test
    void twoPiecesAreDoneAtTheSameTime() throws Exception {
        CountDownLatch both = new CountDownLatch(2);
        Callable<Thread> meets = () -> {
            both.countDown();
            both.await();
            return Thread.currentThread();
        };
        try (Threads threads = new Threads(2)) {
            assertThat(threads.all(List.of(meets, meets))).doesNotHaveDuplicates();
        }
    }

    @Test
    void noThreadWaitsWhileThereArePieces() throws Exception {
        CountDownLatch others = new CountDownLatch(2);
        Callable<Integer> last = () -> {
            others.await();
            return 0;
        };
        Callable<Integer> quick = () -> {
            others.countDown();
            return 1;
        };
        for (List<Callable<Integer>> pieces : List.of(List.of(last, quick, quick), List.of(quick, last, quick))) {
            try (Threads threads = new Threads(2)) {
                assertThat(threads.all(pieces)).hasSize(3);
            }
        }
    }

    @Test
    void aFailureIsThatOfThePiece() {
        for (int count = 1; count <= 2; count++) {
            try (Threads threads = new Threads(count)) {
                assertThatThrownBy(() -> threads.all(List.of(() -> 1, () -> fail(new ArithmeticException("too high")))))
                        .isInstanceOf(ArithmeticException.class)
                        .hasMessage("too high");
                assertThatThrownBy(() -> threads.all(List.of(() -> 1, () -> fail(new OutOfMemoryError("full")))))
                        .isInstanceOf(OutOfMemoryError.class)
                        .hasMessage("full");
            }
        }
    }

    @Test
    void noPieceBeginsAfterAFailureInOneThread() {
        AtomicBoolean begun = new AtomicBoolean();
        Callable<Integer> later = () -> {
            begun.set(true);
            return 1;
        };
        try (Threads threads = new Threads(1)) {
            assertThatThrownBy(() -> threads.all(List.of(() -> fail(new ArithmeticException("too high")), later)))
                    .isInstanceOf(ArithmeticException.class);
        }

        assertThat(begun).isFalse();
    }

    private static int fail(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) failure;
    }

    @Test
    void anInterruptStopsTheOthersBeforeItIsThrown() {
        AtomicBoolean stopped = new AtomicBoolean();
        CountDownLatch begun = new CountDownLatch(1);
        Callable<Integer> endless = () -> {
            begun.countDown();
            try {
                Thread.sleep(60_000);
            } catch (InterruptedException e) {
                Thread.sleep(50);
                stopped.set(true);
                throw e;
            }
            return 0;
        };
        Callable<Integer> interrupted = () -> {
            begun.await();
            Thread.currentThread().interrupt();
            return 0;
        };
        assertThatThrownBy(() -> {
                    try (Threads threads = new Threads(2)) {
                        threads.all(List.of(interrupted, endless));
                    }
                })
                .isInstanceOf(InterruptedException.class);

        assertThat(stopped).isTrue();
        assertThat(Thread.interrupted()).isTrue();
    }
}
