package org.gatedepth.dl4j.probe;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.deeplearning4j.nn.api.Layer;
import org.gatedepth.dl4j.network.Wrappers;
import org.gatedepth.dl4j.runtime.HeadsRuntime;
import org.gatedepth.dl4j.runtime.PlacedHead;
import org.gatedepth.dl4j.runtime.Watcher;
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

    private ProbedHeads(HeadsRuntime runtime) {
        this.runtime = runtime;
        runtime.watch(new Watcher() {
            @Override
            public @Nullable INDArray read(boolean training, INDArray... inputs) {
                read = inputs[0].detach();
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
            predicted.add(runtime.predicted(h, input.get(columns(head.from(), head.inputs())))
                    .dup());
        }
        return predicted;
    }

    /**
     * The labels of each head.
     *
     * @throws IllegalArgumentException if there are not as many columns
     */
    List<INDArray> labels(INDArray labels) {
        return runtime.heads().stream().map(head -> own(labels, head)).toList();
    }

    /** The mask of each head; null where all labels count. */
    List<@Nullable INDArray> masks(@Nullable INDArray mask) {
        List<@Nullable INDArray> masks = new ArrayList<>();
        for (PlacedHead head : runtime.heads()) {
            masks.add(mask == null || mask.rank() != 2 || mask.size(1) == 1 ? mask : own(mask, head));
        }
        return masks;
    }

    private static INDArray own(INDArray array, PlacedHead head) {
        long to = head.labels() + head.head().outputs();
        if (array.rank() != 2 || array.size(1) < to) {
            throw new IllegalArgumentException("the head \"" + head.name() + "\" has the label columns " + head.labels()
                    + " to " + (to - 1) + ", but the labels have the shape " + Arrays.toString(array.shape()));
        }
        return array.get(columns(head.labels(), head.head().outputs()));
    }

    private static INDArrayIndex[] columns(long from, long count) {
        return new INDArrayIndex[] {NDArrayIndex.all(), NDArrayIndex.interval(from, from + count)};
    }
}
