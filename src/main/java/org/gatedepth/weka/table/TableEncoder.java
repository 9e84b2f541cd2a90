package org.gatedepth.weka.table;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.gatedepth.dl4j.Embedding;
import org.gatedepth.report.input.InputGroup;
import org.gatedepth.weka.table.header.HeaderCheck;
import org.gatedepth.weka.table.header.KnownTable;
import org.gatedepth.weka.table.statistics.TableSample;
import org.gatedepth.weka.table.step.Sequences;
import org.jspecify.annotations.Nullable;
import weka.core.Attribute;
import weka.core.Instance;
import weka.core.Instances;

/**
 * Turns rows of a table into arrays, in the way that was fitted on the training rows.
 *
 * <p>A number, or a date in milliseconds, is one column, {@linkplain Scaling scaled} in double precision before it
 * becomes a float, and as many more as {@link NumberEmbedding} says. A nominal attribute is one column a label, or one
 * column if it has two labels: what Weka's filters ReplaceMissingValues and NominalToBinary make of it, less its mean
 * and doubled. Missing values are the mean (or the median) or the most frequent label; where they are more than a few,
 * one more column says which values are missing. Columns that do not vary in training are left out, since a weight that
 * never saw anything but one value would be noise at another. A nominal attribute with many labels is one column with
 * the label index, for a {@link LabelIndex learned embedding}; these columns are the last. A numeric class is
 * standardised, and predictions are returned in its units.
 *
 * <p>Auxiliary attributes are not inputs, so that nothing reads them at prediction. In training they are encoded as the
 * class is, each by the rows that have a value of it.
 *
 * <p>Fitting copies no rows, and encoding reads only the rows that are asked for. Of a sparse row only the stored
 * values are read: its encoding starts as a copy of that of a row of zeros.
 */
public final class TableEncoder implements Serializable {

    private static final long serialVersionUID = 1L;

    /** Pieces of a number. */
    private static final int PIECES = 16;

    /** Pieces of all numbers; where that would be less than {@link #FEWEST_PIECES} of each, they have none. */
    private static final int ALL_PIECES = 256;

    private static final int FEWEST_PIECES = 3;

    private final Instances header;
    /** By attribute; null for one that is no input, or does not vary. */
    private final @Nullable InputColumns[] inputs;
    /** What a row of zeros becomes; at least one column, of zeros. */
    private final float[] zeros;

    /** Columns that hold pieces of numbers. */
    private final int pieces;

    private final ArrayList<Embedding> embeddings;
    /** The sequences that a row has. */
    private final ArrayList<SequenceEncoder> sequences;
    /** Attributes of this table that the network learns. */
    private final ArrayList<TargetColumn> targets;
    /** Indices of the attributes whose values do not matter at prediction. */
    private final HashSet<Integer> notRead;
    /** The last table that passed the check. */
    private transient volatile @Nullable KnownTable known;

    private TableEncoder(
            Instances header,
            @Nullable InputColumns[] inputs,
            int columns,
            int pieces,
            List<Embedding> embeddings,
            List<SequenceEncoder> sequences,
            List<TargetColumn> targets,
            List<Integer> names) {
        this.header = header;
        this.inputs = inputs;
        this.pieces = pieces;
        this.sequences = new ArrayList<>(sequences);
        zeros = new float[Math.max(1, columns)];
        for (InputColumns input : inputs) {
            if (input != null) {
                input.start(zeros);
            }
        }
        this.embeddings = new ArrayList<>(embeddings);
        this.targets = new ArrayList<>(targets);
        notRead = new HashSet<>(names);
        targets.forEach(target -> notRead.add(target.attributeIndex()));
    }

    /** Fits an encoder of rows without sequences; see {@link #fit(TableSample, List, Sequences, InputOptions)}. */
    public static TableEncoder fit(Instances rows, List<Integer> auxiliary, InputOptions options) {
        return fit(TableSample.whole(rows), auxiliary, Sequences.NONE, options);
    }

