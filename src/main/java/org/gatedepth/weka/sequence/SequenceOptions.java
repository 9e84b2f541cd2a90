package org.gatedepth.weka.sequence;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.gatedepth.weka.host.AttributeRange;
import org.gatedepth.weka.host.OptionStrings;
import org.gatedepth.weka.host.RunOption;
import org.jspecify.annotations.Nullable;
import weka.core.tokenizers.Tokenizer;

/**
 * The options of sequences. Each value is checked here; {@link SequenceAttributes} checks how they fit the table.
 *
 * @param kind the layer that reads a sequence
 * @param kernel steps that one product of a convolution reads, at least 2; null for 3
 * @param heads heads of the attention, at least 1; null for as many as fit
 * @param bidirectional whether a step is read with those after it, and not only with those before it
 * @param series runs of attributes that are the channels of one series, as ranges of Weka separated by semicolons;
 *     empty for none
 * @param tokenizer class and options of the tokenizer of texts
 * @param maxTokens tokens of a text that are read, at least 1
 */
public record SequenceOptions(
        @RunOption("sequence") SequenceKind kind,

        @RunOption(value = "kernel", absent = "0") @Nullable Integer kernel,

        @RunOption(value = "heads", absent = "0") @Nullable Integer heads,

        @RunOption("bidirectional") boolean bidirectional,

        @RunOption(value = "time-series", absent = "none") List<String> series,

        @RunOption("tokenizer") String tokenizer,
        @RunOption("max-tokens") int maxTokens)
        implements Serializable {

    private static final long serialVersionUID = 1L;

    /** What is done if nothing is asked for. */
    public static final SequenceOptions DEFAULT = new SequenceSettings().checked();

    /** Checks the range of every value. */
    public SequenceOptions {
        OptionStrings.require(
                kernel == null || kernel >= 2, "kernel", "a whole number of at least 2 (0 takes 3)", kernel);
        OptionStrings.require(
                heads == null || heads >= 1, "heads", "a whole number of at least 1 (0 takes what fits)", heads);
        series = series.stream()
                .map(run -> AttributeRange.checked("time-series", run))
                .toList();
        OptionStrings.require(
                series.stream().noneMatch(String::isEmpty),
                "time-series",
                "ranges of attributes separated by ';', one for each channel",
                "an empty one");
        OptionStrings.require(maxTokens >= 1, "max-tokens", "a whole number of at least 1", maxTokens);
    }

    /** The ranges that an option string means; none for {@code none} or nothing. */
    static List<String> series(String text) {
        String trimmed = text.strip();
        return trimmed.isEmpty() || trimmed.equalsIgnoreCase("none")
                ? List.of()
                : Arrays.asList(trimmed.split(";", -1));
    }

    /** A tokenizer of its own for a text attribute. */
    Tokenizer newTokenizer() {
        return OptionStrings.object("tokenizer", tokenizer, Tokenizer.class);
    }
}
