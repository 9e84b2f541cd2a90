package weka.classifiers.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import weka.core.DenseInstance;
import weka.core.Instance;
import weka.core.Instances;
import weka.core.Utils;

class GatedNetworkDataTest {

    private static final String HEADER = """
            @relation r
            @attribute a numeric
            @attribute b {x,y,z}
            @attribute c {p,q}
            @data
            """;

    private static void assertRefused(Instances table, String sentence) {
        assertThatThrownBy(() -> Tables.quick().buildClassifier(table))
                .hasMessageContaining(sentence)
                .message()
                .doesNotContain("\n");
    }

    @Test
    void refusesTableWithoutClass() {
        Instances table = Tables.signs(10, 1);
        table.setClassIndex(-1);

        assertRefused(table, "Class attribute not set!");
    }

    @Test
    void refusesClassWithOneValue() {
        assertRefused(
                Tables.arff("@relation r\n@attribute a numeric\n@attribute c {p}\n@data\n1,p\n2,p\n"),
                "Cannot handle unary class!");
    }

    @Test
    void refusesTableOfMissingValues() {
        assertRefused(
                Tables.arff(HEADER + "?,?,p\n?,?,q\n"),
                "Every attribute value of the training set is missing: there is nothing to learn from.");
    }

    @Test
    void refusesTableWithoutClassValues() {
        assertRefused(Tables.arff(HEADER + "1,x,?\n2,y,?\n"), "Not enough training instances with class labels");
    }

    @Test
    void readsDatesAsNumbers() throws Exception {
        Instances table = Tables.arff(
                "@relation r\n@attribute a date yyyy\n@attribute c {p,q}\n@data\n2001,p\n2002,p\n2019,q\n2020,q\n");
        GatedNetwork network = Tables.quick("-epochs", "60", "-learning-rate", "0.05");

        network.buildClassifier(table);

        assertThat(network.classifyInstance(table.get(0))).isZero();
        assertThat(network.classifyInstance(table.get(3))).isOne();
    }

    @Test
    void refusesEmptyTable() {
        assertRefused(Tables.arff(HEADER), "Not enough training instances");
    }

    @Test
    void refusesEmptyTableAlsoWithoutCapabilitiesCheck() throws Exception {
        GatedNetwork network = Tables.quick("-do-not-check-capabilities");

        assertThatThrownBy(() -> network.buildClassifier(Tables.arff(HEADER)))
                .hasMessage("The training set has no row with a class value: at least one is needed.");
    }

    @Test
    void refusesTableWhoseRowsWeighNothing() {
        Instances table = Tables.signs(10, 1);
        table.forEach(row -> row.setWeight(0));

        assertRefused(table, "Every training row has the weight 0: at least one must weigh more.");
    }

    @Test
    void refusesNegativeWeight() {
        Instances table = Tables.signs(10, 1);
        table.get(3).setWeight(-2);

        assertRefused(table, "A training row has the weight -2.0: weights must be finite and not negative.");
    }

    @Test
    void refusesInfiniteValue() {
        Instances table = Tables.plane(10, 1);
        table.get(3).setValue(0, Double.POSITIVE_INFINITY);

        assertRefused(
                table, "Attribute 'a' has an infinite value in a training row: replace it, or mark it as missing.");
    }

    @Test
    void saysWhenTrainingDiverges() throws Exception {
        GatedNetwork network = Tables.quick("-learning-rate", "1e30");

        assertThatThrownBy(() -> network.buildClassifier(Tables.plane(100, 1)))
                .hasMessageMatching("Training diverged in epoch \\d \\(the loss is not a number\\): choose a"
                        + " -learning-rate below 1.0E30, or a smaller -depth\\.");
    }

    @Test
    void learnsFromOneRow() throws Exception {
        GatedNetwork network = Tables.quick("-epochs", "30", "-learning-rate", "0.1");
        Instances table = Tables.arff(HEADER + "1,x,q\n");

        network.buildClassifier(table);

        assertThat(network.classifyInstance(table.get(0))).isEqualTo(1);
    }

