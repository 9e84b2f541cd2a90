package org.gatedepth.weka.table;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.gatedepth.report.input.InputGroup;
import org.gatedepth.weka.table.file.RowFile;
import org.gatedepth.weka.table.step.EncodedSteps;
import weka.core.Instance;
import weka.core.Instances;
import weka.core.RelationalLocator;
import weka.core.StringLocator;

/**
 * Rows of a table that are encoded only when they are needed: a view, which holds positions and no values.
 *
 * <p>Threads may share it, as long as nobody changes the table.
 */
public final class Rows {

    /** Numbers that a network keeps of a step at a time. */
    private static final int OF_STEP = 64;

    private static final int SAMPLE = 100_000;

    /** 64 MB of numbers. */
    private static final int VALUES_OF_SAMPLE = 1 << 23;

    private final TableEncoder encoder;
    private final List<Instance> table;
    private final int[] positions;

    /** The rows of a table at some positions, as an encoder encodes them. */
    Rows(TableEncoder encoder, List<Instance> table, int[] positions) {
        this.encoder = encoder;
        this.table = table;
        this.positions = positions;
    }

    /** What the network reads of each attribute, and of each sequence. */
    public List<InputGroup> inputGroups() {
        return encoder.inputGroups();
    }

    /** Number of rows. */
    public int rows() {
        return positions.length;
    }

    /**
     * The positions at which the rows begin that are read together, and at last the number of rows. A table in memory
     * is one such block.
     */
    public int[] blocks() {
        if (!(table instanceof RowFile file)) {
            return new int[] {0, rows()};
        }
        return IntStream.concat(
                        IntStream.range(0, rows())
                                .filter(i -> i == 0 || file.block(positions[i]) != file.block(positions[i - 1])),
                        IntStream.of(rows()))
                .toArray();
    }

    /** Number of {@link #blocks} whose rows may be read in any order at no cost. */
    public int blocksOfWindow() {
        return table instanceof RowFile file ? file.blocksOfWindow() : 1;
    }

    /**
     * Of a table in a file at most {@value #SAMPLE} rows, in memory: one, drawn with a fixed seed, from each of as many
     * stretches of it. All rows of a table in memory, or of a file that has no more.
     */
    public Rows sample() {
        int most =
                Math.min(SAMPLE, Math.max(1, VALUES_OF_SAMPLE / encoder.header().numAttributes()));
        if (!(table instanceof RowFile) || rows() <= most) {
            return this;
        }
        SplittableRandom random = new SplittableRandom(1);
        int[] some = new int[most];
        for (int i = 0; i < most; i++) {
            some[i] = (int) ((i + random.nextDouble()) * rows() / most);
        }
        return detached(some);
    }

    /** The class value of each row: a number, or a label index. */
    public double[] classes() {
        int attribute = encoder.classColumn().attributeIndex();
        return IntStream.range(0, rows())
                .mapToDouble(i -> row(i).value(attribute))
                .toArray();
    }

    /** Number of input columns. */
    public int columns() {
        return encoder.columns();
    }

    /** The same rows as another encoder of their table encodes them. */
    public Rows encodedBy(TableEncoder other) {
        return new Rows(other, table, positions);
    }

    /** Some of the rows, by their positions in this view. */
    public Rows select(int[] some) {
        int[] selected = new int[some.length];
        for (int i = 0; i < selected.length; i++) {
            selected[i] = positions[some[i]];
        }
        return new Rows(encoder, table, selected);
    }

    /** Some of the rows, by their positions in this view, as copies that do not keep the table in memory. */
    public Rows detached(int[] some) {
        if (hasSequences()) {
            return new Rows(
                    encoder,
                    withSequences(some),
                    IntStream.range(0, some.length).toArray());
        }
        List<Instance> copies =
                IntStream.of(some).mapToObj(this::row).map(Rows::detached).toList();
        return new Rows(encoder, copies, IntStream.range(0, some.length).toArray());
    }