    /**
     * Fits an encoder. Of a table of which there is a sample only, quantiles and skewness are those of the sample, and
     * means, deviations, ranges and labels those of the table.
     *
     * @param table training rows, as {@link UsableRows#of} returns them
     * @param auxiliary indices of the attributes that are not inputs, but learned beside the class
     * @param sequences the sequences of each row
     * @param options how attributes become columns
     * @return the encoder
     */
    public static TableEncoder fit(
            TableSample table, List<Integer> auxiliary, Sequences sequences, InputOptions options) {
        Instances rows = table.rows();
        InputStatistics statistics = InputStatistics.of(table);
        boolean[] isInput = UsableRows.inputs(
                rows,
                Stream.concat(auxiliary.stream(), sequences.attributes().stream())
                        .toList());
        @Nullable InputColumns[] inputs = new InputColumns[isInput.length];
        List<Integer> embedded = new ArrayList<>();
        int[] first = new int[isInput.length];
        Arrays.fill(first, -1);
        int columns = 0;
        for (int a = 0; a < isInput.length; a++) {
            Attribute attribute = rows.attribute(a);
            if (isInput[a] && attribute.isNumeric() && statistics.varies(a)) {
                first[a] = columns++;
            } else if (isInput[a] && attribute.isNominal()) {
                double[] shares = statistics.shares(a);
                int count = LabelColumns.count(shares);
                if (count > 0 && shares.length >= options.embedFrom()) {
                    embedded.add(a);
                } else if (count > 0) {
                    inputs[a] = new LabelColumns(columns, shares, statistics.mode(a));
                    columns += count;
                }
            }
        }
        options.scaling().fit(rows, statistics, first, inputs);
        int pieces = options.numbers() == NumberEmbedding.NONE ? 0 : addPieces(rows, first, inputs, columns);
        columns += pieces;
        int[] missing = new int[isInput.length];
        Arrays.fill(missing, -1);
        for (int a = 0; a < isInput.length; a++) {
            if (isInput[a] && MissingColumn.tells(statistics.missing(a))) {
                missing[a] = columns++;
            }
        }
        List<Embedding> embeddings = new ArrayList<>();
        for (int a : embedded) {
            LabelIndex index = new LabelIndex(columns++, statistics.shares(a), statistics.mode(a));
            embeddings.add(index.embedding());
            inputs[a] = index;
        }
        for (int a = 0; a < isInput.length; a++) {
            if (missing[a] >= 0) {
                inputs[a] = new MissingColumn(missing[a], statistics.missing(a), inputs[a]);
            }
        }
        List<TargetColumn> targets = IntStream.concat(
                        IntStream.of(rows.classIndex()).filter(index -> index >= 0),
                        auxiliary.stream().mapToInt(Integer::intValue))
                .mapToObj(attribute -> TargetColumn.fit(table, attribute))
                .toList();
        List<SequenceEncoder> encoders = sequences.sources().stream()
                .map(source -> SequenceEncoder.fit(rows, source, options))
                .toList();
        // Without the texts and bags that the attributes of the table hold.
        Instances header = rows.stringFreeStructure();
        return new TableEncoder(header, inputs, columns, pieces, embeddings, encoders, targets, sequences.names());
    }

    /** Adds the pieces of numbers; returns their number. */
    private static int addPieces(Instances rows, int[] first, @Nullable InputColumns[] inputs, int columns) {
        long numbers = IntStream.of(first).filter(column -> column >= 0).count();
        int most = numbers == 0 ? 0 : (int) Math.min(PIECES, ALL_PIECES / numbers);
        if (most < FEWEST_PIECES) {
            return 0;
        }
        int[] next = {columns};
        Distributions.forEach(rows, a -> first[a] >= 0, (a, distribution) -> {
            PieceColumns pieces =
                    new PieceColumns((NumberColumn) Objects.requireNonNull(inputs[a]), next[0], distribution, most);
            inputs[a] = pieces;
            next[0] += pieces.pieces();
        });
        return next[0] - columns;
    }

    /**
     * Number of input columns of the network.
     *
     * @return at least 1: a table in which nothing varies is encoded as one column of zeros, from which a network
     *     learns the class frequencies or the class mean in its biases
     */
    public int columns() {
        return zeros.length;
    }

    /** Whether there are columns for pieces of numbers. */
    public boolean hasPieces() {
        return pieces > 0;
    }

    /** Number of columns of a row and of the steps of its sequences together. */
    public int allColumns() {
        int ofSteps = sequences.stream().mapToInt(SequenceEncoder::columns).sum();
        return readsColumns() ? columns() + ofSteps : ofSteps;
    }

    /** {@link #allColumns} without those for the pieces of numbers. */
    public int plainColumns() {
        return allColumns() - pieces;
    }

    /** The embeddings that read the last columns, one each. */
    public List<Embedding> embeddings() {
        return embeddings;
    }

    /** The sequences of a row; none in a table of numbers and labels alone. */
    public List<SequenceEncoder> sequences() {
        return sequences;
    }

    /** Whether the network reads the columns of rows, and not sequences alone. */
    public boolean readsColumns() {
        return sequences.isEmpty() || Arrays.stream(inputs).anyMatch(input -> input != null);
    }

    /** What the network reads of each attribute, and of each sequence. */
    List<InputGroup> inputGroups() {
        List<InputGroup> groups = new ArrayList<>();
        for (int a = 0; a < inputs.length; a++) {
            InputColumns input = inputs[a];
            if (input != null) {
                groups.add(InputGroup.columns(
                        header.attribute(a).name(), input.columns().toArray()));
            }
        }
        int array = readsColumns() ? 1 : 0;
        for (SequenceEncoder sequence : sequences) {
            groups.add(InputGroup.arrays(sequence.name(), array, sequence.arrays()));
            array += sequence.arrays();
        }
        return groups;
    }