    @Test
    void learnsClassFrequenciesWhenNothingVaries() throws Exception {
        GatedNetwork network = Tables.quick("-epochs", "100", "-learning-rate", "0.1", "-weight-decay", "0");
        Instances table = Tables.arff(HEADER + "1,x,p\n1,x,p\n1,x,p\n1,x,q\n");

        network.buildClassifier(table);

        assertThat(network.distributionForInstance(table.get(0))[0]).isCloseTo(0.75, within(0.02));
    }

    @Test
    void learnsFromClassAlone() throws Exception {
        GatedNetwork network = Tables.quick("-epochs", "100", "-learning-rate", "0.1", "-weight-decay", "0");
        Instances table = Tables.arff("@relation r\n@attribute c {p,q}\n@data\np\np\np\nq\n");

        network.buildClassifier(table);

        assertThat(network.distributionForInstance(table.get(0))[0]).isCloseTo(0.75, within(0.02));
    }

    @Test
    void ignoresAttributesThatDidNotVaryInTraining() throws Exception {
        GatedNetwork network = Tables.quick();
        Instances table = Tables.arff("""
                @relation r
                @attribute constant numeric
                @attribute missing numeric
                @attribute one {x}
                @attribute label {x,y,z}
                @attribute a numeric
                @attribute c {p,q}
                @data
                5,?,x,x,1,p
                5,?,x,y,2,q
                5,?,x,x,3,p
                """);
        network.buildClassifier(table);
        Instance known = table.get(0);
        Instance unseen = (Instance) known.copy();
        unseen.setDataset(table);
        unseen.setValue(0, 1e6);
        unseen.setValue(1, -1e6);

        assertThat(network.distributionForInstance(unseen)).isEqualTo(network.distributionForInstance(known));
    }

    @Test
    void predictsLabelThatNoTrainingRowHad() throws Exception {
        GatedNetwork network = Tables.quick();
        Instances table = Tables.arff(HEADER + "1,x,p\n2,y,q\n3,x,p\n");
        network.buildClassifier(table);
        Instance unseen = (Instance) table.get(0).copy();
        unseen.setDataset(table);
        unseen.setValue(1, "z");

        assertThat(network.distributionForInstance(unseen)).hasSize(2).doesNotContain(Double.NaN);
    }

    @Test
    void predictsRowWithMissingValues() throws Exception {
        GatedNetwork network = Tables.quick();
        Instances table = Tables.arff(HEADER + "1,x,p\n?,y,q\n3,?,p\n");
        network.buildClassifier(table);
        Instance missing = new DenseInstance(3);
        missing.setDataset(table);

        assertThat(network.distributionForInstance(missing)).hasSize(2).doesNotContain(Double.NaN);
    }

    @Test
    void ignoresRowsWithoutClass() throws Exception {
        Instances table = Tables.signs(20, 1);
        Instances more = new Instances(table);
        for (Instance row : Tables.signs(5, 2)) {
            row.setClassMissing();
            more.add(row);
        }
        GatedNetwork without = Tables.quick();
        GatedNetwork with = Tables.quick();

        without.buildClassifier(table);
        with.buildClassifier(more);

        assertThat(with.distributionsForInstances(table)).isDeepEqualTo(without.distributionsForInstances(table));
    }

