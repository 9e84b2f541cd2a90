package org.gatedepth.weka.training;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.gatedepth.weka.model.Regularisation;
import org.gatedepth.weka.table.Batch;
import org.gatedepth.weka.table.EncodedTarget;

/**
 * Mixes each row of a minibatch with another one of it: {@code x ← (1 − λ)·x + λ·x'}, the same for what is learned from
 * the rows. A network that also learns targets between the rows is smoother there, and less certain where rows
 * contradict each other.
 *
 * <p>A row of weight {@code w} counts {@code (1 − λ)·w}, the other one {@code λ·w'}: the mixed row weighs {@code W = (1
 * − λ)·w + λ·w'}, and its target is {@code ((1 − λ)·w·y + λ·w'·y')/W}. For the cross-entropy, which is linear in the
 * target, that is the sum of the two rows' losses at the mixed input; for the squared error it differs from it by a
 * constant. A missing value has the weight 0, so that the other row's stands alone.
 *
 * <p>Source: Zhang, Cisse, Dauphin, Lopez-Paz 2018, <i>mixup: Beyond Empirical Risk Minimization</i>, arXiv 1710.09412,
 * section 2. Departure: {@code λ} is uniform in [0, {@code part}) and not from a Beta distribution, so that rows keep
 * the larger part of themselves where {@code part} is at most one half.
 */
final class Mixup {

    private final double part;
    private final int columns;
    private final RandomGenerator random;

    /**
     * @param part the largest part of the other row, in [0, 1]; 0 mixes nothing
     * @param columns number of the first input columns that are mixed; those after them are label indices, which have
     *     no values between them
     * @param random draws the other rows and their parts
     */
    Mixup(double part, int columns, RandomGenerator random) {
        Regularisation.requirePart(part);
        this.part = part;
        this.columns = columns;
        this.random = random;
    }

    /** The mixed rows, in new arrays; without mixing the minibatch itself, and nothing is drawn. */
    Batch mix(Batch minibatch) {
        int rows = minibatch.rows();
        if (part == 0 || rows < 2) {
            return minibatch;
        }
        int[] other = new int[rows];
        double[] lambda = new double[rows];
        for (int i = 0; i < rows; i++) {
            other[i] = random.nextInt(rows);
            lambda[i] = part * random.nextDouble();
        }
        float[][] inputs = new float[rows][];
        for (int i = 0; i < rows; i++) {
            float[] own = minibatch.inputs()[i];
            inputs[i] = mixed(own, 1 - lambda[i], minibatch.inputs()[other[i]], lambda[i]);
            System.arraycopy(own, columns, inputs[i], columns, own.length - columns);
        }
        List<EncodedTarget> learned = new ArrayList<>();
        for (EncodedTarget target : minibatch.learned()) {
            learned.add(mix(target, other, lambda));
        }
        return new Batch(inputs, minibatch.sequences(), learned);
    }

    private static EncodedTarget mix(EncodedTarget target, int[] other, double[] lambda) {
        float[][] values = new float[other.length][];
        float[] weights = new float[other.length];
        for (int i = 0; i < other.length; i++) {
            double own = (1 - lambda[i]) * target.weights()[i];
            double others = lambda[i] * target.weights()[other[i]];
            double sum = own + others;
            weights[i] = (float) sum;
            values[i] = sum > 0
                    ? mixed(target.values()[i], own / sum, target.values()[other[i]], others / sum)
                    : target.values()[i];
        }
        return new EncodedTarget(values, weights);
    }

    private static float[] mixed(float[] a, double partOfA, float[] b, double partOfB) {
        float[] sum = new float[a.length];
        for (int i = 0; i < sum.length; i++) {
            sum[i] = (float) (partOfA * a[i] + partOfB * b[i]);
        }
        return sum;
    }
}
