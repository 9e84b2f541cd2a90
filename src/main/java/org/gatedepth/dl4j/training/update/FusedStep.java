package org.gatedepth.dl4j.training.update;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.regularization.L1Regularization;
import org.nd4j.linalg.learning.regularization.L2Regularization;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.learning.regularization.WeightDecay;

/**
 * The step of parameters that share a {@code FusedAdam}, in one pass over their memory: the gradient is scaled, L1 and
 * L2 are added, Adam turns it into an update, weight decay is added, and it is subtracted from the parameters.
 *
 * <p>The arrays of parameters, gradients and state are plain arrays of floats. As after Deeplearning4j's step the
 * updates are where the gradients were.
 */
final class FusedStep {
    private static final int PIECE = FusedAdamUpdater.PIECE;

    /** Parameters of one layer that stand one after the other and are regularised alike. */
    private record Run(int layer, int from, int length, List<Regularization> regularisations, boolean scored) {}

    private final FusedAdamUpdater updater;
    private final int from;
    private final List<Run> runs = new ArrayList<>();
    private final FloatBuffer params;
    private final FloatBuffer gradients;
    private final Sums sums = new Sums();
    private final float[] p = new float[PIECE];
    private final float[] g = new float[PIECE];

    /**
     * A step.
     *
     * @param params all parameters of the network
     * @param gradients all gradients
     * @param from where the updater's state begins in them
     */
    FusedStep(FusedAdamUpdater updater, INDArray params, INDArray gradients, int from) {
        this.updater = updater;
        this.from = from;
        this.params = Numbers.floats(params);
        this.gradients = Numbers.floats(gradients);
    }

    /** Whether this step knows a regularisation. */
    static boolean knows(Regularization regularisation) {
        return regularisation.getClass() == L1Regularization.class
                || regularisation.getClass() == L2Regularization.class
                || regularisation.getClass() == WeightDecay.class;
    }

    /**
     * Adds a parameter; it begins where the one before ends.
     *
     * @param layer index of its layer
     * @param start where it begins in all parameters
     * @param scored whether Deeplearning4j's score has its regularisation: not if it is a vertex's
     */
    void add(int layer, int start, int length, List<Regularization> regularisations, boolean scored) {
        Run last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
        if (last != null && last.layer() == layer && last.regularisations().equals(regularisations)) {
            runs.set(runs.size() - 1, new Run(layer, last.from(), last.length() + length, regularisations, scored));
        } else {
            runs.add(new Run(layer, start, length, regularisations, scored));
        }
    }

    /** What the regularisations add to the score. */
    double penalty(int iteration, int epoch) {
        double sum = 0;
        for (Run run : runs) {
            for (Regularization regularisation : run.regularisations()) {
                double coefficient = run.scored() ? coefficient(regularisation, iteration, epoch) : 0;
                if (coefficient != 0) {
                    sum += regularisation instanceof L1Regularization
                            ? coefficient * norm(run, true)
                            : coefficient / 2 * norm(run, false);
                }
            }
        }
        return sum;
    }

    private double norm(Run run, boolean magnitudes) {
        return magnitudes
                ? sums.magnitudes(params, run.from(), run.length())
                : sums.squares(params, run.from(), run.length());
    }

    private static double coefficient(Regularization regularisation, int iteration, int epoch) {
        if (regularisation instanceof L1Regularization l1) {
            return l1.getL1().valueAt(iteration, epoch);
        }
        if (regularisation instanceof L2Regularization l2) {
            return l2.getL2().valueAt(iteration, epoch);
        }
        return ((WeightDecay) regularisation).getCoeff().valueAt(iteration, epoch);
    }

    /**
     * Makes the step.
     *
     * @param divisor by which the gradients are divided first
     * @param factors by which they are multiplied then, by the index of the layer
     */
    void apply(float divisor, float[] factors, int iteration, int epoch) {
        FusedAdamUpdater.Pass pass = updater.pass(iteration, epoch);
        double rate = updater.getConfig().getLearningRate(iteration, epoch);
        for (Run run : runs) {
            float l1 = 0;
            float l2 = 0;
            float decay = 0;
            for (Regularization regularisation : run.regularisations()) {
                double coefficient = coefficient(regularisation, iteration, epoch);
                if (regularisation instanceof L1Regularization) {
                    l1 += (float) coefficient;
                } else if (regularisation instanceof L2Regularization) {
                    l2 += (float) coefficient;
                } else {
                    decay += (float) (((WeightDecay) regularisation).isApplyLR() ? coefficient * rate : coefficient);
                }
            }
            for (int at = 0; at < run.length(); at += PIECE) {
                int n = Math.min(PIECE, run.length() - at);
                int start = run.from() + at;
                gradients.get(start, g, 0, n);
                params.get(start, p, 0, n);
                divide(g, divisor, n);
                multiply(g, factors[run.layer()], n);
                if (l1 != 0) {
                    addSigns(g, p, l1, n);
                }
                if (l2 != 0) {
                    add(g, p, l2, n);
                }
                pass.step(g, start - from, n);
                if (decay != 0) {
                    add(g, p, decay, n);
                }
                subtract(p, g, n);
                gradients.put(start, g, 0, n);
                params.put(start, p, 0, n);
            }
        }
    }

    private static void divide(float[] a, float divisor, int n) {
        boolean powerOfTwo = Math.scalb(1f, Math.getExponent(divisor)) == divisor;
        if (powerOfTwo) {
            // The same numbers, in half of the time.
            multiply(a, 1 / divisor, n);
        } else {
            for (int i = 0; i < n; i++) {
                a[i] /= divisor;
            }
        }
    }

    private static void multiply(float[] a, float factor, int n) {
        if (factor != 1) {
            for (int i = 0; i < n; i++) {
                a[i] *= factor;
            }
        }
    }

    private static void add(float[] a, float[] b, float factor, int n) {
        for (int i = 0; i < n; i++) {
            a[i] += factor * b[i];
        }
    }

    private static void addSigns(float[] a, float[] b, float factor, int n) {
        for (int i = 0; i < n; i++) {
            a[i] += factor * Math.signum(b[i]);
        }
    }

    private static void subtract(float[] a, float[] b, int n) {
        for (int i = 0; i < n; i++) {
            a[i] -= b[i];
        }
    }
}
