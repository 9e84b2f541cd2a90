package org.gatedepth.weka.options;

import java.io.Serializable;
import java.util.Locale;
import org.gatedepth.block.Connection;
import org.gatedepth.weka.host.OptionStrings;
import org.gatedepth.weka.host.RunOption;
import org.gatedepth.weka.sequence.SequenceOptions;
import org.gatedepth.weka.table.InputOptions;
import org.jspecify.annotations.Nullable;

/**
 * The options of one training run, in range.
 *
 * <p>Weka's windows write properties one by one and its command line ignores a setter that throws. So the ranges are
 * checked here, when training begins, whichever way the values came.
 *
 * @param depth number of blocks, at least 1
 * @param width units of a block, at least 1; null for a width that fits the table
 * @param connection how a block connects its input with what it computes
 * @param members networks side by side whose predictions are averaged, at least 1; null for as many as fit the rows
 * @param transformGateBias initial bias of the transform gates; null for the one that fits the depth
 * @param activation activation inside the blocks
 * @param dropProbability probability with which an input of a block is dropped in training, in [0, 1)
 * @param weightDecay decoupled weight decay, at least 0; null for the one that the pilot runs choose
 * @param mixup largest part of another row in a training row, in [0, 1]; null for the one that the pilot runs choose
 * @param learningRate highest learning rate of the schedule, above 0
 * @param epochs passes over the training rows, at least 1; null for the number that fits the rows
 * @param miniBatch rows of an update, at least 1
 * @param validation percentage of the rows that are held out, in [0, 90]
 * @param patience epochs without a lower validation loss after which training stops, at least 1; null for never
 * @param auxiliary the auxiliary heads, and what they are for
 * @param inputs how the attributes become columns, and the weights of the class labels
 * @param sequences what reads the sequences of a table
 * @param resume whether the run may be resumed after its last epoch
 * @param threads threads that native code may use, at least 1; null for the fastest number at this width
 * @param workers threads that share the rows of a minibatch, at least 1; null for one
 * @param stream the file whose rows are trained on, in place of those of the table; null for the table itself
 * @param seed seed of the initial weights, the held-out rows, the order of the rows and dropout
 */
public record NetworkOptions(
        @RunOption("depth") int depth,
        @RunOption(value = "width", absent = "0") @Nullable Integer width,
        @RunOption("connection") Connection connection,

        @RunOption(value = "members", absent = "0") @Nullable
        Integer members,

        @RunOption(value = "gate-bias", absent = "auto") @Nullable
        Double transformGateBias,

        @RunOption("activation") ActivationFunction activation,
        @RunOption("dropout") double dropProbability,

        @RunOption(value = "weight-decay", absent = "auto") @Nullable
        Double weightDecay,

        @RunOption(value = "mixup", absent = "auto") @Nullable
        Double mixup,

        @RunOption(value = "learning-rate", free = true) double learningRate,

        @RunOption(value = "epochs", absent = "0", free = true) @Nullable
        Integer epochs,

        @RunOption(value = "mini-batch", free = true) int miniBatch,
        // Fixed: rows that were trained on must not become those that choose the best epoch.
        @RunOption("validation") double validation,

        @RunOption(value = "patience", absent = "0", free = true) @Nullable
        Integer patience,

        AuxiliaryOptions auxiliary,
        InputOptions inputs,
        SequenceOptions sequences,
        @RunOption(value = "resume", free = true) boolean resume,

        @RunOption(value = "threads", absent = "0", free = true) @Nullable
        Integer threads,

        @RunOption(value = "workers", absent = "1", free = true) @Nullable
        Integer workers,

        @RunOption(value = "stream", free = true) @Nullable String stream,

        @RunOption("S") int seed)
        implements Serializable {

    private static final long serialVersionUID = 1L;

    /** Checks the range of every value. */
    public NetworkOptions {
        OptionStrings.require(depth >= 1, "depth", "a whole number of at least 1", depth);
        OptionStrings.require(
                width == null || width >= 1, "width", "a whole number of at least 0 (0 chooses by the table)", width);
        OptionStrings.require(
                members == null || (members >= 1 && members <= 100),
                "members",
                "a whole number from 0 to 100 (0 chooses by the rows)",
                members);
        OptionStrings.require(
                transformGateBias == null || Double.isFinite(transformGateBias),
                "gate-bias",
                "a finite number or 'auto'",
                transformGateBias);
        OptionStrings.require(
                dropProbability >= 0 && dropProbability < 1, "dropout", "at least 0 and below 1", dropProbability);
        OptionStrings.require(
                weightDecay == null || (weightDecay >= 0 && Double.isFinite(weightDecay)),
                "weight-decay",
                "a finite number of at least 0 or 'auto'",
                weightDecay);
        OptionStrings.require(
                mixup == null || (mixup >= 0 && mixup <= 1), "mixup", "a number from 0 to 1 or 'auto'", mixup);
        OptionStrings.require(
                learningRate > 0 && !Double.isInfinite(learningRate),
                "learning-rate",
                "a finite number above 0",
                learningRate);
        OptionStrings.require(
                epochs == null || epochs >= 1,
                "epochs",
                "a whole number of at least 0 (0 chooses by the rows)",
                epochs);
        OptionStrings.require(miniBatch >= 1, "mini-batch", "a whole number of at least 1", miniBatch);
        OptionStrings.require(
                validation >= 0 && validation <= 90, "validation", "a percentage from 0 to 90", validation);
        OptionStrings.require(
                patience == null || patience >= 1,
                "patience",
                "a whole number of at least 0 (0 never stops)",
                patience);
        OptionStrings.require(
                members == null || members == 1 || !auxiliary.hasHeads(), "members", "1 with auxiliary heads", members);
        OptionStrings.require(
                !resume || auxiliary.decay() == AuxiliaryDecay.NONE,
                "aux-decay",
                "NONE with -resume, since the last epoch is not known",
                auxiliary.decay());
        checkThreads(threads);
        OptionStrings.require(workers == null || workers >= 1, "workers", "a whole number of at least 1", workers);
        OptionStrings.require(
                stream == null || stream.toLowerCase(Locale.ROOT).matches("(?s).+\\.(arff|csv)(\\.gz)?"),
                "stream",
                "an ARFF or CSV file, named .arff or .csv, with .gz after it if it is compressed",
                stream);
        OptionStrings.require(
                workers == null || workers == 1 || threads == null || threads == 1,
                "threads",
                "0 or 1 with several -workers, each of which has one thread of native code",
                threads);
    }

    /** The number of workers. */
    public int workersOrOne() {
        return workers == null ? 1 : workers;
    }

    /**
     * The number of threads, which is an option of prediction, too.
     *
     * @param given the number; 0 for the fastest
     * @return the number; null for the fastest
     */
    public static @Nullable Integer threads(int given) {
        Integer threads = OptionStrings.orNull(given);
        checkThreads(threads);
        return threads;
    }

    private static void checkThreads(@Nullable Integer threads) {
        OptionStrings.require(
                threads == null || threads >= 1,
                "threads",
                "a whole number of at least 0 (0 takes the fastest)",
                threads);
    }
}
