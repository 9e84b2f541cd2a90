package weka.classifiers.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.gatedepth.block.Connection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import weka.classifiers.Evaluation;
import weka.core.Instance;
import weka.core.Instances;
import weka.core.Utils;

/** Auxiliary heads on the class and on other attributes, from the options to the description of the model. */
class GatedNetworkAuxiliaryTest {

    /** Of the table "related", the thousandfold and the sign. */
    private static final String BOTH = "-aux-attributes 2,4 -aux-depth 1,2";

    private static GatedNetwork trained(Instances table, String options) throws Exception {
        GatedNetwork network = Tables.quick(Utils.splitOptions(options));
        network.buildClassifier(table);
        return network;
    }

    /** The number in a line of the model's description. */
    private static double figure(GatedNetwork network, String before) {
        Matcher line = Pattern.compile(Pattern.quote(before) + " ([0-9.]+)")
                .matcher(network.toString().replaceAll(" +", " "));
        assertThat(line.find()).as("%s in %s", before, network).isTrue();
        return Double.parseDouble(line.group(1));
    }

    private static double[][] predictions(GatedNetwork network, Instances table) throws Exception {
        return network.distributionsForInstances(table);
    }

    private static void assertClose(double[][] actual, double[][] expected, double tolerance) {
        for (int i = 0; i < expected.length; i++) {
            assertThat(actual[i]).containsExactly(expected[i], within(tolerance));
        }
    }

    @Test
    void doesNotReadAuxiliaryAttributesAtPrediction() throws Exception {
        Instances table = Tables.related(60, 1);
        GatedNetwork network = trained(table, BOTH);
        Instances without = new Instances(table);
        Instances nonsense = new Instances(table);
        for (int i = 0; i < table.size(); i++) {
            without.get(i).setMissing(1);
            without.get(i).setMissing(3);
            nonsense.get(i).setValue(1, Double.POSITIVE_INFINITY);
            nonsense.get(i).setValue(3, i % 2);
        }

        assertThat(predictions(network, without)).isDeepEqualTo(predictions(network, table));
        assertThat(predictions(network, nonsense)).isDeepEqualTo(predictions(network, table));
        assertThat(network.distributionForInstance(without.get(7)))
                .isEqualTo(network.distributionForInstance(table.get(7)));
    }

    @Test
    void takesNoInputFromAuxiliaryAttributes() throws Exception {
        GatedNetwork network = trained(Tables.related(30, 1), BOTH);

        assertThat(network.toString()).contains("2 inputs, 2 HIGHWAY blocks of 8 units, 2 outputs");
    }

    @Test
    void learnsAuxiliaryAttributesInTheirUnits() throws Exception {
        GatedNetwork network =
                trained(Tables.related(300, 1), BOTH + " -aux-weight 1 -epochs 40 -learning-rate 0.02 -weight-decay 0");

        assertThat(figure(network, "after block 1: root mean squared error")).isLessThan(200);
        assertThat(figure(network, "after block 2: accuracy")).isGreaterThan(95);
    }

