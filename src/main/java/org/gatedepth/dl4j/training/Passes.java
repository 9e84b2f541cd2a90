package org.gatedepth.dl4j.training;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.gatedepth.dl4j.training.update.Numbers;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * The passes of a minibatch through a network, forward and backward.
 *
 * <p>Several workers do it at the same time: each has a part of the rows, a function and a gradient of its own, and the
 * gradients are summed. That is the gradient of the whole minibatch, up to the rounding of the sum. What is random is
 * drawn for the whole minibatch by the calling thread.
 */
final class Passes implements AutoCloseable {

    /** One thread's function; the first one's gradient is that of the network. */
    private record Worker(WholeFunction function, Losses losses, INDArray gradient) {}

    /**
     * A minibatch.
     *
     * @param read what the function reads
     * @param rows number of rows
     * @param labels for each output
     * @param masks for each output its label mask, or null
     * @param iteration the network's count of iterations
     * @param epoch its count of epochs
     */
    record Minibatch(
            Map<String, INDArray> read,
            int rows,
            INDArray[] labels,
            @Nullable INDArray[] masks,
            int iteration,
            int epoch) {

        private Minibatch part(int from, int to) {
            Map<String, INDArray> some = new HashMap<>();
            read.forEach((name, array) -> some.put(name, rows(array, from, to)));
            INDArray[] someLabels = new INDArray[labels.length];
            @Nullable INDArray[] someMasks = new INDArray[masks.length];
            for (int o = 0; o < labels.length; o++) {
                INDArray mask = masks[o];
                someLabels[o] = rows(labels[o], from, to);
                someMasks[o] = mask == null ? null : rows(mask, from, to);
            }
            return new Minibatch(some, to - from, someLabels, someMasks, iteration, epoch);
        }

        private static INDArray rows(INDArray array, int from, int to) {
            return array.get(NDArrayIndex.interval(from, to), NDArrayIndex.all())
                    .reshape(to - from, array.size(1));
        }
    }

    /**
     * What the passes give beside the gradient.
     *
     * @param loss the sum over the rows
     * @param computed by the first worker, row by row
     */
    @SuppressWarnings("ArrayRecordComponent") // It is read at once, and neither compared nor kept.
    record Result(double loss, double[] computed) {}

    private final List<Worker> workers = new ArrayList<>();
    /** Those beside the calling thread; null if there are none. */
    private final @Nullable ExecutorService others;

    /**
     * For a network.
     *
     * @param inputs names of its inputs
     * @param parts its parts
     * @param outputs those that are outputs
     * @param gradient the network's gradient, of which those of the parts are views
     * @param count number of workers
     */
    Passes(List<String> inputs, List<Part> parts, List<Part> outputs, INDArray gradient, int count) {
        for (int w = 0; w < count; w++) {
            INDArray own = w == 0 ? gradient : Nd4j.create(gradient.dataType(), gradient.shape(), 'c');
            List<Part> moved = w == 0
                    ? parts
                    : parts.stream().map(part -> moved(part, gradient, own)).toList();
            workers.add(new Worker(
                    new WholeFunction(gradient.dataType(), inputs, moved, outputs),
                    new Losses(gradient.dataType(), outputs),
                    own));
        }
        others = count == 1 ? null : Executors.newFixedThreadPool(count - 1, Passes::thread);
    }

    /** A part whose gradients stand in another array, at the places where they are in the network's. */
    private static Part moved(Part part, INDArray from, INDArray into) {
        Map<String, INDArray> gradients = new HashMap<>();
        part.gradients().forEach((name, array) -> {
            long place = array.offset() - from.offset();
            gradients.put(name, Nd4j.create(into.data(), array.shape(), array.stride(), place, array.ordering()));
        });
        return part.with(part.params(), gradients);
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(
                () -> {
                    // The number belongs to the thread.
                    NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(1);
                    try {
                        work.run();
                    } finally {
                        Nd4j.getWorkspaceManager().destroyAllWorkspacesForCurrentThread();
                    }
                },
                "gatedepth-worker");
        // The Java process may end in the middle of a training.
        thread.setDaemon(true);
        return thread;
    }

    /** What the function reads of a minibatch; dropout draws from ND4J's generator. */
    Map<String, INDArray> read(INDArray[] features, int iteration, int epoch) {
        return workers.get(0).function.read(features, iteration, epoch);
    }

    /** Columns of the scores in what is computed. */
    int scores() {
        return workers.get(0).losses.scores();
    }

    /** Passes a minibatch; the sum of the gradients of its rows is then in the network's gradient. */
    Result run(Minibatch minibatch) {
        ExecutorService executor = others;
        int count = Math.min(workers.size(), minibatch.rows);
        if (executor == null || count == 1) {
            return pass(workers.get(0), minibatch);
        }
        List<Future<Result>> later = new ArrayList<>();
        for (int w = 1; w < count; w++) {
            Worker worker = workers.get(w);
            Minibatch part = minibatch.part(begin(w, minibatch.rows, count), begin(w + 1, minibatch.rows, count));
            later.add(executor.submit(() -> pass(worker, part)));
        }
        Result first;
        double loss = 0;
        try {
            first = pass(workers.get(0), minibatch.part(0, begin(1, minibatch.rows, count)));
        } finally {
            // Nobody may be at work when this returns, whatever happened.
            loss += losses(later);
        }
        for (int w = 1; w < count; w++) {
            workers.get(0).gradient.addi(workers.get(w).gradient);
        }
        return new Result(first.loss + loss, first.computed);
    }

    private static int begin(int part, int rows, int parts) {
        return (int) ((long) rows * part / parts);
    }

    private static Result pass(Worker worker, Minibatch minibatch) {
        double[] computed = Numbers.of(worker.function.forward(minibatch.read));
        Losses.Sum loss = worker.losses.of(
                computed, minibatch.rows, minibatch.labels, minibatch.masks, minibatch.iteration, minibatch.epoch);
        worker.function.backward(loss.gradient());
        return new Result(loss.sum(), computed);
    }

    private static double losses(List<Future<Result>> later) {
        double loss = 0;
        boolean interrupted = false;
        Throwable failure = null;
        for (Future<Result> one : later) {
            boolean ended = false;
            while (!ended) {
                try {
                    loss += one.get().loss;
                    ended = true;
                } catch (InterruptedException again) {
                    interrupted = true;
                } catch (ExecutionException failed) {
                    failure = failed.getCause();
                    ended = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw failure instanceof RuntimeException known ? known : new IllegalStateException(failure);
        }
        return loss;
    }

    @Override
    public void close() {
        ExecutorService executor = others;
        if (executor != null) {
            executor.shutdown();
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
        workers.forEach(worker -> worker.function.close());
    }
}
