package org.gatedepth.weka.table;

import java.io.Serializable;
import org.gatedepth.weka.table.statistics.Moments;
import org.gatedepth.weka.table.statistics.TableSample;
import org.jspecify.annotations.Nullable;
import weka.core.Attribute;
import weka.core.Instance;
import weka.core.Instances;

/**
 * An attribute that a network learns, and how its values become numbers: one-hot for labels, mean 0 and variance 1 for
 * numbers.
 *
 * @param name name of the attribute
 * @param attributeIndex index of the attribute in the table
 * @param labels number of labels; null for a numeric attribute
 * @param mean mean of a numeric attribute
 * @param scale deviation of a numeric attribute; 1 where it does not vary
 */
public record TargetColumn(
        String name, int attributeIndex, @Nullable Integer labels, double mean, double scale) implements Serializable {

    private static final long serialVersionUID = 1L;

    /**
     * Fits a column on the training rows that have a value of it.
     *
     * <p>The variance is {@code n/(n-1) · Σ w(x-m)² / Σ w} for {@code n} such rows: that of rows whose mean weight is
     * 1.
     */
    static TargetColumn fit(Instances rows, int attributeIndex) {
        return fit(TableSample.whole(rows), attributeIndex);
    }

    /** The same for a table of which there may be a sample only. */
    static TargetColumn fit(TableSample table, int attributeIndex) {
        Instances rows = table.rows();
        Attribute attribute = rows.attribute(attributeIndex);
        if (attribute.isNominal()) {
            return new TargetColumn(attribute.name(), attributeIndex, attribute.numValues(), 0, 1);
        }
        if (!table.isWhole()) {
            Moments numbers = table.columns().get(attributeIndex).numbers();
            double variance = numbers.squares() / numbers.weight() * numbers.count() / (numbers.count() - 1.0);
            return number(attribute, numbers.mean(), Math.sqrt(variance));
        }
        WeightedMean values = new WeightedMean();
        double lowest = 0;
        double highest = 0;
        int known = 0;
        for (Instance row : rows) {
            double value = row.value(attributeIndex);
            if (!Double.isNaN(value)) {
                values.add(value, row.weight());
                lowest = Math.min(lowest, value);
                highest = Math.max(highest, value);
                known++;
            }
        }
        double mean = known > 0 ? values.value() : 0;
        double unit = Magnitude.unit(lowest, highest);
        WeightedMean squares = new WeightedMean();
        for (Instance row : rows) {
            double difference = (row.value(attributeIndex) - mean) * unit;
            if (!Double.isNaN(difference)) {
                squares.add(difference * difference, row.weight());
            }
        }
        double deviation = Math.sqrt(squares.value() * known / (known - 1)) / unit;
        return number(attribute, mean, deviation);
    }

    private static TargetColumn number(Attribute attribute, double mean, double deviation) {
        return new TargetColumn(attribute.name(), attribute.index(), null, mean, deviation > 0 ? deviation : 1);
    }

    /** Whether the attribute is nominal. */
    public boolean isNominal() {
        return labels != null;
    }

    /** Number of outputs that learn the attribute. */
    public int outputs() {
        return labels == null ? 1 : labels;
    }

    /** A prediction of a numeric attribute in its units. */
    public double toUnits(double output) {
        return output * scale + mean;
    }

    /** The weight of a row for this column: 0 where its value is missing. */
    float weight(Instance row) {
        return row.isMissing(attributeIndex) ? 0 : (float) row.weight();
    }

    EncodedTarget encode(Instance[] rows) {
        float[][] values = new float[rows.length][];
        float[] weights = new float[rows.length];
        for (int i = 0; i < values.length; i++) {
            double value = rows[i].value(attributeIndex);
            values[i] = Double.isNaN(value) ? new float[outputs()] : encode(value);
            weights[i] = weight(rows[i]);
        }
        return new EncodedTarget(values, weights);
    }

    private float[] encode(double value) {
        if (labels == null) {
            return new float[] {(float) ((value - mean) / scale)};
        }
        float[] oneHot = new float[labels];
        oneHot[(int) value] = 1;
        return oneHot;
    }
}
