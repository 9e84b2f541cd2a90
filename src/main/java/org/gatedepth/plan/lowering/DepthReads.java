package org.gatedepth.plan.lowering;

import java.util.List;
import java.util.stream.IntStream;
import org.gatedepth.plan.graph.Node;
import org.gatedepth.plan.graph.Value;
import org.gatedepth.plan.loop.DepthLoop;
import org.gatedepth.plan.loop.MatrixRows;
import org.gatedepth.plan.loop.Tiles;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.factory.Nd4j;

/** Lowers attention of each row over several matrices, and its gradient, to a {@link DepthLoop}. */
public final class DepthReads {
    /** The inputs before the keys: the query and the biases. */
    private static final int FIRST_KEY = 2;

    private DepthReads() {}

    /** Adds the call, or says that the node is another op. */
    public static boolean lower(Node node, Emitter emitter) {
        if (!node.isDepthRead()) {
            return false;
        }
        emitter.endLoop();
        boolean backward = node.isGradientOfDepthRead();
        // The gradient also reads the weights and the gradient of the result.
        int read = node.inputs().size() - (backward ? 2 : 0);
        List<INDArray> arrays =
                node.inputs().subList(0, read).stream().map(emitter::computed).toList();
        requireSupported(arrays.get(0));
        int matrices = (read - FIRST_KEY) / 2;
        int heads = (int) ((DynamicCustomOp) node.op()).iArgs()[0];
        DepthLoop loop = new DepthLoop(heads, (int) arrays.get(0).size(1), rows(arrays), matrices);
        if (backward) {
            MatrixRows weights = MatrixRows.of(emitter.computed(node.inputs().get(read)));
            MatrixRows gradient = MatrixRows.of(emitter.computed(node.inputs().get(read + 1)));
            @Nullable
            MatrixRows[] results = IntStream.range(0, read)
                    .mapToObj(i -> result(node.outputs().get(i), arrays.get(i).shape(), emitter))
                    .toArray(MatrixRows[]::new);
            emitter.add(() -> loop.backward(weights, gradient, results));
        } else {
            long[] shape = arrays.get(0).shape();
            MatrixRows out = MatrixRows.of(emitter.allocate(node.outputs().get(0), shape));
            MatrixRows weights = result(node.outputs().get(1), new long[] {shape[0], (long) heads * matrices}, emitter);
            emitter.add(() -> loop.forward(out, weights));
        }
        return true;
    }

    private static void requireSupported(INDArray array) {
        if (Nd4j.getExecutioner().type() != OpExecutioner.ExecutionerType.NATIVE_CPU
                || !Tiles.supports(array.dataType())) {
            throw new UnsupportedOperationException(
                    "attention over depth runs on a CPU, in FLOAT or DOUBLE, but the backend is "
                            + Nd4j.getExecutioner().type() + " and the data type " + array.dataType());
        }
    }

    private static List<MatrixRows> rows(List<INDArray> arrays) {
        return arrays.stream().map(MatrixRows::of).toList();
    }

    /** The array for a result; null if nothing reads it. */
    private static @Nullable MatrixRows result(Value value, long[] shape, Emitter emitter) {
        return emitter.isNeeded(value) ? MatrixRows.of(emitter.allocate(value, shape)) : null;
    }
}
