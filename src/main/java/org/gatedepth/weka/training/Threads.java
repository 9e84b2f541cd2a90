package org.gatedepth.weka.training;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.gatedepth.weka.host.Platform;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Threads for pieces of work that do not depend on each other. What a piece gives must not depend on the thread that
 * does it: then the number of threads changes nothing but the time.
 */
final class Threads implements AutoCloseable {

    /** Those beside the calling thread; null if there are none. */
    private final @Nullable ExecutorService others;

    /** @param threads the number of threads, with the calling one; at least 1 */
    Threads(int threads) {
        others = threads == 1 ? null : Executors.newFixedThreadPool(threads - 1, Threads::thread);
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "gatedepth-training");
        // The Java process may end in the middle of a training.
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Does all pieces, the first one in the calling thread.
     *
     * @return what they give, in their order
     * @throws InterruptedException if the thread is interrupted, whose flag stays set; {@link #close} stops the others
     */
    <T> List<T> all(List<Callable<T>> pieces) throws InterruptedException {
        List<T> results = new ArrayList<>();
        ExecutorService executor = others;
        try {
            if (executor == null) {
                for (Callable<T> piece : pieces) {
                    results.add(piece.call());
                }
                return results;
            }
            List<Future<T>> later = new ArrayList<>();
            for (Callable<T> piece : pieces.subList(1, pieces.size())) {
                later.add(executor.submit(() -> aside(piece)));
            }
            results.add(pieces.get(0).call());
            for (Future<T> piece : later) {
                results.add(piece.get());
            }
            return results;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw stopped;
        } catch (ExecutionException failed) {
            throw unchecked(failed.getCause());
        } catch (Exception failed) {
            throw unchecked(failed);
        }
    }

    private static <T> T aside(Callable<T> piece) throws Exception {
        try {
            return Platform.run("Training", 1, piece);
        } finally {
            // They belong to the thread, and would live as long.
            Nd4j.getWorkspaceManager().destroyAllWorkspacesForCurrentThread();
        }
    }

    /** Errors as they were: the calling thread runs in {@link Platform#run} itself, which explains them. */
    private static RuntimeException unchecked(@Nullable Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null && failure.getCause() instanceof Error error) {
            throw error;
        }
        return failure instanceof RuntimeException known ? known : new IllegalStateException(failure);
    }

    /** Stops what is still at work, and waits for its end. */
    @Override
    public void close() {
        ExecutorService executor = others;
        if (executor == null) {
            return;
        }
        executor.shutdownNow();
        boolean interrupted = false;
        boolean ended = false;
        while (!ended) {
            try {
                ended = executor.awaitTermination(1, TimeUnit.DAYS);
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