    @Test
    void ignoresRowsWithoutWeight() throws Exception {
        Instances table = Tables.signs(20, 1);
        Instances more = new Instances(table);
        for (Instance row : Tables.signs(5, 2)) {
            row.setWeight(0);
            more.add(row);
        }
        GatedNetwork without = Tables.quick();
        GatedNetwork with = Tables.quick();

        without.buildClassifier(table);
        with.buildClassifier(more);

        assertThat(with.distributionsForInstances(table)).isDeepEqualTo(without.distributionsForInstances(table));
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-4, 1, 1e4})
    void dependsOnRatiosOfWeightsOnly(double weight) throws Exception {
        Instances table = Tables.signs(20, 1);
        Instances weighted = new Instances(table);
        weighted.forEach(row -> row.setWeight(weight));
        GatedNetwork plain = Tables.quick();
        GatedNetwork scaled = Tables.quick();

        plain.buildClassifier(table);
        scaled.buildClassifier(weighted);

        double[][] expected = plain.distributionsForInstances(table);
        double[][] actual = scaled.distributionsForInstances(table);
        for (int i = 0; i < expected.length; i++) {
            assertThat(actual[i]).containsExactly(expected[i], within(1e-5));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-validation 20", "-aux-attributes 1,4", "-resume"})
    void leavesHeaderClassAndWeightsOfTrainingTableUnchanged(String options) throws Exception {
        Instances table = Tables.example("labor");
        table.setClassIndex(2);
        table.setRelationName("relation");
        table.get(4).setWeight(3);
        table.get(5).setClassMissing();
        table.get(6).setWeight(0);
        Instances before = new Instances(table);

        Tables.quick(Utils.splitOptions(options)).buildClassifier(table);

        assertThat(table.equalHeadersMsg(before)).isNull();
        assertThat(table.relationName()).isEqualTo("relation");
        assertThat(table.classIndex()).isEqualTo(2);
        assertThat(table.stream().mapToDouble(Instance::weight))
                .containsExactly(
                        before.stream().mapToDouble(Instance::weight).boxed().toArray(Double[]::new));
        for (int i = 0; i < table.size(); i++) {
            // Boxed, since a missing value is NaN, which equals itself only so.
            assertThat(Arrays.stream(table.get(i).toDoubleArray()).boxed())
                    .containsExactlyElementsOf(
                            Arrays.stream(before.get(i).toDoubleArray()).boxed().toList());
        }
    }

    @Test
    void leavesTrainingTableUnchanged() throws Exception {
        Instances table = Tables.example("labor");
        table.get(4).setWeight(3);
        table.get(5).setClassMissing();
        String before = new Instances(table).toString();

        Tables.quick().buildClassifier(table);

        assertThat(table.toString()).isEqualTo(before);
    }

    @Test
    void refusesRowsOfAnotherTable() throws Exception {
        GatedNetwork network = Tables.quick();
        network.buildClassifier(Tables.signs(10, 1));

        assertThatThrownBy(() ->
                        network.distributionForInstance(Tables.example("iris").get(0)))
                .hasMessage("The rows do not have the attributes of the training data (5"
                        + " attributes and not 3): predict with"
                        + " the attributes, labels and class that the model was"
                        + " trained on (Weka's InputMappedClassifier"
                        + " maps rows of another table).");
    }

    @Test
    void refusesRowWhosePredictionIsNotANumber() throws Exception {
        GatedNetwork network = Tables.quick();
        Instances table = Tables.signs(10, 1);
        network.buildClassifier(table);
        table.get(0).setValue(0, Double.POSITIVE_INFINITY);

        assertThatThrownBy(() -> network.distributionForInstance(table.get(0)))
                .hasMessageContaining("prediction of a row is not a number");
    }

    @Test
    void returnsNumericClassInItsUnits() throws Exception {
        GatedNetwork network = Tables.quick("-epochs", "60", "-learning-rate", "0.02");
        Instances table = Tables.plane(200, 1);

        network.buildClassifier(table);

        double error = 0;
        for (Instance row : table) {
            error += Math.abs(network.classifyInstance(row) - row.classValue()) / table.size();
        }
        assertThat(error).isLessThan(30);
    }

    @Test
    void predictsConstantNumericClass() throws Exception {
        GatedNetwork network = Tables.quick("-epochs", "60", "-learning-rate", "0.02");
        Instances table = Tables.plane(20, 1);
        table.forEach(row -> row.setClassValue(7));

        network.buildClassifier(table);

        assertThat(network.classifyInstance(table.get(0))).isCloseTo(7, within(0.2));
    }
}
