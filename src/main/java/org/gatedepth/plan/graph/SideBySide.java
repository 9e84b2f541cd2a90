package org.gatedepth.plan.graph;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Matrices that stand side by side in memory, as columns of one matrix.
 *
 * <p>{@code x·[A|B]} is one product instead of {@code x·A} and {@code x·B}, and so are its gradients.
 */
public final class SideBySide {
    private SideBySide() {}

    /** Whether {@code right} begins in memory where the columns of {@code left} end. */
    public static boolean areNeighbours(INDArray left, INDArray right) {
        return isPart(left)
                && isPart(right)
                && left.dataType() == right.dataType()
                && left.size(0) == right.size(0)
                && left.stride(0) == right.stride(0)
                && left.data().sameUnderlyingData(right.data())
                && right.offset() == left.offset() + left.size(1)
                && left.size(1) + right.size(1) <= left.stride(0);
    }

    private static boolean isPart(INDArray array) {
        return array.rank() == 2 && array.stride(1) == 1 && array.stride(0) > array.size(1);
    }

    /** The matrix whose columns these are, or null if they do not stand side by side in this order. */
    public static @Nullable INDArray joined(List<INDArray> parts) {
        long columns = 0;
        for (int i = 0; i < parts.size(); i++) {
            if (i > 0 && !areNeighbours(parts.get(i - 1), parts.get(i))) {
                return null;
            }
            columns += parts.get(i).size(1);
        }
        INDArray first = parts.get(0);
        if (columns > first.stride(0)) {
            return null;
        }
        return Nd4j.create(
                first.data(),
                new long[] {first.size(0), columns},
                new long[] {first.stride(0), 1},
                first.offset(),
                'c');
    }
}
