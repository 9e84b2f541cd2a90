package org.gatedepth.weka.sequence;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Collections;
import java.util.Enumeration;
import org.gatedepth.weka.host.ChangedOptions;
import org.gatedepth.weka.host.OptionStrings;
import org.jspecify.annotations.Nullable;
import weka.core.CustomDisplayStringProvider;
import weka.core.Option;
import weka.core.OptionHandler;
import weka.core.OptionMetadata;
import weka.core.Utils;
import weka.core.tokenizers.Tokenizer;
import weka.core.tokenizers.WordTokenizer;

/**
 * The options of sequences, as Weka's windows and command line read and write them. In the window of the classifier's
 * options they are one row, with a window of its own; on the command line they stand among those of the classifier.
 *
 * <p>Two of the same values are equal: so Weka's windows know what was changed. The values are checked by
 * {@link SequenceOptions}.
 */
public final class SequenceSettings implements OptionHandler, CustomDisplayStringProvider, Serializable {

    private static final long serialVersionUID = 1L;

    private SequenceKind sequence = SequenceKind.AUTO;
    private int kernel = 0;
    private int heads = 0;
    private boolean bidirectional = false;
    private String timeSeries = "";
    private Tokenizer tokenizer = new WordTokenizer();
    private int maxTokens = 200;

    /** The defaults. */
    public SequenceSettings() {
        // They stand at the fields.
    }

    /** A description for Weka's windows. */
    public String globalInfo() {
        return "Sequences are read by layers over time, whose outputs are pooled and joined by the other attributes. A"
                + " sequence is the bag of a relational attribute, with one row for each step; a run of numeric"
                + " attributes (timeSeries); or the tokens of a string attribute.";
    }

    /**
     * The options as a training run takes them.
     *
     * @throws IllegalArgumentException with one sentence, if a value is out of range
     */
    public SequenceOptions checked() {
        return new SequenceOptions(
                sequence,
                OptionStrings.orNull(kernel),
                OptionStrings.orNull(heads),
                bidirectional,
                SequenceOptions.series(timeSeries),
                (tokenizer.getClass().getName() + " " + Utils.joinOptions(tokenizer.getOptions())).strip(),
                maxTokens);
    }

    @Override
    public Enumeration<Option> listOptions() {
        return Collections.enumeration(Option.listOptionsForClass(SequenceSettings.class));
    }

    @Override
    public String[] getOptions() {
        return Option.getOptions(this, SequenceSettings.class);
    }

    /** Takes its options out of the array, and leaves the others in it. */
    @Override
    public void setOptions(String[] options) throws Exception {
        OptionStrings.check(options, SequenceSettings.class);
        // Not left to Weka, which would search the class path for other classes of its name.
        String given = Utils.getOption("tokenizer", options);
        if (!given.isEmpty()) {
            tokenizer = OptionStrings.object("tokenizer", given, Tokenizer.class);
        }
        Option.setOptions(options, this, SequenceSettings.class);
    }

    /** What the row of the window shows. */
    @Override
    public String toDisplay() {
        String changed = ChangedOptions.line(this);
        return changed.isEmpty() ? "as the table has them" : changed;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SequenceSettings that && Arrays.equals(getOptions(), that.getOptions());
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(getOptions());
    }

    @OptionMetadata(
            displayName = "sequence",
            description = "The layer that reads sequences: AUTO, CONVOLUTION, RECURRENT or ATTENTION (default AUTO)."
                    + " AUTO takes CONVOLUTION.",
            commandLineParamName = "sequence",
            commandLineParamSynopsis = "-sequence <name>",
            displayOrder = 1)
    public SequenceKind getSequence() {
        return sequence;
    }

    public void setSequence(SequenceKind sequence) {
        this.sequence = sequence;
    }

    @OptionMetadata(
            displayName = "kernel",
            description = "The number of steps that one product of a convolution reads, at least 2, or 0 for 3"
                    + " (default 0).",
            commandLineParamName = "kernel",
            commandLineParamSynopsis = "-kernel <int>",
            displayOrder = 2)
    public int getKernel() {
        return kernel;
    }

    public void setKernel(int kernel) {
        this.kernel = kernel;
    }

    @OptionMetadata(
            displayName = "heads",
            description = "The number of heads of the attention, which must divide the width, or 0 for up to 4"
                    + " (default 0).",
            commandLineParamName = "heads",
            commandLineParamSynopsis = "-heads <int>",
            displayOrder = 3)
    public int getHeads() {
        return heads;
    }

    public void setHeads(int heads) {
        this.heads = heads;
    }

    @OptionMetadata(
            displayName = "bidirectional",
            description = "Whether a step is read together with those after it, and not only with those before it"
                    + " (default false).",
            commandLineParamName = "bidirectional",
            commandLineParamSynopsis = "-bidirectional",
            commandLineParamIsFlag = true,
            displayOrder = 4)
    public boolean getBidirectional() {
        return bidirectional;
    }

    public void setBidirectional(boolean bidirectional) {
        this.bidirectional = bidirectional;
    }

    @OptionMetadata(
            displayName = "timeSeries",
            description = "The numeric attributes that are the steps of one series, as a range such as 1-60 (default"
                    + " none). Several ranges of equal length, separated by semicolons, are its channels.",
            commandLineParamName = "time-series",
            commandLineParamSynopsis = "-time-series <range;range...>",
            displayOrder = 5)
    public String getTimeSeries() {
        return timeSeries;
    }

    public void setTimeSeries(String timeSeries) {
        this.timeSeries = timeSeries;
    }

    @OptionMetadata(
            displayName = "tokenizer",
            description = "What cuts texts into tokens, a tokenizer of Weka with its options (default WordTokenizer).",
            commandLineParamName = "tokenizer",
            commandLineParamSynopsis = "-tokenizer <class and options>",
            displayOrder = 6)
    public Tokenizer getTokenizer() {
        return tokenizer;
    }

    public void setTokenizer(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    @OptionMetadata(
            displayName = "maxTokens",
            description = "The number of tokens of a text that are read, the first ones (default 200).",
            commandLineParamName = "max-tokens",
            commandLineParamSynopsis = "-max-tokens <int>",
            displayOrder = 7)
    public int getMaxTokens() {
        return maxTokens;
    }

    public void setMaxTokens(int maxTokens) {
        this.maxTokens = maxTokens;
    }
}
