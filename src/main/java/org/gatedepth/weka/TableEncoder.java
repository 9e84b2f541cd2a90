package org.gatedepth.weka;

import java.io.Serializable;
import weka.core.Instance;
import weka.core.Instances;
import weka.filters.Filter;
import weka.filters.MultiFilter;
import weka.filters.unsupervised.attribute.NominalToBinary;
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
 */
public final class TableEncoder implements Serializable {

    private static final long serialVersionUID = 1L;

    /** Above 100 percent, so that {@link RemoveUseless} removes constant columns only. */
    private static final double KEEP_VARYING = 101;

    private final Instances header;
    private final MultiFilter filter;
    private final int columns;
    private final double classMean;
    private final double classScale;

    private TableEncoder(Instances header, MultiFilter filter, int columns, double classMean, double classScale) {
        this.header = header;
        this.filter = filter;
        this.columns = columns;
        this.classMean = classMean;
        this.classScale = classScale;
    }

    /**
     * The rows that training can use, with weights whose mean is 1: a copy without the rows that have no class value
     * or no weight.
     *
     * @param data the table, which is left as it is
     * @return the copy, with at least one row
     * @throws IllegalArgumentException with one sentence, if nothing can be learned from the table
     */
    public static Instances usableRows(Instances data) {
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
        checkValues(rows);
        // Weka's statistics, too, count rows by their weights, and have no variance when the sum is not above 1.
        double factor = rows.size() / rows.sumOfWeights();
        for (Instance row : rows) {
            row.setWeight(row.weight() * factor);
        }
        return rows;
    }

    private static void checkValues(Instances rows) {
        boolean hasValue = rows.numAttributes() == 1;
        for (Instance row : rows) {
            for (int a = 0; a < rows.numAttributes(); a++) {
                require(
                        !Double.isInfinite(row.value(a)),
                        "Attribute '" + rows.attribute(a).name() + "' has an infinite value in a training row:"
                                + " replace it, or mark it as missing.");
                hasValue |= a != rows.classIndex() && !row.isMissing(a);
            }
        }
        require(hasValue, "Every attribute value of the training set is missing: there is nothing to learn from.");
    }

    /**
     * Fits an encoder.
     *
     * @param rows training rows, as {@link #usableRows} returns them
     * @return the encoder
     * @throws Exception if one of Weka's filters fails, or the thread is interrupted
     */
    public static TableEncoder fit(Instances rows) throws Exception {
        NominalToBinary oneHot = new NominalToBinary();
        RemoveUseless varying = new RemoveUseless();
        varying.setMaximumVariancePercentageAllowed(KEEP_VARYING);
        MultiFilter filter = new MultiFilter();
        filter.setFilters(new Filter[] {new ReplaceMissingValues(), oneHot, varying, new Standardize()});
        filter.setInputFormat(rows);
        int columns = Filter.useFilter(rows, filter).numAttributes() - 1;
        double mean = 0;
        double scale = 1;
        if (rows.classAttribute().isNumeric()) {
            mean = rows.meanOrMode(rows.classIndex());
            double deviation = Math.sqrt(rows.variance(rows.classIndex()));
            scale = deviation > 0 ? deviation : 1;
        }
        return new TableEncoder(new Instances(rows, 0), filter, columns, mean, scale);
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

    /** Number of network outputs: one a class label, or one for a numeric class. */
    public int outputs() {
        return header.numClasses();
    }

    /** Whether the class is nominal. */
    public boolean isClassification() {
        return header.classAttribute().isNominal();
    }

    /** The attributes of the training table, without rows. */
    public Instances header() {
        return new Instances(header, 0);
    }

    /** A prediction of a numeric class in the units of the table. */
    double toClassUnits(double output) {
        return output * classScale + classMean;
    }

    /**
     * Encodes rows with their classes and weights.
     *
     * @throws Exception if the attributes are not those of the training table, or the thread is interrupted
     */
    EncodedTable encode(Instances rows) throws Exception {
        float[][] targets = new float[rows.size()][];
        float[] weights = new float[rows.size()];
        for (int i = 0; i < targets.length; i++) {
            targets[i] = target(rows.get(i).classValue());
            weights[i] = (float) rows.get(i).weight();
        }
        return new EncodedTable(inputs(rows), targets, weights);
    }

    private float[] target(double value) {
        if (!isClassification()) {
            return new float[] {(float) ((value - classMean) / classScale)};
        }
        float[] oneHot = new float[outputs()];
        oneHot[(int) value] = 1;
        return oneHot;
    }

    /**
     * Encodes the attributes of rows; their class may be missing.
     *
     * @throws Exception if the attributes are not those of the training table, or the thread is interrupted
     */
    // One thread at a time: a filter holds the rows that it is working on.
    synchronized float[][] inputs(Instances rows) throws Exception {
        String difference = header.equalHeadersMsg(rows);
        if (difference != null) {
            throw new IllegalArgumentException("The rows do not have the attributes of the training data ("
                    + difference.strip().replaceAll("\\s*\\R\\s*", " ")
                    + "): predict with the attributes, labels and class that the model was trained on.");
        }
        Instances filtered = Filter.useFilter(rows, filter);
        float[][] inputs = new float[filtered.size()][];
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = withoutClass(filtered.get(i));
        }
        return inputs;
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
