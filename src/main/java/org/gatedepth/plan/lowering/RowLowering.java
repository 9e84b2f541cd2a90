package org.gatedepth.plan.lowering;

import java.util.Arrays;
import java.util.List;
import org.gatedepth.plan.graph.Node;
import org.gatedepth.plan.loop.RowLoop;
import org.gatedepth.plan.tile.RowOp;
import org.gatedepth.plan.tile.RowSoftmax;
import org.gatedepth.plan.tile.RowSoftmaxGradient;
import org.gatedepth.plan.tile.RowStandardize;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

/**
 * Lowers softmax and standardisation over the last axis of a matrix, and their gradients, to loops over rows. Those of
 * ND4J take several times as long.
 */
public final class RowLowering {
    private RowLowering() {}

    /** Adds the call for a node, or says that it does not know how. */
    public static boolean lower(Node node, Emitter emitter) {
        if (!(node.op() instanceof DynamicCustomOp op) || !isOverLastAxis(op)) {
            return false;
        }
        RowSoftmax softmax = new RowSoftmax(1, RowSoftmax.ALL, null);
        return switch (op.opName()) {
            case "softmax" -> lower(node, emitter, softmax);
            // The gradient of ND4J reads x, not the result.
            case "softmax_bp" -> lower(node, emitter, softmax.then(new RowSoftmaxGradient(1)));
            case "standardize" -> lower(node, emitter, new RowStandardize(0, false));
            case "standardize_bp" -> lower(node, emitter, new RowStandardize(0, true));
            case "normalized_rows" -> lowerOwn(node, emitter, new RowStandardize(op.tArgs()[0], false));
            case "normalized_rows_bp" -> lowerOwn(node, emitter, new RowStandardize(op.tArgs()[0], true));
            default -> false;
        };
    }

    /** Of a matrix, that is; softmax without an axis means the last one. */
    private static boolean isOverLastAxis(DynamicCustomOp op) {
        List<Long> axes = Arrays.stream(op.iArgs()).boxed().toList();
        return axes.isEmpty() || axes.equals(List.of(1L)) || axes.equals(List.of(-1L));
    }

    /** An op that ND4J does not have. */
    private static boolean lowerOwn(Node node, Emitter emitter, RowOp op) {
        if (!lower(node, emitter, op)) {
            throw new IllegalArgumentException("layer normalisation of attention runs on the CPU, on a matrix in float"
                    + " or double, got " + emitter.type(node.result()) + " of shape "
                    + Arrays.toString(emitter.shape(node.inputs().get(0))));
        }
        return true;
    }

    private static boolean lower(Node node, Emitter emitter, RowOp op) {
        INDArray[] in = node.inputs().stream().map(emitter::computed).toArray(INDArray[]::new);
        if (in[0].isEmpty() || !emitter.loopsOverRows(in) || !in[0].equalShapes(in[in.length - 1])) {
            return false;
        }
        emitter.add(new RowLoop(op, emitter.allocate(node.result(), in[0].shape()), in)::run);
        return true;
    }
}
