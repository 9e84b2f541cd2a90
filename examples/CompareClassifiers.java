import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import weka.classifiers.AbstractClassifier;
import weka.classifiers.Classifier;
import weka.classifiers.Evaluation;
import weka.classifiers.functions.GatedNetwork;
import weka.classifiers.functions.MultilayerPerceptron;
import weka.classifiers.functions.SMO;
import weka.classifiers.trees.RandomForest;
import weka.core.Capabilities;
import weka.core.Instances;
import weka.core.converters.ConverterUtils.DataSource;

/**
 * Compares GatedNetwork with three of Weka's classifiers, all with their default options, by ten-fold cross-validation with seed
 * 1: accuracy, or the correlation for a numeric class, and seconds. Arguments: ARFF files, whose last attribute is the class;
 * examples/data/iris.arff by default.
 */
public class CompareClassifiers {

    /** Prints a row for each table, and the mean accuracy over those with a nominal class. */
    public static void main(String[] arguments) throws Exception {
        List<Classifier> classifiers =
                List.of(new GatedNetwork(), new MultilayerPerceptron(), new RandomForest(), new SMO());
        System.out.print("| data set |");
        classifiers.forEach(
                classifier -> System.out.print(" " + classifier.getClass().getSimpleName() + " |"));
        System.out.println("\n|" + " --- |".repeat(classifiers.size() + 1));

        double[] sums = new double[classifiers.size()];
        double[] seconds = new double[classifiers.size()];
        int nominal = 0;
        for (String file : arguments.length > 0 ? arguments : new String[] {"examples/data/iris.arff"}) {
            Instances table = DataSource.read(file);
            table.setClassIndex(table.numAttributes() - 1);
            nominal += table.classAttribute().isNominal() ? 1 : 0;
            List<String> cells = new ArrayList<>(List.of(name(file)));
            for (int c = 0; c < classifiers.size(); c++) {
                Classifier classifier = AbstractClassifier.makeCopy(classifiers.get(c));
                if (!fits(classifier, table)) {
                    cells.add("–");
                    continue;
                }
                long begin = System.nanoTime();
                Evaluation evaluation = new Evaluation(table);
                evaluation.crossValidateModel(classifier, table, 10, new Random(1));
                double taken = (System.nanoTime() - begin) / 1e9;
                boolean isNominal = table.classAttribute().isNominal();
                double value = isNominal ? evaluation.pctCorrect() / 100 : evaluation.correlationCoefficient();
                cells.add(String.format(Locale.ROOT, "%.4f (%.1f s)", value, taken));
                sums[c] += isNominal ? value : 0;
                seconds[c] += isNominal ? taken : 0;
            }
            System.out.println("| " + String.join(" | ", cells) + " |");
        }
        if (nominal > 1) {
            List<String> cells = new ArrayList<>(List.of("mean of " + nominal + " accuracies (seconds in all)"));
            for (int c = 0; c < sums.length; c++) {
                cells.add(String.format(Locale.ROOT, "%.4f (%.0f s)", sums[c] / nominal, seconds[c]));
            }
            System.out.println("| " + String.join(" | ", cells) + " |");
        }
    }

    private static String name(String file) {
        return Path.of(file).getFileName().toString().replaceAll("\\.arff$", "");
    }

    private static boolean fits(Classifier classifier, Instances table) {
        Capabilities capabilities = classifier.getCapabilities();
        return capabilities.test(table);
    }
}
