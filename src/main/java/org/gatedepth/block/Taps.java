package org.gatedepth.block;

import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Which time steps the product of a block reads: {@code y_t = Σ_j x_(t − s_j)·W_j}, a dilated convolution over time.
 *
 * <p>Steps outside of the sequence count as zero. The rows of x are time-major, {@code [steps·sequences, features]}:
 * row {@code t·sequences + b} is step t of sequence b. The weights are one matrix {@code [kernel·inputs, outputs]}, of
 * which the rows from {@code j·inputs} on are W_j. The shifts {@code s_j} rise with j, so W_0 belongs to the latest
 * step that is read. (The kernel of ND4J's {@code conv1d} is in the opposite order: its first matrix belongs to the
 * earliest step.)
 *
 * <p>Source: Bai, Kolter, Koltun 2018, <i>An Empirical Evaluation of Generic Convolutional and Recurrent Networks for
 * Sequence Modeling</i>, arXiv 1803.01271, section 3.2, for causal and dilated convolutions.
 *
 * @param kernel the number of steps that are read, at least 1
 * @param dilation the distance from one of them to the next, in steps, at least 1
 * @param padding where they lie
 */
public record Taps(int kernel, int dilation, Padding padding) {
    /** Only the step itself. */
    public static final Taps ONE = new Taps(1, 1, Padding.CAUSAL);

    /** Where the steps lie that are read. */
    public enum Padding {
        /** The step itself and earlier ones: {@code s_j = j·dilation}. */
        CAUSAL,
        /**
         * Earlier and later ones, in the centre the step itself, as in Deeplearning4j's {@code Convolution1D} in the
         * mode {@code Same}. Where {@code (kernel − 1)·dilation} is odd, so only with an even kernel, one step more is
         * read of those that are later. An even kernel with an even dilation does not read the step itself.
         */
        SAME,
        /**
         * In images {@code kernel} rows of as many pixels around the output's, from the top left one on, as in the mode
         * {@code Same} of Deeplearning4j's {@code ConvolutionLayer}; only with an odd kernel. Pixels outside of the
         * image count as zero. {@link Params#steps()} then is {@code [height, width, images]}, and row {@code (h·width
         * + w)·images + b} of x is the pixel (h, w) of image b.
         */
        IMAGE
    }

    /** Checks the numbers. */
    public Taps {
        Checks.positive("kernel", kernel);
        Checks.positive("dilation", dilation);
        long reach = (kernel - 1L) * dilation;
        if (reach >= Integer.MAX_VALUE) {
            throw new IllegalArgumentException("(kernel − 1)·dilation must be below " + Integer.MAX_VALUE + ", got "
                    + reach + " (kernel " + kernel + ", dilation " + dilation + ")");
        }
        if (padding == Padding.IMAGE && kernel % 2 == 0) {
            throw new IllegalArgumentException(
                    "the kernel must be odd, since an even one has no centre, got " + kernel);
        }
    }

    /**
     * Of steps, or of the rows of an image, those from the first to the last that one output reads, {@code 1 + (kernel
     * − 1)·dilation}.
     */
    public int receptiveField() {
        return 1 + (kernel - 1) * dilation;
    }

    /** Number of matrices W_j. */
    public int count() {
        return padding == Padding.IMAGE ? kernel * kernel : kernel;
    }

    /**
     * By how many steps the input of each tap is earlier than the output; negative for later ones. For images two
     * numbers a tap: by how many pixels its input is above the output, and to the left of it.
     */
    public long[] shifts() {
        int reach = (kernel - 1) * dilation;
        if (padding == Padding.IMAGE) {
            long[] shifts = new long[2 * count()];
            for (int j = 0; j < count(); j++) {
                shifts[2 * j] = reach / 2 - (long) (j / kernel) * dilation;
                shifts[2 * j + 1] = reach / 2 - (long) (j % kernel) * dilation;
            }
            return shifts;
        }
        long later = padding == Padding.CAUSAL ? 0 : reach - reach / 2;
        long[] shifts = new long[kernel];
        for (int j = 0; j < kernel; j++) {
            shifts[j] = (long) j * dilation - later;
        }
        return shifts;
    }

    /** What the products of a block read of x: x itself, or x without its masked steps if they read other steps. */
    SDVariable masked(SDVariable x, Params p) {
        @Nullable SDVariable mask = kernel == 1 ? null : p.mask();
        return mask == null ? x : x.mul(mask);
    }

    /**
     * The product.
     *
     * @param x {@code [steps·sequences, inputs]}, {@link #masked}
     * @param w {@code [count()·inputs, outputs]}
     */
    SDVariable product(SameDiff sd, SDVariable x, SDVariable w, Params p) {
        return kernel == 1 ? x.mmul(w) : new ShiftedProduct(sd, x, w, p.steps(), shifts()).outputVariable();
    }
}
