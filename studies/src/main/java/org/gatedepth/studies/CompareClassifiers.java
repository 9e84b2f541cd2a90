package org.gatedepth.studies;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import weka.classifiers.AbstractClassifier;
import weka.classifiers.Classifier;
import weka.classifiers.Evaluation;
import weka.core.Instances;
import weka.core.Utils;
import weka.core.converters.ConverterUtils.DataSource;

/**
 * Compares classifiers on tables by ten-fold cross-validation: accuracy, or the correlation for a numeric class, and
 * seconds.
 *
 * <p>Arguments, in any order: a whole number, the seed of the folds (1 by default); ARFF files, whose last attribute is
 * the class, with {@code @1000} after one for 1,000 of its rows drawn at random (examples/data/iris.arff by default);
 * classifiers with their options as one argument each (by default GatedNetwork and three of Weka's, with their default
 * options), with {@code name=} before one to be called so.
 */
public class CompareClassifiers {
    private static final String FUNCTIONS = "weka.classifiers.functions.";

    private static final Pattern NAMED = Pattern.compile("([^=.]+)=(.*)");

    private final List<Instances> tables = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private final List<String> classifiers = new ArrayList<>();
    private final List<String> heads = new ArrayList<>();
    private int seed = 1;

    /** Prints a table with a line for each data set, and the mean accuracy over those with a nominal class. */
    public static void main(String[] arguments) throws Exception {
        CompareClassifiers comparison = new CompareClassifiers();
        for (String argument : arguments) {
            comparison.take(argument);
        }
        if (comparison.tables.isEmpty()) {
            comparison.take("examples/data/iris.arff");
        }
        if (comparison.classifiers.isEmpty()) {
            for (String usual : List.of(
                    FUNCTIONS + "GatedNetwork",
                    FUNCTIONS + "MultilayerPerceptron",
                    "weka.classifiers.trees.RandomForest",
                    FUNCTIONS + "SMO")) {
                comparison.take(usual);
            }
        }
        comparison.run();
    }

    private void take(String argument) throws Exception {
        if (argument.matches("\\d+")) {
            seed = Integer.parseInt(argument);
        } else if (argument.matches(".*\\.arff(@\\d+)?")) {
            String[] parts = argument.split("@");
            Instances table = DataSource.read(parts[0]);
            table.setClassIndex(table.numAttributes() - 1);
            if (parts.length > 1) {
                table.randomize(new Random(7));
                table = new Instances(table, 0, Integer.parseInt(parts[1]));
            }
            tables.add(table);
            names.add(Path.of(argument).getFileName().toString().replace(".arff", ""));
        } else {
            Matcher named = NAMED.matcher(argument);
            classifiers.add(named.matches() ? named.group(2) : argument);
            heads.add(named.matches() ? named.group(1) : argument.replaceFirst("^[\\w.]+\\.", ""));
        }
    }

    private void run() throws Exception {
        System.out.println("| data set | " + String.join(" | ", heads) + " |");
        System.out.println("|" + " --- |".repeat(classifiers.size() + 1));
        double[] sums = new double[classifiers.size()];
        double[] seconds = new double[classifiers.size()];
        int nominal = 0;
        for (int t = 0; t < tables.size(); t++) {
            boolean isNominal = tables.get(t).classAttribute().isNominal();
            nominal += isNominal ? 1 : 0;
            System.out.print("| " + names.get(t) + " |");
            for (int c = 0; c < sums.length; c++) {
                long begin = System.nanoTime();
                double value = value(classifiers.get(c), tables.get(t));
                double taken = (System.nanoTime() - begin) / 1e9;
                System.out.printf(Locale.ROOT, " %.4f (%.1f s) |", value, taken);
                sums[c] += isNominal ? value : 0;
                seconds[c] += isNominal ? taken : 0;
            }
            System.out.println();
        }
        if (nominal > 1) {
            System.out.print("| mean of " + nominal + " accuracies |");
            for (int c = 0; c < sums.length; c++) {
                System.out.printf(Locale.ROOT, " %.4f (%.0f s) |", sums[c] / nominal, seconds[c]);
            }
            System.out.println();
        }
    }

    /** NaN where a classifier cannot have the table. */
    private double value(String line, Instances table) throws Exception {
        String[] options = Utils.splitOptions(line);
        String name = options[0];
        options[0] = "";
        Classifier classifier = AbstractClassifier.forName(name, options);
        if (!classifier.getCapabilities().test(table)) {
            return Double.NaN;
        }
        Evaluation evaluation = new Evaluation(table);
        evaluation.crossValidateModel(classifier, table, 10, new Random(seed));
        return table.classAttribute().isNominal() ? evaluation.pctCorrect() / 100 : evaluation.correlationCoefficient();
    }
}
