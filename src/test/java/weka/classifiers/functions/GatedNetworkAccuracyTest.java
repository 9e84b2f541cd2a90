package weka.classifiers.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import weka.classifiers.Evaluation;
import weka.core.Instances;

/** Ten-fold cross-validation with the default options; the study CompareClassifiers prints them all beside Weka's. */
@Tag("slow")
class GatedNetworkAccuracyTest {

    @ParameterizedTest
    @CsvSource({"glass, 0.70", "diabetes, 0.75", "housing, 0.93"})
    void reachesTheBarWithDefaultOptions(String name, double bar) throws Exception {
        Instances table = Tables.example(name);
        Evaluation evaluation = new Evaluation(table);

        evaluation.crossValidateModel(new GatedNetwork(), table, 10, new Random(1));

        double reached = table.classAttribute().isNominal()
                ? evaluation.pctCorrect() / 100
                : evaluation.correlationCoefficient();
        System.out.printf("%s: %.4f%n", name, reached);
        assertThat(reached).isGreaterThanOrEqualTo(bar);
    }
}
