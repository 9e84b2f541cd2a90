package org.gatedepth.dl4j.probe;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.deeplearning4j.nn.api.Layer;
import org.gatedepth.dl4j.network.Wrappers;
import org.gatedepth.dl4j.runtime.HeadsRuntime;
import org.gatedepth.dl4j.runtime.PlacedHead;
import org.gatedepth.dl4j.runtime.watch.Watcher;
import org.gatedepth.loss.BinaryCrossEntropy;
import org.gatedepth.loss.SoftmaxCrossEntropy;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** The heads of an output layer in a {@link NetworkProbe}: each of them is an output. */
final class ProbedHeads {
    private final HeadsRuntime runtime;
    private @Nullable INDArray read;
    /** Number of the sequences whose steps were read as rows; 0 for rows. */
    private long sequences;

    private ProbedHeads(HeadsRuntime runtime) {
        this.runtime = runtime;
        runtime.watch(new Watcher() {
            @Override
            public @Nullable INDArray read(boolean training, INDArray... inputs) {
                read = inputs[0].detach();
                sequences = runtime.input().rank() == 3 ? runtime.input().size(0) : 0;
                return null;
            }

            @Override
            public void received(INDArray gradient) {
                // The gradient of a loss is not measured.
            }
        });
    }

    /** Those of an output layer; null for a layer that is not one of heads. */
    static @Nullable ProbedHeads of(Layer output) {
        return Wrappers.unwrapped(output) instanceof HeadsRuntime runtime ? new ProbedHeads(runtime) : null;
    }

    /**
     * The outputs, that of the layer itself first.
     *
     * @param layer name of the layer, which is that of a head without a name
     * @param all number of blocks below the layer
     * @param tapped number of blocks of the stack that it reads
     */
    List<NetworkProbe.Output> outputs(String layer, int all, int tapped) {
        return runtime.heads().stream()
                .map(head -> new NetworkProbe.Output(
                        head.name().isEmpty() ? layer : head.name(),
                        head.depth() == 0 ? all : all - tapped + head.depth(),
                        !(head.head().loss() instanceof SoftmaxCrossEntropy
                                || head.head().loss() instanceof BinaryCrossEntropy)))
                .toList();
    }

    /** What the heads predict, after a pass in inference. */
    List<INDArray> predictions() {
        INDArray input = Objects.requireNonNull(read);
        read = null;
        List<INDArray> predicted = new ArrayList<>();
        for (int h = 0; h < runtime.heads().size(); h++) {
            PlacedHead head = runtime.heads().get(h);
            INDArray rows = runtime.predicted(
                            h,
                            input.get(
                                    NDArrayIndex.all(),
                                    NDArrayIndex.interval(head.from(), head.from() + head.inputs())))
                    .dup('c');
            predicted.add(
                    sequences == 0
                            ? rows
                            : rows.reshape('c', rows.size(0) / sequences, sequences, rows.size(1))
                                    .permute(1, 2, 0)
                                    .dup('c'));
        }
        return predicted;
    }

    /**
     * The labels of each head.
     *
     * @param labels {@code [minibatch, columns]} or {@code [minibatch, columns, steps]}
     * @throws IllegalArgumentException if there are not as many columns
     */
    List<INDArray> labels(INDArray labels) {
        return runtime.heads().stream().map(head -> own(labels, head)).toList();
    }

    /**
     * The mask of each head; null where all labels count.
     *
     * @param isOverTime whether the labels are of the steps of sequences
     */
    List<@Nullable INDArray> masks(@Nullable INDArray mask, boolean isOverTime) {
        List<@Nullable INDArray> masks = new ArrayList<>();
        for (PlacedHead head : runtime.heads()) {
            boolean each = mask != null && (mask.rank() == 3 || (!isOverTime && mask.rank() == 2 && mask.size(1) > 1));
            masks.add(mask != null && each ? own(mask, head) : mask);
        }
        return masks;
    }

    private static INDArray own(INDArray array, PlacedHead head) {
        long to = head.labels() + head.head().outputs();
        if (array.rank() < 2 || array.rank() > 3 || array.size(1) < to) {
            throw new IllegalArgumentException("the head \"" + head.name() + "\" has the label columns " + head.labels()
                    + " to " + (to - 1) + ", but the labels have the shape " + Arrays.toString(array.shape()));
        }
        INDArrayIndex own = NDArrayIndex.interval(head.labels(), to);
        return array.rank() == 2
                ? array.get(NDArrayIndex.all(), own)
                : array.get(NDArrayIndex.all(), own, NDArrayIndex.all()).dup('c');
    }
}
