package org.gatedepth.weka.training;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.gatedepth.dl4j.training.team.Team;
import org.gatedepth.weka.host.Platform;
import org.jspecify.annotations.Nullable;

/**
 * Threads for pieces of work that do not depend on each other. What a piece gives must not depend on the thread that
 * does it: then the number of threads changes nothing but the time.
 */
final class Threads implements AutoCloseable {
    private final Team team;

    /** @param threads the number of threads, with the calling one; at least 1 */
    Threads(int threads) {
        team = new Team(threads, "gatedepth-training");
    }

    /**
     * Does all pieces. Each thread, the calling one too, takes the next one that nobody has begun.
     *
     * @return what they give, in their order
     * @throws InterruptedException if the thread is interrupted, whose flag stays set; {@link #close} stops the others
     */
    <T> List<T> all(List<Callable<T>> pieces) throws InterruptedException {
        List<FutureTask<T>> tasks = pieces.stream().map(FutureTask::new).toList();
        List<Future<?>> others = new ArrayList<>();
        if (team.size() > 1) {
            // A piece that another thread has begun is not begun again.
            tasks.subList(1, tasks.size())
                    .forEach(task -> others.add(team.begin(() -> Platform.run("Training", 1, () -> {
                        task.run();
                        return null;
                    }))));
        }
        List<T> results = new ArrayList<>();
        try {
            for (FutureTask<T> task : tasks) {
                task.run();
                if (task.isDone()) {
                    // A failure ends the work.
                    task.get();
                }
            }
            for (FutureTask<T> task : tasks) {
                results.add(task.get());
            }
            for (Future<?> other : others) {
                other.get();
            }
            return results;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw stopped;
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw stopped;
            }
            throw unchecked(failed.getCause());
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
        team.close();
    }
}
