package org.gatedepth.weka;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import weka.core.Instance;
import weka.core.Instances;
import weka.filters.Filter;
import weka.filters.MultiFilter;
import weka.filters.unsupervised.attribute.NominalToBinary;
import weka.filters.unsupervised.attribute.Remove;
import weka.filters.unsupervised.attribute.RemoveUseless;
import weka.filters.unsupervised.attribute.ReplaceMissingValues;
import weka.filters.unsupervised.attribute.Standardize;

/**
 * Turns rows of a table into arrays, in the way that was fitted on the training rows.
 *
 * <p>Weka's own filters do the work, in this order: missing values become the mean or the most frequent label; nominal
 * attributes become one column a label; columns that do not vary are removed, since a weight that never saw anything
 * but one value would be noise at another; and what remains gets mean 0 and variance 1. A numeric class is
 * standardised, and predictions are returned in its units.
 *
 * <p>Auxiliary attributes are removed first, so that nothing reads them at prediction. In training they are encoded as the
 * class is, each by the rows that have a value of it.
 */
public final class TableEncoder implements Serializable {

    private static final long serialVersionUID = 1L;

    /** Above 100 percent, so that {@link RemoveUseless} removes constant columns only. */
    private static final double KEEP_VARYING = 101;

    private final Instances header;
    private final MultiFilter filter;
    private final int columns;
    private final ArrayList<TargetColumn> targets;

    private TableEncoder(Instances header, MultiFilter filter, int columns, List<TargetColumn> targets) {
        this.header = header;
        this.filter = filter;
        this.columns = columns;
        this.targets = new ArrayList<>(targets);
    }

    /**
     * The rows that training can use, with weights whose mean is 1: a copy without the rows that have no class value
     * or no weight.
     *
     * @param data the table, which is left as it is
     * @param auxiliary positions of the attributes that are not inputs
     * @return the copy, with at least one row
     * @throws IllegalArgumentException with one sentence, if nothing can be learned from the table
     */
    public static Instances usableRows(Instances data, List<Integer> auxiliary) {
        require(data.classIndex() >= 0, "The table has no class attribute: choose which attribute is to be predicted.");
        Instances rows = new Instances(data);
        rows.deleteWithMissingClass();
        require(!rows.isEmpty(), "The training set has no row with a class value: at least one is needed.");
        for (Instance row : rows) {
            require(
                    row.weight() >= 0 && !Double.isInfinite(row.weight()),
                    "A training row has the weight " + row.weight() + ": weights must be finite and not negative.");
        }
        rows.removeIf(row -> row.weight() == 0);
        require(!rows.isEmpty(), "Every training row has the weight 0: at least one must weigh more.");
        checkValues(rows, auxiliary);
        scaleWeights(rows);
        return rows;
    }

    /** Weka's statistics, too, count rows by their weights, and have no variance when the sum is not above 1. */
    private static void scaleWeights(Instances rows) {
        double factor = rows.size() / rows.sumOfWeights();
        for (Instance row : rows) {
            row.setWeight(row.weight() * factor);
        }
    }

    private static void checkValues(Instances rows, List<Integer> auxiliary) {
        boolean hasValue = rows.numAttributes() == 1;
        for (Instance row : rows) {
            for (int a = 0; a < rows.numAttributes(); a++) {
                require(
                        !Double.isInfinite(row.value(a)),
                        "Attribute '" + rows.attribute(a).name() + "' has an infinite value in a training row:"
                                + " replace it, or mark it as missing.");
                hasValue |= a != rows.classIndex() && !auxiliary.contains(a) && !row.isMissing(a);
            }
        }
        require(hasValue, "Every attribute value of the training set is missing: there is nothing to learn from.");
    }