    /** Copies in a table of their own, which has no texts and bags but theirs. */
    private Instances withSequences(int[] some) {
        Instances from = row(some[0]).dataset();
        Instances copies = from.stringFreeStructure();
        for (int position : some) {
            Instance copy = (Instance) row(position).copy();
            StringLocator.copyStringValues(
                    copy, true, from, new StringLocator(from), copies, new StringLocator(copies));
            RelationalLocator.copyRelationalValues(
                    copy, true, from, new RelationalLocator(from), copies, new RelationalLocator(copies));
            copies.add(copy);
        }
        return copies;
    }

    /** Encodes rows, by their positions in this view, from one place in the list (inclusive) to another (exclusive). */
    public Batch batch(int[] some, int from, int to) {
        Instance[] rows = new Instance[to - from];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = row(some[from + i]);
        }
        return encode(rows);
    }

    /** Encodes successive rows, from one position in this view (inclusive) to another (exclusive). */
    public Batch batch(int from, int to) {
        return encode(successive(from, to));
    }

    private Batch encode(Instance[] rows) {
        return new Batch(encoder.inputs(rows), sequences(rows), encoder.learned(rows));
    }

    private List<EncodedSteps> sequences(Instance[] rows) {
        return encoder.sequences().stream()
                .map(sequence -> sequence.encode(rows))
                .toList();
    }

    /** A batch as the network reads it. */
    public Features features(Batch batch) {
        return Features.of(batch, encoder.readsColumns());
    }

    /** What the network reads of successive rows; the class and the auxiliary attributes are not read. */
    Features features(int from, int to) {
        Instance[] rows = successive(from, to);
        return features(new Batch(encoder.inputs(rows), sequences(rows), List.of()));
    }

    /** Whether a row has sequences, whose lengths may differ. */
    public boolean hasSequences() {
        return !encoder.sequences().isEmpty();
    }

    /** Number of steps of the longest sequence of a row. */
    public int steps(int position) {
        int longest = 0;
        for (SequenceEncoder sequence : encoder.sequences()) {
            longest = Math.max(longest, sequence.length(row(position)));
        }
        return longest;
    }

    /** About how many numbers a network keeps of a row at a time: its columns, and some for each step. */
    public int valuesOfRow() {
        int values = encoder.columns();
        for (SequenceEncoder sequence : encoder.sequences()) {
            values += sequence.longest() * Math.max(OF_STEP, sequence.columns());
        }
        return values;
    }

    private Instance[] successive(int from, int to) {
        Instance[] rows = new Instance[to - from];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = row(from + i);
        }
        return rows;
    }

    /**
     * Whether all rows weigh the same for a target: 0 for the class, k for the k-th auxiliary attribute. Steps do not.
     */
    public boolean hasEqualWeights(int target) {
        if (target >= encoder.rowTargets()) {
            return false;
        }
        for (int i = 1; i < positions.length; i++) {
            if (weight(i, target) != weight(0, target)) {
                return false;
            }
        }
        return true;
    }

    /** Whether any row has a value of a target. */
    public boolean hasWeight(int target) {
        for (int i = 0; i < positions.length; i++) {
            if (weight(i, target) > 0) {
                return true;
            }
        }
        return false;
    }

    /** That of the row; of something learned at each step that of its first step that has a value, if there is one. */
    private float weight(int position, int target) {
        if (target < encoder.rowTargets()) {
            return encoder.targets().get(target).weight(row(position));
        }
        float[] weights =
                encoder.learned(new Instance[] {row(position)}).get(target).weights();
        for (float weight : weights) {
            if (weight > 0) {
                return weight;
            }
        }
        return 0;
    }

    private Instance row(int position) {
        return table.get(positions[position]);
    }

    /** A copy of a row that does not keep its table in memory. */
    static Instance detached(Instance row) {
        Instance copy = (Instance) row.copy();
        copy.setDataset(null);
        return copy;
    }
}
