package org.gatedepth.weka.table;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.gatedepth.weka.host.OptionStrings;
import weka.core.Instance;
import weka.core.Instances;

/**
 * A weight for each label of the class, which multiplies the weights of its rows.
 *
 * @param balanced whether the weight of a label is {@code n / (k · n_label)}, for {@code k} labels and rows counted by
 *     weight, so that the rows of each label weigh the same together; the list is empty then
 * @param weights the weights by label index; empty for none
 */
public record ClassWeights(boolean balanced, List<Double> weights) implements Serializable {

    private static final long serialVersionUID = 1L;

    /** Rows keep their weights. */
    public static final ClassWeights NONE = new ClassWeights(false, List.of());

    /** The rows of each label weigh the same together. */
    public static final ClassWeights BALANCED = new ClassWeights(true, List.of());

    private static final String OPTION = "class-weights";

    private static final String RULE =
            "'none', 'balanced', or finite numbers of at least 0 separated by commas, one for each label of the class";

    /** Checks every weight. */
    public ClassWeights {
        weights = List.copyOf(weights);
        for (double weight : weights) {
            OptionStrings.require(weight >= 0 && !Double.isInfinite(weight), OPTION, RULE, weight);
        }
    }

    /**
     * The weights that an option string means.
     *
     * @param text {@code none} or nothing, {@code balanced}, or numbers separated by commas
     * @throws IllegalArgumentException with one sentence, if it is something else
     */
    public static ClassWeights of(String text) {
        if (isNone(text)) {
            return NONE;
        }
        String trimmed = text.strip();
        if (trimmed.equalsIgnoreCase("balanced")) {
            return BALANCED;
        }
        List<Double> weights = new ArrayList<>();
        try {
            for (String part : trimmed.split(",", -1)) {
                weights.add(Double.valueOf(part.strip()));
            }
        } catch (NumberFormatException e) {
            throw OptionStrings.notReadable(OPTION, RULE, text);
        }
        return new ClassWeights(false, weights);
    }

    /**
     * Whether an option string means that rows keep their weights. Another one need not be readable.
     *
     * @param text the option string
     */
    public static boolean isNone(String text) {
        return text.isBlank() || text.strip().equalsIgnoreCase("none");
    }

    boolean areNone() {
        return !balanced && weights.isEmpty();
    }

    /**
     * Multiplies the weights of rows.
     *
     * @param rows rows that all have a class value
     * @throws IllegalArgumentException with one sentence, if the class is numeric or has another number of labels
     */
    void apply(Instances rows) {
        if (areNone()) {
            return;
        }
        if (!rows.classAttribute().isNominal()) {
            throw new IllegalArgumentException(
                    "Option -" + OPTION + " needs a nominal class, whose labels it weighs, but '"
                            + this + "' was given for the numeric class '"
                            + rows.classAttribute().name() + "': leave -" + OPTION
                            + " out.");
        }
        double[] sums = new double[rows.numClasses()];
        for (Instance row : rows) {
            sums[(int) row.classValue()] += row.weight();
        }
        if (!balanced && weights.size() != sums.length) {
            throw new IllegalArgumentException("Option -" + OPTION + " needs one number for each of the "
                    + sums.length + " labels of the class '"
                    + rows.classAttribute().name() + "', but '" + this
                    + "' was given, which is " + weights.size() + ".");
        }
        double[] factors = factors(sums);
        UsableRows.multiplyWeights(rows, row -> factors[(int) row.classValue()]);
    }

    /**
     * What multiplies the weights of the rows of each label.
     *
     * @param sums what the rows of each label weigh
     */
    public double[] factors(double[] sums) {
        if (!balanced) {
            return weights.stream().mapToDouble(Double::doubleValue).toArray();
        }
        double share = Arrays.stream(sums).sum() / sums.length;
        // A label that no row has needs no weight.
        return Arrays.stream(sums).map(sum -> sum > 0 ? share / sum : 0).toArray();
    }

    /** The option string. */
    @Override
    public String toString() {
        if (areNone()) {
            return "none";
        }
        return balanced ? "balanced" : weights.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
}
