package weka.classifiers.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import weka.classifiers.AbstractClassifier;
import weka.classifiers.Classifier;
import weka.classifiers.Evaluation;
import weka.core.DenseInstance;
import weka.core.Instance;
import weka.core.Instances;
import weka.core.Utils;

/** Rows whose header, or whose values, are not those of the training table. */
class GatedNetworkHeaderTest {

    private static final String TRAINING = """
            @relation r
            @attribute a numeric
            @attribute b {x,y,z}
            @attribute c {p,q}
            @data
            1,x,p
            2,y,q
            3,z,p
            4,x,q
            """;

    private static final GatedNetwork NETWORK = new GatedNetwork();

    @BeforeAll
    static void build() throws Exception {
        NETWORK.setOptions(Tables.quick().getOptions());
        NETWORK.buildClassifier(Tables.arff(TRAINING));
    }

    private static double[] expected() throws Exception {
        return NETWORK.distributionForInstance(Tables.arff(TRAINING).get(0));
    }

    static List<Consumer<Instances>> changes() {
        return List.of(
                table -> table.renameAttribute(0, "other"),
                table -> table.renameAttributeValue(table.attribute(1), "x", "other"),
                table -> table.setClassIndex(1),
                table -> {
                    table.setClassIndex(-1);
                    table.deleteAttributeAt(0);
                });
    }

    // The header of a table is compared once, and then known.
    @ParameterizedTest
    @MethodSource("changes")
    void noticesThatATableHasChangedSinceItsLastPrediction(Consumer<Instances> change) throws Exception {
        Instances table = Tables.arff(TRAINING);
        assertThat(NETWORK.distributionForInstance(table.get(0))).isEqualTo(expected());
        assertThat(NETWORK.distributionForInstance(table.get(0))).isEqualTo(expected());

        change.accept(table);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> NETWORK.distributionForInstance(table.get(0)))
                .withMessageStartingWith("The rows do not have the attributes of the training data");
    }

    /** The first row under another header, in which some text is replaced. */
    private static Instance row(String from, String to) {
        return Tables.arff(TRAINING.replace(from, to)).get(0);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "@attribute c | @attribute renamed",
                "{p,q} | {p,other}",
                "{p,q} | {p,q,r}",
                "{p,q} | {p}",
                "{x,y,z} | {x,y,z,new}",
                "@relation r | @relation s",
            })
    void predictsRowsThatTheEncodingReadsAsInTraining(String from, String to) throws Exception {
        String text = TRAINING.replace(from, to).replaceAll("(?m)^[2-4],.*\\R", "");

        assertThat(NETWORK.distributionForInstance(Tables.arff(text).get(0))).isEqualTo(expected());
    }

    @Test
    void predictsRowsOfAShorterListOfLabels() throws Exception {
        String text = TRAINING.replace("{x,y,z}", "{x}").replaceAll("(?m)^[2-4],.*\\R", "");

        assertThat(NETWORK.distributionForInstance(Tables.arff(text).get(0))).isEqualTo(expected());
    }

    @Test
    void predictsRowsWithoutClass() throws Exception {
        Instances rows = Tables.arff(TRAINING);
        rows.setClassIndex(-1);

        assertThat(NETWORK.distributionForInstance(rows.get(0))).isEqualTo(expected());
        assertThat(NETWORK.distributionsForInstances(rows)[0]).isEqualTo(expected());
        assertThat(NETWORK.classifyInstance(rows.get(0))).isEqualTo(Utils.maxIndex(expected()));
    }

    @Test
    void classifiesRowWithoutTable() throws Exception {
        Instance row = new DenseInstance(1, new double[] {1, 0, Double.NaN});

        assertThat(NETWORK.classifyInstance(row)).isEqualTo(Utils.maxIndex(expected()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "@attribute a | @attribute renamed | attribute 1 is 'renamed' and not 'a'",
                "a numeric | a {1,2,3,4} | attribute 1 'a' is nominal and not numeric",
                "{x,y,z} | {y,x,z} | attribute 2 'b' has 'y' and not 'x' as its label 1",
                "{p,q} | {q,p} | the class has its labels in another order",
            })
    void refusesRowsThatWouldBeReadWrongly(String from, String to, String difference) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NETWORK.distributionForInstance(row(from, to)))
                .withMessageContaining("(" + difference + "): predict with")
                .withMessageNotContaining("\n");
    }

    @Test
    void refusesRowsWithANumericClass() {
        String text = "@relation r\n@attribute a numeric\n@attribute b {x,y,z}\n@attribute c numeric\n@data\n1,x,1\n";

        assertThatIllegalArgumentException()
                .isThrownBy(() -> NETWORK.classifyInstance(Tables.arff(text).get(0)))
                .withMessageContaining("(the class is numeric and not nominal)");
    }

    @Test
    void refusesRowsWithAnotherClass() {
        Instances rows = Tables.arff(TRAINING);
        rows.setClassIndex(1);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> NETWORK.distributionForInstance(rows.get(0)))
                .withMessageContaining("(the class is attribute 2 and not 3)");
    }

    @Test
    void refusesLabelThatTrainingDidNotKnow() {
        Instance row = row("{x,y,z}", "{x,y,z,new}");
        row.setValue(1, "new");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> NETWORK.distributionForInstance(row))
                .withMessage("Attribute 'b' has the label 'new' in a row, which is none of the 3 labels of the training"
                        + " data (a row holds a label's index, from 0 to 2): mark the value as missing, or train with"
                        + " this label in the list.");
    }

    @ParameterizedTest
    @ValueSource(doubles = {3, -1, 0.5, Double.POSITIVE_INFINITY})
    void refusesLabelIndexOutOfRange(double label) {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        NETWORK.distributionForInstance(new DenseInstance(1, new double[] {1, label, Double.NaN})))
                .withMessageStartingWith("Attribute 'b' has " + label + " in a row, which is none of the 3 labels");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 4})
    void refusesRowOfAnotherLength(int length) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NETWORK.distributionForInstance(new DenseInstance(1, new double[length])))
                .withMessage("A row has " + length + " values, but the table has 3 attributes (a, b, c): give one value"
                        + " for each, in this order, and NaN for one that is missing.");
    }

    @Test
    void refusesTrainingRowsWithALabelIndexOutOfRange() {
        for (int attribute = 1; attribute <= 2; attribute++) {
            Instances table = Tables.arff(TRAINING);
            table.get(2).setValue(attribute, 7);

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Tables.quick().buildClassifier(table))
                    .withMessageContaining("has 7.0 in a row, which is none of the");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void refusesTrainingRowThatIsTooShort(int length) {
        Instances table = Tables.arff(TRAINING);
        table.add(0, new DenseInstance(1, new double[length]));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Tables.quick().buildClassifier(table))
                .withMessageStartingWith("A row has " + length + " values, but the table has 3 attributes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-M 0", "-M 1", "-M 2", "-M 3", "-M 3 -P"})
    void learnsSeveralClassesOneAgainstAnother(String method) throws Exception {
        Instances iris = Tables.example("iris");
        String options = method
                + " -W weka.classifiers.functions.GatedNetwork -- -depth 2 -width 8 -epochs 30"
                + " -weight-decay 0 -mixup 0";
        Classifier scheme =
                AbstractClassifier.forName("weka.classifiers.meta.MultiClassClassifier", Utils.splitOptions(options));

        scheme.buildClassifier(iris);

        Evaluation evaluation = new Evaluation(iris);
        evaluation.evaluateModel(scheme, iris);
        assertThat(evaluation.pctCorrect()).isGreaterThan(85);
    }
}
