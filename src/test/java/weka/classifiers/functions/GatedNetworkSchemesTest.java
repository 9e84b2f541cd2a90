package weka.classifiers.functions;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import weka.classifiers.AbstractClassifier;
import weka.classifiers.Classifier;
import weka.classifiers.Evaluation;
import weka.core.Instances;
import weka.core.Utils;

/**
 * Weka's schemes that train other classifiers, each of which runs with a network where it runs with
 * MultilayerPerceptron.
 */
@Tag("slow")
class GatedNetworkSchemesTest {

    private static final String NETWORK = "weka.classifiers.functions.GatedNetwork";
    private static final String NETWORK_OPTIONS =
            "-depth 2 -width 8 -members 1 -epochs 30 -mini-batch 16 -weight-decay 0 -mixup 0 -number-embedding NONE";
    private static final String PERCEPTRON = "weka.classifiers.functions.MultilayerPerceptron";
    private static final String PERCEPTRON_OPTIONS = "-N 30";

    /** Builds a scheme and evaluates it on its training rows. */
    private static Evaluation evaluated(String scheme, String base, String options, Instances table) throws Exception {
        String command = scheme.replace("SPEC", '"' + base + " " + options + '"')
                .replace("BASE", "-W " + base + " -- " + options);
        String[] parts = command.split(" ", 2);
        Classifier classifier =
                AbstractClassifier.forName("weka.classifiers." + parts[0], Utils.splitOptions(parts[1]));
        classifier.buildClassifier(table);
        Evaluation evaluation = new Evaluation(table);
        evaluation.evaluateModel(classifier, table);
        return evaluation;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "meta.MultiClassClassifier -M 0 BASE",
                "meta.MultiClassClassifier -M 1 BASE",
                "meta.MultiClassClassifier -M 2 BASE",
                "meta.MultiClassClassifier -M 3 BASE",
                "meta.MultiClassClassifier -M 3 -P BASE",
                "meta.AttributeSelectedClassifier BASE",
                "meta.FilteredClassifier -F \"weka.filters.supervised.attribute.Discretize -R first-last\" BASE",
                "meta.FilteredClassifier -F \"weka.filters.unsupervised.attribute.RandomProjection -N 3\" BASE",
                "meta.CostSensitiveClassifier -cost-matrix \"[0 1 1; 2 0 1; 1 2 0]\" BASE",
                "meta.CostSensitiveClassifier -M -cost-matrix \"[0 1 1; 2 0 1; 1 2 0]\" BASE",
                "meta.Bagging -I 2 BASE",
                "meta.Bagging -I 2 -O BASE",
                "meta.AdaBoostM1 -I 2 BASE",
                "meta.AdaBoostM1 -Q -I 2 BASE",
                "meta.LogitBoost -I 2 BASE",
                "meta.RandomCommittee -I 2 BASE",
                "meta.RandomSubSpace -I 2 BASE",
                "meta.RandomizableFilteredClassifier BASE",
                "meta.Stacking -X 2 -M SPEC -B SPEC -B \"weka.classifiers.trees.J48\"",
                "meta.Vote -B SPEC -B \"weka.classifiers.trees.J48\" -R MAJ",
                "meta.MultiScheme -X 2 -B SPEC -B \"weka.classifiers.rules.ZeroR\"",
                "meta.ClassificationViaRegression BASE",
                "meta.CVParameterSelection -X 2 BASE",
                "misc.InputMappedClassifier BASE",
                "meta.WeightedInstancesHandlerWrapper BASE",
            })
    void classifiesWithANetworkWhereAPerceptronDoes(String scheme) throws Exception {
        Instances table = Tables.example("iris");

        double perceptron =
                evaluated(scheme, PERCEPTRON, PERCEPTRON_OPTIONS, table).pctCorrect();
        double network = evaluated(scheme, NETWORK, NETWORK_OPTIONS, table).pctCorrect();

        assertThat(network).isGreaterThan(Math.min(80, perceptron - 15));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "meta.RegressionByDiscretization -B 4 BASE",
                "meta.AdditiveRegression -I 2 BASE",
                "meta.Bagging -I 2 BASE",
                "meta.RandomCommittee -I 2 BASE",
                "meta.AttributeSelectedClassifier BASE",
                "meta.FilteredClassifier -F \"weka.filters.unsupervised.attribute.Discretize -R first-last\" BASE",
                "meta.Stacking -X 2 -M SPEC -B SPEC -B \"weka.classifiers.trees.REPTree\"",
                "meta.Vote -B SPEC -B \"weka.classifiers.trees.REPTree\" -R AVG",
                "meta.CVParameterSelection -X 2 BASE",
                "misc.InputMappedClassifier BASE",
            })
    void estimatesANumberWithANetworkWhereAPerceptronDoes(String scheme) throws Exception {
        Instances table = Tables.example("cpu");

        double perceptron =
                evaluated(scheme, PERCEPTRON, PERCEPTRON_OPTIONS, table).correlationCoefficient();
        double network = evaluated(scheme, NETWORK, NETWORK_OPTIONS, table).correlationCoefficient();

        assertThat(network).isGreaterThan(Math.min(0.7, perceptron - 0.2));
    }

    /** Few epochs are tried, so that the best of them is not yet good. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "meta.IterativeClassifierOptimizer -R 2 -F 3 -L 4 -P 1 -E 3 BASE",
                "meta.IterativeClassifierOptimizer -R 1 -F 2 -L 3 -A -E 2 BASE",
            })
    void choosesTheNumberOfEpochs(String scheme) throws Exception {
        assertThat(evaluated(scheme, NETWORK, NETWORK_OPTIONS, Tables.example("iris"))
                        .pctCorrect())
                .isGreaterThan(50);
    }
}
