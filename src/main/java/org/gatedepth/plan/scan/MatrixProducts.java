package org.gatedepth.plan.scan;

import org.gatedepth.plan.lowering.TallProduct;
import org.gatedepth.plan.memory.Contexts;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/** Products of matrices that are run at once. */
public final class MatrixProducts {
    private final Contexts contexts = new Contexts();
    private final DynamicCustomOp op = DynamicCustomOp.builder("matmul").build();

    /** {@code out = a·b}, or {@code out += a·b}. */
    public void multiply(INDArray a, INDArray b, INDArray out, boolean add) {
        multiply(a, false, b, false, out, add);
    }

    /** {@code out = a·bᵀ}, or {@code out += a·bᵀ}. */
    public void multiplyByTransposed(INDArray a, INDArray b, INDArray out, boolean add) {
        multiply(a, false, b, true, out, add);
    }

    /** {@code out = aᵀ·b}, or {@code out += aᵀ·b}. */
    public void multiplyTransposed(INDArray a, INDArray b, INDArray out, boolean add) {
        TallProduct.multiply(a, b, add, (ofA, ofB, adds) -> multiply(ofA, true, ofB, false, out, adds));
    }

    private void multiply(INDArray a, boolean transposeA, INDArray b, boolean transposeB, INDArray out, boolean add) {
        long[] integers = {transposeA ? 1 : 0, transposeB ? 1 : 0, 0};
        Contexts.Lease lease = contexts.take(integers, new DataType[0], new double[] {1, add ? 1 : 0}, new boolean[0]);
        lease.context().setInputArrays(a, b);
        lease.context().setOutputArrays(out);
        Nd4j.getExecutioner().exec(op, lease.context());
        contexts.giveBack(lease);
    }
}
