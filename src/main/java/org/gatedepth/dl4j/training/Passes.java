package org.gatedepth.dl4j.training;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.gatedepth.dl4j.training.team.Ranges;
import org.gatedepth.dl4j.training.team.Team;
import org.gatedepth.dl4j.training.update.Numbers;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

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

    /** Elements of a gradient that take some tens of microseconds to add. */
    private static final int RANGE = 1 << 19;

    private final Team team;
    private final List<Worker> workers = new ArrayList<>();

    /**
     * For a network.
     *
     * @param inputs names of its inputs
     * @param parts its parts
     * @param outputs those that are outputs
     * @param gradient the network's gradient, of which those of the parts are views
     * @param team the workers
     */
    Passes(List<String> inputs, List<Part> parts, List<Part> outputs, INDArray gradient, Team team) {
        this.team = team;
        for (int w = 0; w < team.size(); w++) {
            INDArray own = w == 0 ? gradient : Nd4j.create(gradient.dataType(), gradient.shape(), 'c');
            List<Part> moved = w == 0
                    ? parts
                    : parts.stream().map(part -> moved(part, gradient, own)).toList();
            workers.add(new Worker(
                    new WholeFunction(gradient.dataType(), inputs, moved, outputs),
                    new Losses(gradient.dataType(), outputs),
                    own));
        }
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

    /** What the function reads of a minibatch; dropout draws from ND4J's generator. */
    Map<String, INDArray> read(INDArray[] features, int iteration, int epoch) {
        return workers.get(0).function.read(features, iteration, epoch);
    }

    /** Columns of the scores in what is computed. */
    int scores() {
        return workers.get(0).losses.scores();
    }

    /**
     * Passes a minibatch; the sum of the gradients of its rows is then in the network's gradient.
     *
     * @param more what a worker runs when it has passed its rows
     */
    Result run(Minibatch minibatch, Runnable more) {
        int count = Math.min(workers.size(), minibatch.rows);
        List<Callable<Result>> passes = new ArrayList<>();
        for (int w = 0; w < count; w++) {
            Worker worker = workers.get(w);
            Minibatch part = count == 1
                    ? minibatch
                    : minibatch.part(begin(w, minibatch.rows, count), begin(w + 1, minibatch.rows, count));
            passes.add(() -> {
                Result result = pass(worker, part);
                more.run();
                return result;
            });
        }
        List<Result> results = team.all(passes);
        if (count > 1) {
            team.share(new Ranges((int) workers.get(0).gradient.length(), RANGE, (from, to) -> sum(count, from, to)));
        }
        return new Result(results.stream().mapToDouble(Result::loss).sum(), results.get(0).computed);
    }

    private static int begin(int part, int rows, int parts) {
        return (int) ((long) rows * part / parts);
    }

    /** Adds elements of the gradients of all workers to those of the first one. */
    private void sum(int count, int from, int to) {
        INDArray sum = range(workers.get(0).gradient, from, to);
        for (int w = 1; w < count; w++) {
            sum.addi(range(workers.get(w).gradient, from, to));
        }
    }

    private static INDArray range(INDArray vector, int from, int to) {
        return Nd4j.create(vector.data(), new long[] {to - from}, new long[] {1}, vector.offset() + from, 'c');
    }

    private static Result pass(Worker worker, Minibatch minibatch) {
        double[] computed = Numbers.of(worker.function.forward(minibatch.read));
        Losses.Sum loss = worker.losses.of(
                computed, minibatch.rows, minibatch.labels, minibatch.masks, minibatch.iteration, minibatch.epoch);
        worker.function.backward(loss.gradient());
        return new Result(loss.sum(), computed);
    }

    @Override
    public void close() {
        workers.forEach(worker -> worker.function.close());
    }
}