    /** The attributes that the network learns: the class, then the auxiliary ones, then those of steps. */
    public List<TargetColumn> targets() {
        return Stream.concat(targets.stream(), sequences.stream().flatMap(sequence -> sequence.targets().stream()))
                .toList();
    }

    /** How many of the targets, the first ones, are learned of whole rows; the others at each step. */
    public int rowTargets() {
        return targets.size();
    }

    /** The class as the network learns it. */
    public TargetColumn classColumn() {
        return targets.get(0);
    }

    /**
     * A line for each input whose labels are all dates, which says how they are read as dates; empty if there is none.
     */
    public String dateHints() {
        StringBuilder hints = new StringBuilder();
        boolean[] isInput = UsableRows.inputs(header, List.copyOf(notRead));
        for (int a = 0; a < isInput.length; a++) {
            hints.append(isInput[a] ? DateLabels.hint(header.attribute(a)) : "");
        }
        return hints.toString();
    }

    /** The attributes of the training table, without rows. */
    public Instances header() {
        return new Instances(header, 0);
    }

    /**
     * The rows of a table, to be encoded when they are needed; in rows that are to be predicted the class and the
     * auxiliary attributes may be missing.
     *
     * @throws IllegalArgumentException with one sentence, if the inputs are not those of the training table, or a row
     *     has a label that training did not know
     */
    public Rows rows(Instances rows) {
        check(rows);
        for (Instance row : rows) {
            checkRow(row);
        }
        return new Rows(this, rows, IntStream.range(0, rows.size()).toArray());
    }

    /**
     * Refuses training rows of another table.
     *
     * @throws IllegalArgumentException with one sentence, if the attributes, with class and auxiliary ones, are not
     *     those of the training table
     */
    public void checkHeader(Instances rows) {
        String difference = header.equalHeadersMsg(rows);
        if (difference != null) {
            throw HeaderCheck.refused(difference.strip().replaceAll("\\s*\\R\\s*", " "));
        }
    }

    /**
     * Refuses a row that does not fit the training table.
     *
     * @throws IllegalArgumentException with one sentence, if it has too few or too many values, a label that training
     *     did not know, or a sequence without steps, or belongs to no table, which holds its bags and texts
     */
    public void checkRow(Instance row) {
        HeaderCheck.checkRow(header, row, notRead);
        // Without an iterator, since a row is checked at each prediction.
        for (int s = 0; s < sequences.size(); s++) {
            sequences.get(s).checkRow(row);
        }
    }

    /** Encodes what is learned from rows that have the attributes of the training table. */
    List<EncodedTarget> learned(Instance[] rows) {
        List<EncodedTarget> learned = new ArrayList<>();
        targets.forEach(target -> learned.add(target.encode(rows)));
        sequences.forEach(sequence -> learned.addAll(sequence.learned(rows)));
        return learned;
    }

    /** Encodes the inputs of rows that have the attributes of the training table. */
    float[][] inputs(Instance[] rows) {
        float[][] encoded = new float[rows.length][];
        for (int i = 0; i < rows.length; i++) {
            encoded[i] = input(rows[i]);
        }
        return encoded;
    }

    private float[] input(Instance row) {
        float[] encoded = new float[zeros.length];
        encode(row, encoded, 0);
        return encoded;
    }

    /**
     * Refuses a table whose inputs are not those of the training table; its rows are not looked at. The same table at
     * the next time costs next to nothing.
     *
     * @throws IllegalArgumentException with one sentence
     */
    public void check(Instances table) {
        KnownTable last = known;
        if (last == null || !last.is(table)) {
            HeaderCheck.check(header, notRead, table);
            // It would keep the texts and bags of the table in memory.
            known = sequences.isEmpty() ? KnownTable.of(table) : null;
        }
    }

    /**
     * Encodes the inputs of a row of a table that has been {@linkplain #check checked}, without an object.
     *
     * @param row the row, of the training table's attributes if it has no table
     * @param rows what it is written into
     * @param at where it begins there
     * @throws IllegalArgumentException with one sentence, if it has too few or too many values, or a label that
     *     training did not know
     */
    public void write(Instance row, float[] rows, int at) {
        checkRow(row);
        encode(row, rows, at);
    }

    /** Writes the columns of a row that fits the training table. */
    void encode(Instance row, float[] encoded, int at) {
        System.arraycopy(zeros, 0, encoded, at, zeros.length);
        int stored = row.numValues();
        for (int i = 0; i < stored; i++) {
            InputColumns columns = inputs[row.index(i)];
            if (columns != null) {
                columns.write(row.valueSparse(i), encoded, at);
            }
        }
    }
}
