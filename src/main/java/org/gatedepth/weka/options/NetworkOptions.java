package org.gatedepth.weka.options;

import java.io.Serializable;
import org.gatedepth.block.Activations;
import org.gatedepth.block.Connection;
import org.gatedepth.weka.host.OptionStrings;
import org.gatedepth.weka.table.InputOptions;
import org.nd4j.linalg.activations.Activation;

/**
 * The options of one training run, in range.
 *
 * <p>Weka's windows write properties one by one and its command line ignores a setter that throws; the ranges are
 * checked here, where training begins, whichever way the values came.
 *
 * @param depth number of blocks, at least 1
 * @param width units of a block; 0 for a width that fits the table
 * @param connection how a block connects its input with what it computes
 * @param gateBias initial bias of the transform gates; NaN for the one that fits the depth
 * @param activation activation inside the blocks
 * @param dropOut probability with which an input of a block is dropped in training, in [0, 1)
 * @param weightDecay decoupled weight decay, at least 0; NaN for the one that the pilot finds
 * @param mixup largest part of another row in a training row, in [0, 1]; NaN for the one that the pilot finds
 * @param learningRate highest learning rate of the schedule, above 0
 * @param epochs passes over the training rows; 0 for the number that fits the rows
 * @param miniBatch rows of an update, at least 1
 * @param validation percentage of the rows that are held out, in [0, 90]
 * @param patience epochs without a better validation loss after which training stops; 0 for never
 * @param auxiliary the auxiliary heads, and what they are for
 * @param inputs how the attributes become columns, and what the rows of a label weigh
 * @param resume whether the run may go on after its last epoch
 * @param threads threads that native code may use; 0 takes the fastest for the width
 * @param seed seed of the initial weights, the held-out rows, the order of the rows and dropout
 */
public record NetworkOptions(
        int depth,
        int width,
        Connection connection,
        double gateBias,
        Activation activation,
        double dropOut,
        double weightDecay,
        double mixup,
        double learningRate,
        int epochs,
        int miniBatch,
        double validation,
        int patience,
        AuxiliaryOptions auxiliary,
        InputOptions inputs,
        boolean resume,
        int threads,
        int seed)
        implements Serializable {

    private static final long serialVersionUID = 1L;

    /** Checks the range of every value. */
    public NetworkOptions {
        OptionStrings.require(depth >= 1, "depth", "a whole number of at least 1", depth);
        OptionStrings.require(width >= 0, "width", "a whole number of at least 0 (0 chooses by the table)", width);
        OptionStrings.require(!Double.isInfinite(gateBias), "gate-bias", "a finite number or 'auto'", gateBias);
        OptionStrings.require(
                Activations.supported().contains(activation),
                "activation",
                "one of " + Activations.supported(),
                activation);
        OptionStrings.require(dropOut >= 0 && dropOut < 1, "dropout", "at least 0 and below 1", dropOut);
        OptionStrings.require(
                !(weightDecay < 0) && !Double.isInfinite(weightDecay),
                "weight-decay",
                "a finite number of at least 0 or 'auto'",
                weightDecay);
        OptionStrings.require(!(mixup < 0) && !(mixup > 1), "mixup", "a number from 0 to 1 or 'auto'", mixup);
        OptionStrings.require(
                learningRate > 0 && !Double.isInfinite(learningRate),
                "learning-rate",
                "a finite number above 0",
                learningRate);
        OptionStrings.require(epochs >= 0, "epochs", "a whole number of at least 0 (0 chooses by the rows)", epochs);
        OptionStrings.require(miniBatch >= 1, "mini-batch", "a whole number of at least 1", miniBatch);
        OptionStrings.require(
                validation >= 0 && validation <= 90, "validation", "a percentage from 0 to 90", validation);
        OptionStrings.require(patience >= 0, "patience", "a whole number of at least 0 (0 never stops)", patience);
        OptionStrings.require(
                !resume || auxiliary.decay() == AuxiliaryDecay.NONE,
                "aux-decay",
                "NONE with -resume, since the last epoch is not known",
                auxiliary.decay());
        threads(threads);
    }

    /**
     * Checks the number of threads, which is an option of prediction, too.
     *
     * @param threads the number; 0 takes the fastest
     * @return the number
     */
    public static int threads(int threads) {
        OptionStrings.require(threads >= 0, "threads", "a whole number of at least 0 (0 takes the fastest)", threads);
        return threads;
    }

    /**
     * The gate bias that an option string means.
     *
     * @param text a number, or {@code auto} or nothing for the default that fits the depth
     * @return the number, or NaN for the default
     */
    public static double gateBias(String text) {
        return automatic("gate-bias", text);
    }

    /**
     * The number that an option string means.
     *
     * @param option name of the option
     * @param text a number, or {@code auto} or nothing
     * @return the number, or NaN for {@code auto}
     */
    public static double automatic(String option, String text) {
        String trimmed = text.trim();
        if (trimmed.isEmpty() || trimmed.equalsIgnoreCase("auto")) {
            return Double.NaN;
        }
        try {
            double value = Double.parseDouble(trimmed);
            if (!Double.isNaN(value)) {
                return value;
            }
        } catch (NumberFormatException e) {
            // The sentence below says it better than the parser's message.
        }
        throw OptionStrings.notReadable(option, "a finite number or 'auto'", text);
    }
}
