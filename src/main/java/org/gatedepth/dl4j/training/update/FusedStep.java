package org.gatedepth.dl4j.training.update;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.gatedepth.dl4j.training.team.RangeWork;
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

    /** What is done to the elements of a run in one iteration. */
    private record Pass(Run run, float divisor, float factor, float l1, float l2, float decay) {}

    private final FusedAdamUpdater updater;
    private final int from;
    private final List<Run> runs = new ArrayList<>();
    private final FloatBuffer params;
    private final FloatBuffer gradients;

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
    List<Sums.Term> penalties(int iteration, int epoch) {
        List<Sums.Term> terms = new ArrayList<>();
        for (Run run : runs) {
            for (Regularization regularisation : run.regularisations()) {
                double coefficient = run.scored() ? coefficient(regularisation, iteration, epoch) : 0;
                if (coefficient != 0) {
                    boolean l1 = regularisation instanceof L1Regularization;
                    terms.add(new Sums.Term(run.from(), run.length(), l1, l1 ? coefficient : coefficient / 2));
                }
            }
        }
        return terms;
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
     * The step of one iteration, range by range, by any threads.
     *
     * @param divisor by which the gradients are divided first
     * @param factors by which they are multiplied then, by the index of the layer
     */
    RangeWork pass(float divisor, float[] factors, int iteration, int epoch) {
        FusedAdamUpdater.Pass adam = updater.pass(iteration, epoch);
        List<Pass> passes = runs.stream()
                .map(run -> pass(run, divisor, factors[run.layer()], iteration, epoch))
                .toList();
        return (from, to) -> {
            float[] g = new float[PIECE];
            float[] p = new float[PIECE];
            FusedAdamUpdater.Scratch scratch = new FusedAdamUpdater.Scratch();
            for (Pass pass : passes) {
                int end = Math.min(to, pass.run().from() + pass.run().length());
                for (int at = Math.max(from, pass.run().from()); at < end; at += PIECE) {
                    apply(pass, adam, at, Math.min(PIECE, end - at), g, p, scratch);
                }
            }
        };
    }

    private Pass pass(Run run, float divisor, float factor, int iteration, int epoch) {
        double rate = updater.getConfig().getLearningRate(iteration, epoch);
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
        return new Pass(run, divisor, factor, l1, l2, decay);
    }

    private void apply(
            Pass pass,
            FusedAdamUpdater.Pass adam,
            int start,
            int n,
            float[] g,
            float[] p,
            FusedAdamUpdater.Scratch scratch) {
        gradients.get(start, g, 0, n);
        params.get(start, p, 0, n);
        divide(g, pass.divisor(), n);
        multiply(g, pass.factor(), n);
        if (pass.l1() != 0) {
            addSigns(g, p, pass.l1(), n);
        }
        if (pass.l2() != 0) {
            add(g, p, pass.l2(), n);
        }
        adam.step(g, start - from, n, scratch);
        if (pass.decay() != 0) {
            add(g, p, pass.decay(), n);
        }
        subtract(p, g, n);
        gradients.put(start, g, 0, n);
        params.put(start, p, 0, n);
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
