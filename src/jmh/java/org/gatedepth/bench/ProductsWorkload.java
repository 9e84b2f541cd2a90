package org.gatedepth.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The matrix products of the blocks, on arrays and calls that were prepared: {@code x·W} for the transform and the
 * gate, and in a step also {@code xᵀ·g} and {@code g·Wᵀ} for both.
 */
final class ProductsWorkload implements Workload {
    private final List<Runnable> forward = new ArrayList<>();
    private final List<Runnable> backward = new ArrayList<>();
    private final OpExecutioner executioner = Nd4j.getExecutioner();
    private final INDArray last;

    ProductsWorkload(Size size) {
        Random random = new Random(1);
        int width = size.width();
        int batch = size.batch();
        INDArray output = Nd4j.create(DataType.FLOAT, new long[] {batch, width}, 'c');
        for (int block = 0; block < size.blocks(); block++) {
            INDArray x = Batches.normal(random, 1, batch, width);
            for (int product = 0; product < 2; product++) {
                INDArray weights = Batches.normal(random, Math.sqrt(1.0 / width), width, width);
                INDArray gradient = Batches.normal(random, 1, batch, width);
                output = product(forward, x, false, weights, false);
                product(backward, x, true, gradient, false);
                product(backward, gradient, false, weights, true);
            }
        }
        last = output;
    }

    private INDArray product(List<Runnable> calls, INDArray a, boolean transposeA, INDArray b, boolean transposeB) {
        INDArray result =
                Nd4j.create(DataType.FLOAT, new long[] {a.size(transposeA ? 1 : 0), b.size(transposeB ? 0 : 1)}, 'c');
        DynamicCustomOp op = DynamicCustomOp.builder("matmul").build();
        OpContext context = executioner.buildContext();
        context.setIArguments(transposeA ? 1 : 0, transposeB ? 1 : 0, 0);
        context.setInputArrays(a, b);
        context.setOutputArrays(result);
        calls.add(() -> executioner.exec(op, context));
        return result;
    }

    @Override
    public void step() {
        forward.forEach(Runnable::run);
        backward.forEach(Runnable::run);
    }

    @Override
    public INDArray inference() {
        forward.forEach(Runnable::run);
        return last;
    }
}
