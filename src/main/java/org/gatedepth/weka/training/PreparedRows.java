package org.gatedepth.weka.training;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.gatedepth.weka.model.TrainingState;
import org.gatedepth.weka.options.AuxiliaryHeads;
import org.gatedepth.weka.options.NetworkOptions;
import org.gatedepth.weka.progress.TrainingProgress;
import org.gatedepth.weka.sequence.SequenceAttributes;
import org.gatedepth.weka.table.ClassWeights;
import org.gatedepth.weka.table.InputOptions;
import org.gatedepth.weka.table.NumberEmbedding;
import org.gatedepth.weka.table.Rows;
import org.gatedepth.weka.table.SequenceEncoder;
import org.gatedepth.weka.table.TableEncoder;
import org.gatedepth.weka.table.UsableRows;
import org.gatedepth.weka.table.file.RowFile;
import org.gatedepth.weka.table.file.TableStream;
import org.gatedepth.weka.table.statistics.TableSample;
import org.gatedepth.weka.table.step.Sequences;
import org.jspecify.annotations.Nullable;
import weka.core.Capabilities;
import weka.core.Instances;

/**
 * The rows of a run: checked, split, and ready to be encoded.
 *
 * @param heads the auxiliary heads that the options make with the table
 * @param encoder the data preparation
 * @param training the rows that are trained on
 * @param validation the rows that are held out, possibly none
 * @param pilots the rows that pilot runs train on: those of training, or a sample of them if they are in a file
 * @param file the rows of {@code -stream}; null if the table is in memory
 */
