package weka.classifiers.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import weka.classifiers.Evaluation;
import weka.core.Instances;

/** Cross-validation with the default options; the study CompareClassifiers prints them all beside Weka's. */
@Tag("slow")
class GatedNetworkAccuracyTest {

    @ParameterizedTest
    @CsvSource({"glass, 5, 0.70", "diabetes, 5, 0.75", "housing, 5, 0.93"})
    void reachesTheBarWithDefaultOptions(String name, int folds, double bar) throws Exception {
        Instances table = Tables.example(name);
        Evaluation evaluation = new Evaluation(table);

        evaluation.crossValidateModel(new GatedNetwork(), table, folds, new Random(1));

        double reached = table.classAttribute().isNominal()
                ? evaluation.pctCorrect() / 100
                : evaluation.correlationCoefficient();
        System.out.printf("%s: %.4f%n", name, reached);
        assertThat(reached).isGreaterThanOrEqualTo(bar);
    }
}
