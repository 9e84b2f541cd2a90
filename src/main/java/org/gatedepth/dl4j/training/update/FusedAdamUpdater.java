package org.gatedepth.dl4j.training.update;

import java.nio.FloatBuffer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.AdamUpdater;
import org.nd4j.linalg.learning.config.Adam;

/**
 * The state of {@code FusedAdam}, and its step.
 *
 * <p>ND4J's own takes some 6 ns for a parameter. This one copies pieces of gradient and state to Java arrays, over
 * which loops are vectorised. Other types than floats, and other devices than the CPU, are left to ND4J's.
 */
public final class FusedAdamUpdater extends AdamUpdater {
    /** Elements that are worked on at a time. */
    static final int PIECE = 512;
    /** A Java buffer ends at 2 GiB. */
    private static final long MAX_END = Integer.MAX_VALUE / Float.BYTES;

    /** With the state of nothing yet. */
    public FusedAdamUpdater(Adam config) {
        super(config);
    }

    @Override
    public void applyUpdater(INDArray gradient, int iteration, int epoch) {
        if (!isPlain(gradient) || !isAlignedState(getM(), gradient) || !isAlignedState(getV(), gradient)) {
            super.applyUpdater(gradient, iteration, epoch);
            return;
        }
        Pass pass = pass(iteration, epoch);
        FloatBuffer gradients = memory(gradient);
        float[] g = new float[PIECE];
        Scratch scratch = new Scratch();
        int length = (int) gradient.length();
        for (int at = 0; at < length; at += PIECE) {
            int n = Math.min(PIECE, length - at);
            gradients.get(at, g, 0, n);
            pass.step(g, at, n, scratch);
            gradients.put(at, g, 0, n);
        }
    }

    /** Whether the state is plain floats, so that {@link #pass} can be had. */
    boolean isFused() {
        return isPlain(getM()) && isPlain(getV()) && getM().isVectorOrScalar() && getV().isVectorOrScalar();
    }

    /** The step of one iteration, piece by piece, by any threads. */
    Pass pass(int iteration, int epoch) {
        return new Pass(iteration, epoch);
    }

    /** What one thread works in. */
    static final class Scratch {
        private final float[] m = new float[PIECE];
        private final float[] v = new float[PIECE];
    }

    /** One step over the memory of the state. */
    final class Pass {
        // The floats that the state is computed with: 1 − 0.999 differs by 1e-5 of itself between float and double.
        private final float beta1 = (float) getConfig().getBeta1();
        private final float beta2 = (float) getConfig().getBeta2();
        private final float epsilon = (float) getConfig().getEpsilon();
        private final float rate;
        private final FloatBuffer means = memory(getM());
        private final FloatBuffer squares = memory(getV());

        private Pass(int iteration, int epoch) {
            int t = iteration + 1;
            rate = (float) (getConfig().getLearningRate(iteration, epoch)
                    * Math.sqrt(1 - Math.pow(beta2, t))
                    / (1 - Math.pow(beta1, t)));
        }

        /**
         * Replaces gradients by updates.
         *
         * @param gradients the first {@code n} are replaced
         * @param at where the state of the first one is
         */
        void step(float[] gradients, int at, int n, Scratch scratch) {
            means.get(at, scratch.m, 0, n);
            squares.get(at, scratch.v, 0, n);
            FusedAdamUpdater.step(gradients, scratch.m, scratch.v, n, beta1, beta2, rate, epsilon);
            means.put(at, scratch.m, 0, n);
            squares.put(at, scratch.v, 0, n);
        }
    }

    private static void step(
            float[] g, float[] m, float[] v, int n, float beta1, float beta2, float rate, float epsilon) {
        for (int i = 0; i < n; i++) {
            float mean = beta1 * m[i] + (1 - beta1) * g[i];
            float square = beta2 * v[i] + (1 - beta2) * g[i] * g[i];
            m[i] = mean;
            v[i] = square;
            g[i] = rate * mean / ((float) Math.sqrt(square) + epsilon);
        }
    }

    /** Whether each element of a state belongs to the element of the gradient at the same place in memory. */
    private static boolean isAlignedState(@Nullable INDArray state, INDArray gradient) {
        if (state == null || state.length() != gradient.length() || !isPlain(state)) {
            return false;
        }
        boolean flat = state.isVectorOrScalar() && gradient.isVectorOrScalar();
        return flat || (state.ordering() == 'c' && gradient.ordering() == 'c');
    }

    private static boolean isPlain(INDArray array) {
        return Nd4j.getExecutioner().type() == OpExecutioner.ExecutionerType.NATIVE_CPU
                && array.dataType() == DataType.FLOAT
                && array.elementWiseStride() == 1
                && array.offset() + array.length() < MAX_END;
    }

    private static FloatBuffer memory(INDArray array) {
        return Numbers.floats(array);
    }
}