    /**
     * Fits an encoder.
     *
     * @param rows training rows, as {@link #usableRows} returns them
     * @param auxiliary positions of the attributes that are not inputs, but learned beside the class
     * @return the encoder
     * @throws Exception if one of Weka's filters fails, or the thread is interrupted
     */
    public static TableEncoder fit(Instances rows, List<Integer> auxiliary) throws Exception {
        NominalToBinary oneHot = new NominalToBinary();
        RemoveUseless varying = new RemoveUseless();
        varying.setMaximumVariancePercentageAllowed(KEEP_VARYING);
        MultiFilter filter = new MultiFilter();
        List<Filter> filters = new ArrayList<>(List.of(new ReplaceMissingValues(), oneHot, varying, new Standardize()));
        if (!auxiliary.isEmpty()) {
            filters.add(0, removing(auxiliary));
        }
        filter.setFilters(filters.toArray(Filter[]::new));
        filter.setInputFormat(rows);
        int columns = Filter.useFilter(rows, filter).numAttributes() - 1;
        List<TargetColumn> targets = new ArrayList<>();
        targets.add(TargetColumn.fit(rows, rows.classIndex()));
        for (int attribute : auxiliary) {
            Instances known = new Instances(rows);
            known.deleteWithMissing(attribute);
            scaleWeights(known);
            targets.add(TargetColumn.fit(known, attribute));
        }
        return new TableEncoder(new Instances(rows, 0), filter, columns, targets);
    }

    private static Remove removing(List<Integer> attributes) {
        Remove remove = new Remove();
        remove.setAttributeIndicesArray(
                attributes.stream().mapToInt(Integer::intValue).toArray());
        return remove;
    }

    /**
     * Number of input columns of the network.
     *
     * @return at least 1: a table in which nothing varies is encoded as one column of zeros, from which a network
     *     learns the class frequencies or the class mean in its biases
     */
    public int columns() {
        return Math.max(1, columns);
    }

    /** The attributes that the network learns: first the class, then the auxiliary ones. */
    List<TargetColumn> targets() {
        return targets;
    }

    /** The class as the network learns it. */
    TargetColumn classColumn() {
        return targets.get(0);
    }

    /** The attributes of the training table, without rows. */
    public Instances header() {
        return new Instances(header, 0);
    }

    /**
     * Encodes rows with what is learned from them and their weights.
     *
     * @throws Exception if the attributes are not those of the training table, or the thread is interrupted
     */
    EncodedTable encode(Instances rows) throws Exception {
        return new EncodedTable(
                inputs(rows),
                targets.stream().map(target -> target.encode(rows)).toList());
    }

    /**
     * Encodes the attributes of rows; the class and the auxiliary attributes may be missing.
     *
     * @throws Exception if the attributes are not those of the training table, or the thread is interrupted
     */
    // One thread at a time: a filter holds the rows that it is working on.
    synchronized float[][] inputs(Instances rows) throws Exception {
        checkHeader(rows);
        Instances filtered = Filter.useFilter(rows, filter);
        float[][] inputs = new float[filtered.size()][];
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = withoutClass(filtered.get(i));
        }
        return inputs;
    }

    /**
     * Refuses rows of another table.
     *
     * @throws IllegalArgumentException with one sentence, if the attributes are not those of the training table
     */
    void checkHeader(Instances rows) {
        String difference = header.equalHeadersMsg(rows);
        if (difference != null) {
            throw new IllegalArgumentException("The rows do not have the attributes of the training data ("
                    + difference.strip().replaceAll("\\s*\\R\\s*", " ")
                    + "): predict with the attributes, labels and class that the model was trained on.");
        }
    }

    private float[] withoutClass(Instance row) {
        float[] input = new float[columns()];
        int column = 0;
        for (int a = 0; a < row.numAttributes(); a++) {
            if (a != row.classIndex()) {
                input[column++] = (float) row.value(a);
            }
        }
        return input;
    }

    private static void require(boolean holds, String sentence) {
        if (!holds) {
            throw new IllegalArgumentException(sentence);
        }
    }
}