record PreparedRows(
        AuxiliaryHeads heads,
        TableEncoder encoder,
        Rows training,
        Rows validation,
        Rows pilots,
        @Nullable RowFile file) {

    /**
     * Prepares the rows of a new network, and fits the encoders on them.
     *
     * @return the rows with each encoder that is to be compared, the likely one first
     * @throws Exception with one sentence, if the options do not fit the table or nothing can be learned from it
     */
    static List<PreparedRows> fitted(
            NetworkOptions options, Capabilities capabilities, Instances data, TrainingProgress progress)
            throws Exception {
        return fitted(options, capabilities, TableSample.whole(data), progress);
    }

    /** The same for a table of which there may be a sample only: these are its rows. */
    static List<PreparedRows> fitted(
            NetworkOptions options, Capabilities capabilities, TableSample table, TrainingProgress progress)
            throws Exception {
        Instances data = table.rows();
        AuxiliaryHeads heads = AuxiliaryHeads.of(options, data);
        SequenceAttributes sequences = sequences(options, heads, data);
        Instances rows = usable(options, heads, sequences, capabilities, data, progress);
        return closedIfItFails(file(rows), () -> {
            Sequences read = sequences.fit(rows);
            // The statistics of all rows are by the weights that the rows came with.
            boolean exact = options.inputs().classWeights().equals(ClassWeights.NONE);
            TableSample usable = exact ? table.with(rows) : TableSample.whole(rows);
            List<PreparedRows> variants = new ArrayList<>();
            variants.add(
                    of(options, heads, TableEncoder.fit(usable, heads.attributes(), read, options.inputs()), rows));
            if (options.inputs().numbers() == NumberEmbedding.AUTO
                    && variants.get(0).encoder.hasPieces()) {
                InputOptions plain = options.inputs().withNumbers(NumberEmbedding.NONE);
                variants.add(variants.get(0).encodedBy(TableEncoder.fit(usable, heads.attributes(), read, plain)));
            }
            return variants;
        });
    }

    /**
     * Prepares the rows of a resumed training, with the encoder that it began with.
     *
     * @throws Exception with one sentence, also if a fixed option or the attributes of the table have changed
     */
    static PreparedRows resumed(
            TrainingState before,
            NetworkOptions options,
            Capabilities capabilities,
            Instances data,
            TrainingProgress progress)
            throws Exception {
        before.checkContinues(options, data);
        AuxiliaryHeads heads = AuxiliaryHeads.of(options, data);
        SequenceAttributes sequences = sequences(options, heads, data);
        Instances rows = usable(options, heads, sequences, capabilities, data, progress);
        return closedIfItFails(file(rows), () -> of(options, heads, before.encoder(), rows));
    }

    /** What some work on rows gives; if it fails, those in a file are deleted. */
    static <T> T closedIfItFails(@Nullable RowFile file, Callable<T> work) throws Exception {
        boolean succeeded = false;
        try {
            T result = work.call();
            succeeded = true;
            return result;
        } finally {
            if (!succeeded && file != null) {
                file.close();
            }
        }
    }

    private static @Nullable RowFile file(Instances rows) {
        return rows instanceof RowFile file ? file : null;
    }

    private static SequenceAttributes sequences(NetworkOptions options, AuxiliaryHeads heads, Instances data) {
        return SequenceAttributes.of(options.sequences(), data, heads.attributes(), heads.steps());
    }

    private static Instances usable(
            NetworkOptions options,
            AuxiliaryHeads heads,
            SequenceAttributes sequences,
            Capabilities capabilities,
            Instances data,
            TrainingProgress progress)
            throws Exception {
        List<Integer> notInputs = Stream.concat(heads.attributes().stream(), sequences.attributes().stream())
                .toList();
        ClassWeights classWeights = options.inputs().classWeights();
        String stream = options.stream();
        if (stream == null) {
            UsableRows.checkRows(data);
            capabilities.testWithFail(data);
            SequenceRules.check(options, !sequences.isEmpty());
            return UsableRows.of(data, notInputs, classWeights);
        }
        SequenceRules.check(options, !sequences.isEmpty());
        if (!data.isEmpty()) {
            // Those of a fold or of a bootstrap sample would not be what the network is trained on.
            throw new IllegalArgumentException("Option -stream trains on the rows of " + stream + ", but the table has "
                    + data.size() + " rows of its own: give a table without rows, which only says what the attributes"
                    + " are, and evaluate on the rows of another file.");
        }
        RowFile file = TableStream.read(new File(stream), data, rows -> {
            progress.reading(rows);
            SettingsSearch.checkInterrupt();
        });
        return closedIfItFails(file, () -> {
            capabilities.testWithFail(file);
            UsableRows.weigh(file, notInputs, classWeights);
            return file;
        });
    }

    private static PreparedRows of(NetworkOptions options, AuxiliaryHeads heads, TableEncoder encoder, Instances rows) {
        Rows table = encoder.rows(rows);
        Split split = Split.of(options, rows);
        Rows training = table.select(split.training());
        PreparedRows prepared = new PreparedRows(
                heads, encoder, training, table.select(split.validation()), training.sample(), file(rows));
        prepared.checkAuxiliaryValues();
        return prepared;
    }

    private PreparedRows encodedBy(TableEncoder other) {
        return new PreparedRows(
                heads, other, training.encodedBy(other), validation.encodedBy(other), pilots.encodedBy(other), file);
    }

    /** Deletes the rows, if they are in a file. */
    void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }

    private void checkAuxiliaryValues() {
        for (int t = 1; t < encoder.targets().size(); t++) {
            if (!training.hasWeight(t)) {
                throw new IllegalArgumentException("Auxiliary attribute '"
                        + encoder.targets().get(t).name() + "' has no value in any training row:"
                        + " leave it out of " + (t < encoder.rowTargets() ? "-aux-attributes" : "-aux-steps")
                        + ", or give it values.");
            }
        }
    }

    /** Number of all rows. */
    int count() {
        return training.rows() + validation.rows();
    }

    /** Number of steps of the sequences of all rows together. */
    long steps() {
        return encoder.sequences().stream().mapToLong(SequenceEncoder::allSteps).sum();
    }

    boolean hasValidation() {
        return validation.rows() > 0;
    }

    /**
     * The rows on which a trained network is measured: those that were held out, or else those that it was trained on.
     */
    Rows measured() {
        return hasValidation() ? validation : training;
    }
}
