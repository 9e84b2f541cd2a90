package org.gatedepth.weka.table;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.gatedepth.dl4j.Embedding;
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
 * and doubled. Missing values are the mean (or the median) or the most frequent label. Columns that do not vary in
 * training are left out, since a weight that never saw anything but one value would be noise at another. A nominal
 * attribute with many labels is one column with the label index, for a {@link LabelIndex learned embedding}; these
 * columns are the last. A numeric class is standardised, and predictions are returned in its units.
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
    private final ArrayList<TargetColumn> targets;
    /** The last table that passed the check. */
    private transient volatile @Nullable KnownTable known;

    private TableEncoder(
            Instances header,
            @Nullable InputColumns[] inputs,
            int columns,
            int pieces,
            List<Embedding> embeddings,
            List<TargetColumn> targets) {
        this.header = header;
        this.inputs = inputs;
        this.pieces = pieces;
        zeros = new float[Math.max(1, columns)];
        for (InputColumns input : inputs) {
            if (input != null) {
                input.start(zeros);
            }
        }
        this.embeddings = new ArrayList<>(embeddings);
        this.targets = new ArrayList<>(targets);
    }

    /**
     * Refuses training rows that do not fit their table, before anything reads their values.
     *
     * @throws IllegalArgumentException with one sentence, if a row has too few or too many values, or a label index
     *     that its attribute does not have
     */
    public static void checkRows(Instances data) {
        for (Instance row : data) {
            HeaderCheck.checkRow(data, row, List.of());
        }
    }

    /**
     * The rows that training can use, with weights whose mean is 1: a copy without the rows that have no class value or
     * no weight. The rows share their values with those of the table.
     *
     * @param data the table, which is left as it is
     * @param auxiliary indices of the attributes that are not inputs
     * @param classWeights what multiplies the weights of the rows of each label
     * @return the copy, with at least one row
     * @throws IllegalArgumentException with one sentence, if nothing can be learned from the table
     */
    public static Instances usableRows(Instances data, List<Integer> auxiliary, ClassWeights classWeights) {
        require(data.classIndex() >= 0, "The table has no class attribute: choose which attribute is to be predicted.");
        Instances rows = new Instances(data);
        rows.deleteWithMissingClass();
        require(!rows.isEmpty(), "The training set has no row with a class value: at least one is needed.");
        for (Instance row : rows) {
            require(
                    row.weight() >= 0 && !Double.isInfinite(row.weight()),
                    "A training row has the weight " + row.weight() + ": weights must be finite and not negative.");
        }
        boundWeights(rows);
        classWeights.apply(rows);
        for (Instance row : rows) {
            require(
                    row.weight() < Double.POSITIVE_INFINITY,
                    "The weight of a training row is infinite after the class weights '" + classWeights
                            + "' were applied: choose smaller numbers for -class-weights.");
        }
        rows.removeIf(row -> row.weight() == 0);
        require(!rows.isEmpty(), "Every training row has the weight 0: at least one must weigh more.");
        checkValues(rows, inputs(rows, auxiliary));
        scaleWeights(rows);
        return rows;
    }

    private static void scaleWeights(Instances rows) {
        boundWeights(rows);
        double factor = rows.size() / rows.sumOfWeights();
        for (Instance row : rows) {
            row.setWeight(row.weight() * factor);
        }
    }

    /** Brings extreme weights near 1, so that their sum is a number. */
    private static void boundWeights(Instances rows) {
        double largest = 0;
        for (Instance row : rows) {
            largest = Math.max(largest, row.weight());
        }
        double unit = Magnitude.unit(0, largest);
        if (unit != 1) {
            rows.forEach(row -> row.setWeight(row.weight() * unit));
        }
    }

    /** For each attribute whether it is an input. */
    private static boolean[] inputs(Instances rows, List<Integer> auxiliary) {
        boolean[] inputs = new boolean[rows.numAttributes()];
        Arrays.fill(inputs, true);
        inputs[rows.classIndex()] = false;
        auxiliary.forEach(attribute -> inputs[attribute] = false);
        return inputs;
    }

    private static void checkValues(Instances rows, boolean[] isInput) {
        int inputs = 0;
        for (int a = 0; a < isInput.length; a++) {
            inputs += isInput[a] ? 1 : 0;
            Attribute attribute = rows.attribute(a);
            require(
                    !isInput[a] || attribute.isNominal() || attribute.isNumeric(),
                    "Attribute '" + attribute.name() + "' is of type " + Attribute.typeToString(attribute)
                            + ": remove it, or convert it to nominal or numeric attributes.");
        }
        boolean hasValue = isInput.length == 1;
        for (Instance row : rows) {
            int missing = 0;
            for (int i = 0; i < row.numValues(); i++) {
                double value = row.valueSparse(i);
                require(
                        !Double.isInfinite(value),
                        "Attribute '" + rows.attribute(row.index(i)).name()
                                + "' has an infinite value in a training row: replace it, or mark it as missing.");
                require(
                        Double.isNaN(value) || Math.abs(value) <= Magnitude.MOST,
                        "Attribute '" + rows.attribute(row.index(i)).name() + "' has the value " + value
                                + " in a training row: numbers must be from -1E290 to 1E290,"
                                + " so divide them, or mark this"
                                + " one as missing.");
                missing += isInput[row.index(i)] && Double.isNaN(value) ? 1 : 0;
            }
            hasValue |= missing < inputs;
        }
        require(hasValue, "Every attribute value of the training set is missing: there is nothing to learn from.");
    }

    /**
     * Fits an encoder.
     *
     * @param rows training rows, as {@link #usableRows} returns them
     * @param auxiliary indices of the attributes that are not inputs, but learned beside the class
     * @param options how attributes become columns
     * @return the encoder
     */
    public static TableEncoder fit(Instances rows, List<Integer> auxiliary, InputOptions options) {
        InputStatistics statistics = new InputStatistics(rows);
        boolean[] isInput = inputs(rows, auxiliary);
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
        List<Embedding> embeddings = new ArrayList<>();
        for (int a : embedded) {
            LabelIndex index = new LabelIndex(columns++, statistics.shares(a), statistics.mode(a));
            embeddings.add(index.embedding());
            inputs[a] = index;
        }
        List<TargetColumn> targets = IntStream.concat(
                        IntStream.of(rows.classIndex()), auxiliary.stream().mapToInt(Integer::intValue))
                .mapToObj(attribute -> TargetColumn.fit(rows, attribute))
                .toList();
        return new TableEncoder(new Instances(rows, 0), inputs, columns, pieces, embeddings, targets);
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

    /** Number of columns without the pieces of numbers. */
    public int plainColumns() {
        return columns() - pieces;
    }

    /** The embeddings that read the last columns, one each. */
    public List<Embedding> embeddings() {
        return embeddings;
    }

    /** The attributes that the network learns: first the class, then the auxiliary ones. */
    public List<TargetColumn> targets() {
        return targets;
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
        boolean[] isInput = inputs(
                header, targets.stream().map(TargetColumn::attributeIndex).toList());
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
            HeaderCheck.checkRow(header, row, targets);
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
            HeaderCheck.check(header, targets, table);
            known = KnownTable.of(table);
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
        HeaderCheck.checkRow(header, row, targets);
        encode(row, rows, at);
    }

    private void encode(Instance row, float[] encoded, int at) {
        System.arraycopy(zeros, 0, encoded, at, zeros.length);
        int stored = row.numValues();
        for (int i = 0; i < stored; i++) {
            InputColumns columns = inputs[row.index(i)];
            if (columns != null) {
                columns.write(row.valueSparse(i), encoded, at);
            }
        }
    }

    private static void require(boolean holds, String sentence) {
        if (!holds) {
            throw new IllegalArgumentException(sentence);
        }
    }
}
