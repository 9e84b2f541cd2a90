package org.gatedepth.weka.table.header;

import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import weka.core.Attribute;
import weka.core.Instance;
import weka.core.Instances;

/**
 * Compares rows that are to be predicted with the training table: what the encoding reads has to be the same.
 *
 * <p>These are the number of attributes, and name, type and labels of each input. A list of labels may be longer or
 * shorter than in training, as long as both begin in the same way; but no row may have a label that training did not
 * know. Auxiliary attributes are not read. The class may be called otherwise, have other labels, or not be set: Weka's
 * meta schemes rename it. But rows with another attribute as their class, with a class of another type, or with the
 * same labels in another order would be evaluated wrongly, and are refused.
 */
public final class HeaderCheck {

    private static final String ADVICE = "predict with the attributes, labels and class that the model was trained on"
            + " (Weka's InputMappedClassifier maps"
            + " rows of another table).";

    private HeaderCheck() {}

    /**
     * Compares tables, but not their rows.
     *
     * @param training the training table, whose rows are not read
     * @param notRead indices of the attributes that are not inputs
     * @param rows the rows that are to be predicted
     * @throws IllegalArgumentException with one sentence
     */
    public static void check(Instances training, Set<Integer> notRead, Instances rows) {
        String difference = difference(training, notRead, rows);
        if (difference != null) {
            throw refused(difference);
        }
    }

    /** The exception that says how rows differ from the training table. */
    public static IllegalArgumentException refused(String difference) {
        return new IllegalArgumentException(
                "The rows do not have the attributes of the training data (" + difference + "): " + ADVICE);
    }

    /**
     * Refuses a row that has too few or too many values, or a label index that its attribute does not have.
     *
     * @param table the attributes
     * @param row the row
     * @param notRead indices of the attributes whose values do not matter
     * @throws IllegalArgumentException with one sentence
     */
    public static void checkRow(Instances table, Instance row, Set<Integer> notRead) {
        if (row.numAttributes() != table.numAttributes()) {
            throw new IllegalArgumentException("A row has " + row.numAttributes() + " values, but the table has "
                    + table.numAttributes() + " attributes (" + names(table)
                    + "): give one value for each, in this order, and NaN for one that is missing.");
        }
        for (int i = 0; i < row.numValues(); i++) {
            Attribute attribute = table.attribute(row.index(i));
            double value = row.valueSparse(i);
            if (attribute.isNominal() && !isLabel(attribute, value) && !notRead.contains(attribute.index())) {
                throw new IllegalArgumentException(unknownLabel(attribute, row, value));
            }
        }
    }

    private static boolean isLabel(Attribute attribute, double value) {
        return Double.isNaN(value) || (value >= 0 && value < attribute.numValues() && value == Math.rint(value));
    }

    private static String unknownLabel(Attribute attribute, Instance row, double value) {
        Attribute own = row.dataset() == null ? attribute : row.dataset().attribute(attribute.index());
        String what =
                own.isNominal() && isLabel(own, value) ? "the label '" + own.value((int) value) + "'" : "" + value;
        return "Attribute '" + attribute.name() + "' has " + what + " in a row, which is none of the "
                + attribute.numValues() + " labels of the training data (a row holds a label's index, from 0 to "
                + (attribute.numValues() - 1) + "): mark the value as missing, or train with this label in the list.";
    }

    private static @Nullable String difference(Instances training, Set<Integer> notRead, Instances rows) {
        if (rows.numAttributes() != training.numAttributes()) {
            return rows.numAttributes() + " attributes and not " + training.numAttributes();
        }
        for (int a = 0; a < training.numAttributes(); a++) {
            String difference = notRead.contains(a) ? null : difference(training.attribute(a), rows.attribute(a));
            if (difference != null) {
                return "attribute " + (a + 1) + " " + difference;
            }
        }
        return rows.classIndex() < 0 ? null : classDifference(training, rows);
    }

    private static @Nullable String difference(Attribute training, Attribute row) {
        if (!training.name().equals(row.name())) {
            return "is '" + row.name() + "' and not '" + training.name() + "'";
        }
        if (training.type() != row.type()) {
            return "'" + row.name() + "' is " + Attribute.typeToString(row) + " and not "
                    + Attribute.typeToString(training);
        }
        if (training.isRelationValued()) {
            String within = difference(training.relation(), Set.of(), row.relation());
            return within == null ? null : "'" + row.name() + "' has steps of other attributes: " + within;
        }
        int shared = training.isNominal() ? Math.min(training.numValues(), row.numValues()) : 0;
        for (int label = 0; label < shared; label++) {
            if (!training.value(label).equals(row.value(label))) {
                return "'" + row.name() + "' has '" + row.value(label) + "' and not '" + training.value(label)
                        + "' as its label " + (label + 1);
            }
        }
        return null;
    }

    private static @Nullable String classDifference(Instances training, Instances rows) {
        Attribute learned = training.classAttribute();
        Attribute given = rows.classAttribute();
        if (given.index() != learned.index()) {
            return "the class is attribute " + (given.index() + 1) + " and not " + (learned.index() + 1);
        }
        if (given.type() != learned.type()) {
            return "the class is " + Attribute.typeToString(given) + " and not " + Attribute.typeToString(learned);
        }
        if (learned.isNominal()) {
            List<Object> wanted = Collections.list(learned.enumerateValues());
            List<Object> labels = Collections.list(given.enumerateValues());
            if (!wanted.equals(labels) && new HashSet<>(wanted).equals(new HashSet<>(labels))) {
                return "the class has its labels in another order";
            }
        }
        return null;
    }

    private static String names(Instances table) {
        List<Attribute> attributes = Collections.list(table.enumerateAttributes());
        if (table.classIndex() >= 0) {
            attributes.add(table.classIndex(), table.classAttribute());
        }
        String names = attributes.stream().limit(10).map(Attribute::name).collect(Collectors.joining(", "));
        return attributes.size() > 10 ? names + ", …" : names;
    }
}
