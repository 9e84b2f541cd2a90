package org.gatedepth.dl4j.training.team;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * Threads that share work, the calling thread among them. The others have one thread of native code each; they start
 * with the first work.
 */
public final class Team implements AutoCloseable {
    private final int size;
    /** Those beside the calling thread; null if there are none. */
    private final @Nullable ExecutorService others;

    private final List<Thread> threads = new CopyOnWriteArrayList<>();

    /**
     * A team.
     *
     * @param size number of threads, with the calling one; at least 1
     * @param name of the other threads
     */
    public Team(int size, String name) {
        this.size = size;
        others = size == 1
                ? null
                : Executors.newFixedThreadPool(size - 1, work -> {
                    Thread thread = thread(work, name);
                    threads.add(thread);
                    return thread;
                });
    }

    private static Thread thread(Runnable work, String name) {
        // The native operations are there only after ND4J has found its backend.
        Nd4j.getEnvironment();
        Thread thread = new Thread(
                () -> {
                    // The number belongs to the thread.
                    NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(1);
                    try {
                        work.run();
                    } finally {
                        // They belong to the thread, too.
                        Nd4j.getWorkspaceManager().destroyAllWorkspacesForCurrentThread();
                    }
                },
                name);
        // The Java process may end in the middle of a training.
        thread.setDaemon(true);
        return thread;
    }

    /** Number of threads. */
    public int size() {
        return size;
    }

    /** Begins a piece of work in another thread; in this one, and at once, if the team has no other. */
    public <T> Future<T> begin(Callable<T> piece) {
        FutureTask<T> task = new FutureTask<>(piece);
        if (others == null) {
            task.run();
        } else {
            others.execute(task);
        }
        return task;
    }

    /**
     * Does all pieces of work to their end, the first one in the calling thread. Nobody is at work when this returns,
     * whatever happened; an interrupted thread stays interrupted.
     *
     * @return what they give, in their order
     */
    public <T> List<T> all(List<Callable<T>> pieces) {
        List<Future<T>> begun = new ArrayList<>();
        pieces.subList(1, pieces.size()).forEach(piece -> begun.add(begin(piece)));
        FutureTask<T> first = new FutureTask<>(pieces.get(0));
        first.run();
        begun.add(0, first);
        List<T> results = new ArrayList<>();
        Throwable failure = null;
        for (Future<T> piece : begun) {
            try {
                results.add(result(piece));
            } catch (ExecutionException failed) {
                failure = failure == null ? failed.getCause() : failure;
            }
        }
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw failure instanceof RuntimeException known ? known : new IllegalStateException(failure);
        }
        return results;
    }

    private static <T> T result(Future<T> piece) throws ExecutionException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return piece.get();
                } catch (InterruptedException again) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Does all of a work, in this thread alone if it is little. */
    public void share(Ranges ranges) {
        int threads = Math.min(size, ranges.full());
        if (threads <= 1) {
            ranges.run();
        } else {
            all(Collections.nCopies(threads, Executors.callable(ranges)));
        }
    }

    /** Interrupts what is still at work, and waits for its end. */
    @Override
    public void close() {
        ExecutorService executor = others;
        if (executor == null) {
            return;
        }
        executor.shutdownNow();
        // The executor has ended before its threads have freed what belongs to them.
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException again) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
