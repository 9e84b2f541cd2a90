package org.gatedepth.weka.table;

import java.util.List;
import java.util.stream.IntStream;
import weka.core.Instance;

/**
 * Rows of a table that are encoded only when they are needed: a view, which holds positions and no values.
 *
 * <p>Threads may share it, as long as nobody changes the table.
 */
public final class Rows {

    private final TableEncoder encoder;
    private final List<Instance> table;
    private final int[] positions;

    /** The rows of a table at some positions, as an encoder encodes them. */
    Rows(TableEncoder encoder, List<Instance> table, int[] positions) {
        this.encoder = encoder;
        this.table = table;
        this.positions = positions;
    }

    /** Number of rows. */
    public int rows() {
        return positions.length;
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
        List<Instance> copies =
                IntStream.of(some).mapToObj(this::row).map(Rows::detached).toList();
        return new Rows(encoder, copies, IntStream.range(0, some.length).toArray());
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
        return new Batch(
                encoder.inputs(rows),
                encoder.targets().stream().map(target -> target.encode(rows)).toList());
    }

    /** Encodes the inputs of successive rows; the class and the auxiliary attributes are not read. */
    float[][] inputs(int from, int to) {
        return encoder.inputs(successive(from, to));
    }

    private Instance[] successive(int from, int to) {
        Instance[] rows = new Instance[to - from];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = row(from + i);
        }
        return rows;
    }

    /** Whether all rows weigh the same for a target: 0 for the class, k for the k-th auxiliary attribute. */
    public boolean hasEqualWeights(int target) {
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

    private float weight(int position, int target) {
        return encoder.targets().get(target).weight(row(position));
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
