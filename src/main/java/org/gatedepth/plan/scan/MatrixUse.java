package org.gatedepth.plan.scan;

import java.util.List;
import org.gatedepth.plan.graph.SideBySide;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A product {@code y = x·W} of all steps, for its gradients.
 *
 * @param x the left matrix, {@code [rows, inputs]}
 * @param param the name of W
 * @param gradient with respect to y, {@code [rows, outputs]}
 */
public record MatrixUse(INDArray x, String param, INDArray gradient) {

    /** Whether another product can be one with this and stands to the right of it: of the same x, its gradient next. */
    @SuppressWarnings("ReferenceEquality") // the very matrix
    boolean isLeftOf(MatrixUse other) {
        return x == other.x && SideBySide.areNeighbours(gradient, other.gradient);
    }

    /** Matrices as one, where they stand side by side; a single one as it is. */
    static @Nullable INDArray joined(List<INDArray> matrices) {
        return matrices.size() == 1 ? matrices.get(0) : SideBySide.joined(matrices);
    }
}
