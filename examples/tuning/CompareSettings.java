import java.io.File;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import weka.classifiers.AbstractClassifier;
import weka.classifiers.Classifier;
import weka.classifiers.Evaluation;
import weka.core.Instances;
import weka.core.Utils;
import weka.core.converters.ConverterUtils.DataSource;

/**
 * Cross-validates classifiers on tables and prints one line for each: accuracy (numeric class: correlation) by table, mean and
 * seconds. The class is the last attribute.
 *
 * <p>Arguments: the folder of the ARFF files; their names without {@code .arff}, with commas between, and {@code name@1000} for
 * 1,000 rows drawn at random; the seeds of the folds, with commas between; then one argument a classifier, its class and
 * options.
 */
public class CompareSettings {
    private static final int FOLDS = 10;

    /** Runs the comparison. */
    public static void main(String[] arguments) throws Exception {
        String[] names = arguments[1].split(",");
        String[] seeds = arguments[2].split(",");
        for (String classifier : Arrays.copyOfRange(arguments, 3, arguments.length)) {
            for (String seed : seeds) {
                List<String> cells = new ArrayList<>();
                double sum = 0;
                double seconds = 0;
                for (String name : names) {
                    long start = System.nanoTime();
                    double reached = crossValidate(table(new File(arguments[0]), name), classifier, Integer.parseInt(seed));
                    double taken = (System.nanoTime() - start) / 1e9;
                    cells.add(String.format("%s %.4f (%.0f s)", name, reached, taken));
                    sum += reached;
                    seconds += taken;
                }
                System.out.printf(
                        "%s, seed %s: mean %.4f in %.0f s: %s%n",
                        classifier, seed, sum / names.length, seconds, String.join(", ", cells));
            }
        }
        System.exit(0);
    }

    private static Instances table(File folder, String name) throws Exception {
        String[] parts = name.split("@");
        Instances table = DataSource.read(new File(folder, parts[0] + ".arff").getPath());
        table.setClassIndex(table.numAttributes() - 1);
        if (parts.length > 1) {
            table.randomize(new Random(7));
            return new Instances(table, 0, Integer.parseInt(parts[1]));
        }
        return table;
    }

    private static double crossValidate(Instances table, String classifier, int seed) throws Exception {
        String[] options = Utils.splitOptions(classifier);
        String name = options[0];
        options[0] = "";
        Classifier model = AbstractClassifier.forName(name, options);
        Evaluation evaluation = new Evaluation(table);
        evaluation.crossValidateModel(model, table, FOLDS, new Random(seed));
        return table.classAttribute().isNominal() ? evaluation.pctCorrect() / 100 : evaluation.correlationCoefficient();
    }
}
