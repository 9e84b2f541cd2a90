package org.gatedepth.weka;

import java.io.Serializable;
import weka.core.Attribute;
import weka.core.Instance;
import weka.core.Instances;

/**
 * An attribute that a network learns, and how its values become numbers: one-hot for labels, mean 0 and variance 1 for
 * numbers.
 *
 * @param name name of the attribute
 * @param position position of the attribute in the table
 * @param labels number of labels; 0 for a numeric attribute
 * @param mean mean of a numeric attribute
 * @param scale deviation of a numeric attribute; 1 where it does not vary
 */
record TargetColumn(String name, int position, int labels, double mean, double scale) implements Serializable {

    private static final long serialVersionUID = 1L;

    /** Fits a column on training rows. */
    static TargetColumn fit(Instances rows, int position) {
        Attribute attribute = rows.attribute(position);
        if (attribute.isNominal()) {
            return new TargetColumn(attribute.name(), position, attribute.numValues(), 0, 1);
        }
        double deviation = Math.sqrt(rows.variance(position));
        return new TargetColumn(
                attribute.name(), position, 0, rows.meanOrMode(position), deviation > 0 ? deviation : 1);
    }

    boolean isNominal() {
        return labels > 0;
    }

    /** Number of outputs that learn the attribute. */
    int outputs() {
        return Math.max(1, labels);
    }

    /** A prediction of a numeric attribute in its units. */
    double toUnits(double output) {
        return output * scale + mean;
    }

    EncodedTarget encode(Instances rows) {
        float[][] values = new float[rows.size()][];
        float[] weights = new float[rows.size()];
        for (int i = 0; i < values.length; i++) {
            Instance row = rows.get(i);
            boolean missing = row.isMissing(position);
            values[i] = missing ? new float[outputs()] : encode(row.value(position));
            weights[i] = missing ? 0 : (float) row.weight();
        }
        return new EncodedTarget(values, weights);
    }

    private float[] encode(double value) {
        if (!isNominal()) {
            return new float[] {(float) ((value - mean) / scale)};
        }
        float[] oneHot = new float[labels];
        oneHot[(int) value] = 1;
        return oneHot;
    }
}
