package org.gatedepth.spark;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.apache.spark.SparkContext;
import org.jspecify.annotations.Nullable;

/**
 * Runs the jobs of a training, and ends them with an error if the cluster has no worker for too long: Spark would wait
 * without end.
 */
public final class Workers implements AutoCloseable {
    /** What Spark keeps for a thread about the group of its jobs. */
    private static final List<String> GROUP =
            List.of("spark.jobGroup.id", "spark.job.description", "spark.job.interruptOnCancel");

    private static final int SECOND = 1000;

    private final SparkContext spark;
    private final Duration patience;
    private final String group;
    private final Map<String, @Nullable String> before = new HashMap<>();
    private final Timer watch = new Timer("gatedepth-workers", true);

    private long lastSeen = System.nanoTime();
    private volatile boolean running;
    private volatile boolean gone;
    private boolean interrupted;

    /**
     * Watches the workers until it is closed.
     *
     * @param spark the context
     * @param run a name that no other run has
     * @param patience how long there may be no worker
     */
    public Workers(SparkContext spark, String run, Duration patience) {
        if (spark.isStopped()) {
            throw new IllegalStateException(
                    "the Spark context must be running, got one that was stopped: either the program closed it, or its"
                            + " cluster " + spark.master() + " could not be reached");
        }
        this.spark = spark;
        this.patience = patience;
        group = run;
        GROUP.forEach(name -> before.put(name, spark.getLocalProperty(name)));
        spark.setJobGroup(group, "Gatedepth", false);
        if (!spark.isLocal()) {
            watch.schedule(
                    new TimerTask() {
                        @Override
                        public void run() {
                            look();
                        }
                    },
                    SECOND,
                    SECOND);
        }
    }

    private void look() {
        if (!running || spark.isStopped() || workers() > 0) {
            lastSeen = System.nanoTime();
        } else if (System.nanoTime() - lastSeen > patience.toNanos()) {
            gone = true;
            spark.cancelJobGroup(group);
        }
    }

    private int workers() {
        try {
            return spark.getExecutorMemoryStatus().size() - 1; // without the driver
        } catch (RuntimeException e) {
            return 1; // the context is being stopped: the job says so
        }
    }

    /**
     * Runs a job.
     *
     * @throws IllegalArgumentException if a worker refused a minibatch, with its words
     * @throws IllegalStateException if there were no workers, or the job failed otherwise
     * @throws CancellationException if the thread was interrupted
     */
    public <T> T run(Callable<T> job) {
        running = true;
        try {
            return job.call();
        } catch (InterruptedException e) {
            spark.cancelJobGroup(group);
            interrupted = true;
            throw new CancellationException("the training was interrupted");
        } catch (Exception e) {
            throw inWords(e);
        } finally {
            running = false;
        }
    }

    private RuntimeException inWords(Exception failure) {
        if (gone) {
            return new IllegalStateException(
                    "the cluster " + spark.master() + " must have a worker with a free core and the memory of one"
                            + " executor, got none for " + patience.toSeconds()
                            + " s: start workers, or ask for less with spark.executor.memory",
                    failure);
        }
        if (spark.isStopped()) {
            return new IllegalStateException(
                    "the Spark context was stopped while the network trained: the cluster " + spark.master()
                            + " could not be reached or ended the application, or the program closed the context",
                    failure);
        }
        Throwable first = failure;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof IllegalArgumentException) {
                return new IllegalArgumentException(cause.getMessage(), failure);
            }
            first = cause;
        }
        // Spark's own message goes on with the stack trace of the worker.
        return new IllegalStateException(
                "a job on the cluster failed: "
                        + first.toString().lines().findFirst().orElseThrow(),
                failure);
    }

    @Override
    public void close() {
        watch.cancel();
        if (!spark.isStopped()) {
            before.forEach(spark::setLocalProperty);
        }
        if (interrupted) {
            // Only now: what Spark does to clean up would take the interrupt for its own.
            Thread.currentThread().interrupt();
        }
    }
}
