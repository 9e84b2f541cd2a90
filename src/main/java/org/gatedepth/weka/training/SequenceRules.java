package org.gatedepth.weka.training;

import org.gatedepth.block.Connection;
import org.gatedepth.weka.options.NetworkOptions;
import org.gatedepth.weka.sequence.SequenceKind;
import org.gatedepth.weka.sequence.SequenceOptions;
import org.jspecify.annotations.Nullable;

/** How options of sequences fit the table and other options. */
final class SequenceRules {

    private SequenceRules() {}

    /**
     * Refuses options that nothing would honour.
     *
     * @param hasSequences whether the table has a sequence
     * @throws IllegalArgumentException with one sentence
     */
    static void check(NetworkOptions options, boolean hasSequences) {
        SequenceOptions sequences = options.sequences();
        SequenceKind kind = sequences.kind();
        if (!hasSequences) {
            requireNone(kind != SequenceKind.AUTO, "sequence", kind);
            requireNone(sequences.kernel() != null, "kernel", sequences.kernel());
            requireNone(sequences.heads() != null, "heads", sequences.heads());
            requireNone(sequences.bidirectional(), "bidirectional", "it");
            return;
        }
        require(
                options.stream() == null,
                "Option -stream is for rows of numbers, labels and dates, but the table has sequences (a string or"
                        + " relational attribute, or -time-series): leave it out, or train without sequences.");
        require(
                options.workersOrOne() == 1,
                "Option -workers must be 1 for a table with sequences, but " + options.workers()
                        + " was given: leave it out.");
        require(
                sequences.kernel() == null || kind == SequenceKind.CONVOLUTION,
                "Option -kernel is for -sequence CONVOLUTION, but " + sequences.kernel() + " was given with " + kind
                        + ": leave it out, or choose CONVOLUTION.");
        require(
                sequences.heads() == null || kind == SequenceKind.ATTENTION,
                "Option -heads is for -sequence ATTENTION, but " + sequences.heads() + " was given with " + kind
                        + ": leave it out, or choose ATTENTION.");
        require(
                kind != SequenceKind.RECURRENT || options.connection() == Connection.HIGHWAY,
                "Option -sequence RECURRENT has the connection HIGHWAY, but -connection " + options.connection()
                        + " was given: leave it out, or choose another -sequence.");
        require(
                options.mixup() == null || options.mixup() == 0,
                "Option -mixup must be 0 or auto for a table with sequences, which have no values between them, but "
                        + options.mixup() + " was given.");
        require(
                options.members() == null || options.members() == 1,
                "Option -members must be 0 or 1 for a table with sequences, but " + options.members()
                        + " was given: leave it out.");
        require(
                options.auxiliary().earlyExit() == null,
                "Option -early-exit is for tables without sequences, but "
                        + options.auxiliary().earlyExit() + " was given: leave it out.");
    }

    private static void requireNone(boolean given, String option, @Nullable Object value) {
        require(
                !given,
                "Option -" + option + " is for sequences, but " + value + " was given for a table without a relational"
                        + " or string attribute and without -time-series: leave it out, or name a series.");
    }

    private static void require(boolean holds, String sentence) {
        if (!holds) {
            throw new IllegalArgumentException(sentence);
        }
    }
}