    // Counted as zeros, the many missing values would hold the predictions near the mean.
    @Test
    void doesNotCountRowsWithMissingAuxiliaryValues() throws Exception {
        Instances table = Tables.related(300, 1);
        for (int i = 0; i < table.size(); i++) {
            if (i % 5 > 0) {
                table.get(i).setMissing(1);
                table.get(i).setMissing(3);
            }
        }

        GatedNetwork network = trained(table, BOTH + " -aux-weight 1 -epochs 40 -learning-rate 0.02 -weight-decay 0");

        assertThat(figure(network, "after block 1: root mean squared error")).isLessThan(300);
        assertThat(figure(network, "after block 2: accuracy")).isGreaterThan(95);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 2", "8, 1", "8, 2"})
    void trainsOnMiniBatchesInWhichEveryAuxiliaryValueIsMissing(int miniBatch, double weight) throws Exception {
        Instances table = Tables.related(40, 1);
        for (Instance row : table.subList(1, 40)) {
            row.setMissing(1);
            row.setMissing(3);
        }
        table.get(3).setWeight(weight);

        GatedNetwork network = trained(table, BOTH + " -aux-every 1 -mini-batch " + miniBatch);

        assertThat(Arrays.deepToString(predictions(network, table))).doesNotContain("NaN");
        assertThat(network.toString()).doesNotContain("NaN");
    }

    // As for the class: what remains is Weka's variance, which divides by the sum of the weights less one. With a large
    // weight the heads, not the class, say where the blocks go.
    @ParameterizedTest
    @ValueSource(strings = {"-aux-every 1", BOTH})
    void trainsHeadsOnRowOfWeightThreeAsOnThreeRows(String heads) throws Exception {
        Instances table = Tables.related(300, 1);
        for (int i = 0; i < 100; i++) {
            table.get(i).setMissing(1);
        }
        Instances weighted = new Instances(table);
        Instances copied = new Instances(table);
        for (int i = 0; i < 300; i += 4) {
            weighted.get(i).setWeight(3);
            copied.add((Instance) table.get(i).copy());
            copied.add((Instance) table.get(i).copy());
        }
        String options = heads + " -aux-weight 10 -mini-batch 1000 -epochs 20 -learning-rate 0.05";

        GatedNetwork first = trained(weighted, options);
        GatedNetwork second = trained(copied, options);

        assertClose(predictions(first, table), predictions(second, table), 5e-3);
    }

    @Test
    void showsFiguresThatWekasEvaluationGives() throws Exception {
        Instances table = Tables.signs(100, 1);
        GatedNetwork network = trained(table, "-aux-every 1");
        Evaluation evaluation = new Evaluation(table);
        evaluation.evaluateModel(network, table);

        assertThat(network.toString()).contains("Heads:             on the 100 training rows");
        assertThat(figure(network, "output: accuracy")).isCloseTo(evaluation.pctCorrect(), within(0.005));
        assertThat(network.toString()).containsPattern("after block 1: {3}accuracy \\d+\\.\\d\\d% \\(class\\)\n");
    }

    @Test
    void showsErrorsOfNumericClassInItsUnits() throws Exception {
        Instances table = Tables.plane(100, 1);
        GatedNetwork network = trained(table, "-aux-every 1");
        Evaluation evaluation = new Evaluation(table);
        evaluation.evaluateModel(network, table);

        double error = evaluation.rootMeanSquaredError();
        assertThat(figure(network, "output: root mean squared error")).isCloseTo(error, within(error / 1000));
        assertThat(figure(network, "after block 1: root mean squared error")).isPositive();
    }

    @Test
    void showsFiguresOnTheValidationRowsIfThereAreAny() throws Exception {
        GatedNetwork network =
                trained(Tables.related(100, 1), "-aux-attributes 2,4 -aux-depth 2,1 -aux-every 1 -validation 20");

        assertThat(network.toString()).containsPattern("""
                Heads:             on the 20 validation rows
                  after block 1:   accuracy \\d+\\.\\d\\d% \\(class\\)
                  after block 1:   accuracy \\d+\\.\\d\\d% \\(sign\\)
                  after block 2:   root mean squared error [0-9.]+ \\(thousandfold\\)
                  output:          accuracy \\d+\\.\\d\\d% \\(class\\)
                """);
        assertThat(network.toString()).containsPattern("(\\d*[05]\\.00% [^%]*){3}");
    }

    @Test
    void showsNoHeadsWithoutAny() throws Exception {
        assertThat(trained(Tables.signs(20, 1), "").toString()).doesNotContain("Heads", "after block");
    }

    @ParameterizedTest
    @EnumSource(Connection.class)
    void buildsTheSameModelFromTheSameSeed(Connection connection) throws Exception {
        Instances table = Tables.related(50, 1);
        String options = BOTH + " -aux-every 1 -aux-decay LINEAR -early-exit 0.7 -dropout 0.2 -validation 20 -S 5"
                + " -connection " + connection;

        GatedNetwork first = trained(table, options);
        GatedNetwork second = trained(table, options);

        assertThat(predictions(second, table)).isDeepEqualTo(predictions(first, table));
        assertThat(second).hasToString(first.toString());
    }

    @Test
    void trainsOtherwiseWithAnotherWeightOrDecay() throws Exception {
        Instances table = Tables.signs(50, 1);

        double[][] constant = predictions(trained(table, "-aux-every 1"), table);
        double[][] heavier = predictions(trained(table, "-aux-every 1 -aux-weight 0.6"), table);
        double[][] linear = predictions(trained(table, "-aux-every 1 -aux-decay LINEAR"), table);
        double[][] exponential = predictions(trained(table, "-aux-every 1 -aux-decay EXPONENTIAL"), table);

        assertThat(List.of(constant[0][0], heavier[0][0], linear[0][0], exponential[0][0]))
                .doesNotHaveDuplicates();
    }

    @Test
    void trainsTheOnlyEpochWithTheFullWeight() throws Exception {
        Instances table = Tables.signs(50, 1);

        double[][] constant = predictions(trained(table, "-aux-every 1 -epochs 1"), table);
        double[][] linear = predictions(trained(table, "-aux-every 1 -epochs 1 -aux-decay LINEAR"), table);

        assertThat(linear).isDeepEqualTo(constant);
    }

    @Test
    void crossValidates() throws Exception {
        Instances table = Tables.related(60, 1);
        Evaluation evaluation = new Evaluation(table);

        evaluation.crossValidateModel(
                Tables.quick(Utils.splitOptions(BOTH + " -aux-every 1 -early-exit 0.6")), table, 3, new Random(1));

        assertThat(evaluation.numInstances()).isEqualTo(60);
        assertThat(evaluation.unclassified()).isZero();
    }

    @Test
    void writesNothingToTheConsole() throws Exception {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        try (PrintStream capture = new PrintStream(written, true, StandardCharsets.UTF_8)) {
            System.setOut(capture);
            System.setErr(capture);
            Instances table = Tables.related(50, 1);
            predictions(trained(table, BOTH + " -aux-every 1 -early-exit 0.6 -validation 20"), table);
        } finally {
            System.setOut(out);
            System.setErr(err);
        }

        assertThat(written.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void refusesAuxiliaryAttributeWithoutValues() throws Exception {
        Instances table = Tables.related(20, 1);
        for (Instance row : table.subList(1, 20)) {
            row.setMissing(3);
        }
        table.get(0).setClassMissing();

        assertThatThrownBy(() -> trained(table, BOTH))
                .hasMessage("Auxiliary attribute 'sign' has no value in any training row: leave it out of"
                        + " -aux-attributes, or give it values.");
    }

    @Test
    void refusesTableInWhichOnlyAuxiliaryAttributesHaveValues() throws Exception {
        Instances table = Tables.related(20, 1);
        table.forEach(row -> row.setMissing(0));
        table.forEach(row -> row.setMissing(4));

        assertThatThrownBy(() -> trained(table, BOTH))
                .hasMessage("Every attribute value of the training set is missing: there is nothing to learn from.");
    }

    @Test
    void refusesOptionsThatDoNotFitTheTableWhenTrainingBegins() throws Exception {
        GatedNetwork network = Tables.quick();
        network.getAuxiliary().setAuxAttributes("3");

        assertThatThrownBy(() -> network.buildClassifier(Tables.related(20, 1)))
                .hasMessage("Option -aux-attributes must not name the class, but '3' names attribute 3, 'class': leave"
                        + " it out, since -aux-every puts heads on the class.");
    }

    @Test
    void namesDateAttributeBeforeWekaRefusesTheTable() {
        Instances table = Tables.arff("""
                @relation r
                @attribute a numeric
                @attribute d date yyyy
                @attribute c {p,q}
                @data
                1,2001,p
                2,2002,q
                """);

        assertThatThrownBy(() -> trained(table, "-aux-attributes 2"))
                .hasMessageStartingWith("Option -aux-attributes must name nominal or numeric attributes, but '2' names"
                        + " attribute 2, 'd', of type date");
    }

    @Test
    void explainsTheHeadsInItsDescription() {
        assertThat(new GatedNetwork().globalInfo().toLowerCase(Locale.ROOT))
                .contains("auxevery", "auxattributes", "earlyexit");
    }
}
