package org.gatedepth.dl4j.training.update;

import java.nio.FloatBuffer;
import java.util.List;
import org.gatedepth.dl4j.training.team.Ranges;

/**
 * Sums over memory of floats. Pairs are added, then pairs of these sums, and so on, which is exact to some units of the
 * last place, and is vectorised.
 *
 * <p>Threads share the pieces of the memory. Their sums are added in the order of the pieces, so a sum does not depend
 * on the threads.
 */
final class Sums {
    private static final int PIECE = 1024;
    /** Pieces that take some tens of microseconds. */
    private static final int RANGE = 256;

    private final FloatBuffer memory;
    private final List<Term> terms;
    private final double[] pieces;

    /**
     * What is summed.
     *
     * @param from the first element
     * @param length number of elements
     * @param magnitudes whether their magnitudes are summed, or else their squares
     * @param factor by which the sum is multiplied
     */
    record Term(int from, int length, boolean magnitudes, double factor) {
        private int pieces() {
            return (length + PIECE - 1) / PIECE;
        }
    }

    /** One sum for each term. */
    Sums(FloatBuffer memory, List<Term> terms) {
        this.memory = memory;
        this.terms = terms;
        pieces = new double[terms.stream().mapToInt(Term::pieces).sum()];
    }

    /** What has to be done before there are {@link #values}. */
    Ranges work() {
        return new Ranges(pieces.length, RANGE, this::sum);
    }

    /** The sums. */
    double[] values() {
        double[] sums = new double[terms.size()];
        int next = 0;
        for (int t = 0; t < sums.length; t++) {
            for (int end = next + terms.get(t).pieces(); next < end; next++) {
                sums[t] += pieces[next];
            }
            sums[t] *= terms.get(t).factor();
        }
        return sums;
    }

    private void sum(int from, int to) {
        float[] a = new float[PIECE];
        float[] b = new float[PIECE];
        int first = 0;
        for (Term term : terms) {
            int end = Math.min(to, first + term.pieces());
            for (int piece = Math.max(from, first); piece < end; piece++) {
                int at = (piece - first) * PIECE;
                int n = Math.min(PIECE, term.length() - at);
                memory.get(term.from() + at, a, 0, n);
                if (term.magnitudes()) {
                    magnitudes(a, n);
                } else {
                    squares(a, n);
                }
                pieces[piece] = sum(a, b, n);
            }
            first += term.pieces();
        }
    }

    private static void squares(float[] a, int n) {
        for (int i = 0; i < n; i++) {
            a[i] *= a[i];
        }
    }

    private static void magnitudes(float[] a, int n) {
        for (int i = 0; i < n; i++) {
            a[i] = Math.abs(a[i]);
        }
    }

    /** The sum of the first elements; {@code b} is written, too. */
    private static float sum(float[] a, float[] b, int length) {
        int n = length;
        while (n > 1) {
            int upper = n / 2;
            n -= upper;
            System.arraycopy(a, n, b, 0, upper);
            for (int i = 0; i < upper; i++) {
                a[i] += b[i];
            }
        }
        return a[0];
    }
}
