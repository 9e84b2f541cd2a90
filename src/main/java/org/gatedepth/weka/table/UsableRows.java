package org.gatedepth.weka.table;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.gatedepth.weka.table.file.RowFile;
import org.gatedepth.weka.table.header.HeaderCheck;
import weka.core.Attribute;
import weka.core.Instance;
import weka.core.Instances;

/** The rows of a table, or the steps of sequences, that training can use. */
public final class UsableRows {

    private UsableRows() {}

    /**
     * Refuses training rows that do not fit their table, before anything reads their values.
     *
     * @throws IllegalArgumentException with one sentence, if a row has too few or too many values, or a label index
     *     that its attribute does not have
     */
    public static void checkRows(Instances data) {
        for (Instance row : data) {
            HeaderCheck.checkRow(data, row, Set.of());
        }
    }

    /**
     * The rows that training can use, with weights whose mean is 1: a copy without the rows that have no class value or
     * no weight. The rows share their values with those of the table.
     *
     * @param data the table, which is left as it is
     * @param notInputs indices of the attributes that are no columns of the network's input
     * @param classWeights what multiplies the weights of the rows of each label
     * @return the copy, with at least one row
     * @throws IllegalArgumentException with one sentence, if nothing can be learned from the table
     */
    public static Instances of(Instances data, List<Integer> notInputs, ClassWeights classWeights) {
        require(data.classIndex() >= 0, "The table has no class attribute: choose which attribute is to be predicted.");
        Instances rows = new Instances(data);
        rows.deleteWithMissingClass();
        require(!rows.isEmpty(), "The training set has no row with a class value: at least one is needed.");
        weigh(rows, notInputs, classWeights);
        return rows;
    }

    /** The same in a table of its own, whose rows all have a class value: it is changed, and no copy is made. */
    public static void weigh(Instances rows, List<Integer> notInputs, ClassWeights classWeights) {
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
        checkValues(rows, inputs(rows, notInputs));
        scaleWeights(rows);
    }

    /** The same for steps of sequences, which have no class: their values are checked and their weights scaled. */
    static Instances ofSteps(Instances steps, List<Integer> learned) {
        checkValues(steps, inputs(steps, learned));
        scaleWeights(steps);
        return steps;
    }

    private static void scaleWeights(Instances rows) {
        boundWeights(rows);
        double factor = rows.size() / rows.sumOfWeights();
        multiplyWeights(rows, row -> factor);
    }

    /** Multiplies the weight of each row by a factor of its own. */
    static void multiplyWeights(Instances rows, ToDoubleFunction<Instance> factor) {
        for (int i = 0; i < rows.size(); i++) {
            Instance row = rows.get(i);
            double weight = row.weight() * factor.applyAsDouble(row);
            if (rows instanceof RowFile file) {
                file.setWeight(i, weight);
            } else {
                row.setWeight(weight);
            }
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
            multiplyWeights(rows, row -> unit);
        }
    }

    /** For each attribute whether it is an input. */
    static boolean[] inputs(Instances rows, List<Integer> others) {
        boolean[] inputs = new boolean[rows.numAttributes()];
        Arrays.fill(inputs, true);
        if (rows.classIndex() >= 0) {
            inputs[rows.classIndex()] = false;
        }
        others.forEach(attribute -> inputs[attribute] = false);
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
        boolean hasValue = inputs == 0;
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

    private static void require(boolean holds, String sentence) {
        if (!holds) {
            throw new IllegalArgumentException(sentence);
        }
    }
}
