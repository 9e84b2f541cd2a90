package weka.classifiers.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import weka.core.Attribute;
import weka.core.DenseInstance;
import weka.core.Instance;
import weka.core.Instances;
import weka.core.SerializationHelper;
import weka.core.Utils;

/** A relational attribute, whose bags are sequences. */
@Tag("slow")
class GatedNetworkBagsTest {

    private static GatedNetwork trained(Instances table, String options) throws Exception {
        GatedNetwork network = Tables.quick(Utils.splitOptions(options));
        network.buildClassifier(table);
        return network;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-sequence CONVOLUTION",
                "-sequence CONVOLUTION -bidirectional -kernel 2 -connection DENSE",
                "-sequence RECURRENT",
                "-sequence RECURRENT -bidirectional",
                "-sequence ATTENTION -heads 2",
                "-sequence ATTENTION -bidirectional -connection RESIDUAL"
            })
    void learnsWhichOfTwoPulsesIsFirst(String options) throws Exception {
        GatedNetwork network = trained(Bags.unmarked(300, 1), "-epochs 40 -learning-rate 0.01 " + options);

        assertThat(Sequences.accuracy(network, Bags.unmarked(200, 2))).isGreaterThan(90);
    }

    @Test
    void readsTheOrderOfStepsWhereItMatters() throws Exception {
        Instances test = Bags.unmarked(300, 2);
        GatedNetwork network = trained(Bags.unmarked(300, 1), "-epochs 40 -learning-rate 0.01");

        assertThat(Sequences.accuracy(network, test)).isGreaterThan(90);
        assertThat(Sequences.accuracy(network, Bags.shuffled(test, 1))).isBetween(35.0, 65.0);
    }

    @Test
    void losesNothingByRandomOrderWhereTheOrderDoesNotMatter() throws Exception {
        String options = "-epochs 40 -learning-rate 0.01";
        Instances table = Bags.peaks(300, 1);
        Instances test = Bags.peaks(300, 2);

        double ordered = Sequences.accuracy(trained(table, options), test);
        double shuffled = Sequences.accuracy(trained(Bags.shuffled(table, 1), options), Bags.shuffled(test, 2));

        // The standard error of a difference of two percentages near 95 over 300 rows is 1.8.
        assertThat(ordered).isGreaterThan(90);
        assertThat(shuffled).isCloseTo(ordered, within(4.0));
    }

    @Test
    void readsLabelsAndOrdinaryAttributesBesideTheBag() throws Exception {
        Instances table = Bags.unmarked(300, 1);
        for (Instance row : table) {
            row.setClassValue(row.value(0) > 0 ? 1 : 0);
        }
        Instances marked = Bags.order(300, 1);
        for (Instance row : marked) {
            row.relationalValue(1).forEach(step -> step.setValue(0, 0));
        }

        assertThat(Sequences.accuracy(trained(table, "-epochs 40 -learning-rate 0.01"), table))
                .isGreaterThan(90);
        assertThat(Sequences.accuracy(trained(marked, "-epochs 40 -learning-rate 0.01"), marked))
                .isGreaterThan(90);
    }

    @ParameterizedTest
    @CsvSource({"CONVOLUTION,false", "CONVOLUTION,true", "RECURRENT,true", "ATTENTION,true"})
    void paddingChangesNothing(String kind, boolean bidirectional) throws Exception {
        Instances table = Bags.order(60, 1);
        GatedNetwork network = trained(table, "-sequence " + kind + (bidirectional ? " -bidirectional" : ""));
        double[][] padded = network.distributionsForInstances(table);

        for (int i = 0; i < table.size(); i++) {
            assertThat(network.distributionForInstance(table.get(i))).containsExactly(padded[i], within(1e-5));
        }
    }

    @Test
    void missingValuesAndMissingBagsAreTaken() throws Exception {
        Instances table = Bags.order(60, 1);
        table.get(0).setMissing(1);
        table.get(1).relationalValue(1).get(0).setMissing(0);
        table.get(2).relationalValue(1).get(1).setMissing(1);
        table.get(3).setMissing(0);

        GatedNetwork network = trained(table, "");

        for (int i = 0; i < 4; i++) {
            assertThat(Utils.sum(network.distributionForInstance(table.get(i)))).isCloseTo(1, within(1e-9));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"CONVOLUTION", "RECURRENT", "ATTENTION"})
    void aSavedModelPredictsTheSameAndHoldsNoTrainingRow(String kind, @TempDir Path folder) throws Exception {
        Instances table = Bags.order(1000, 1);
        GatedNetwork network = trained(table, "-epochs 1 -sequence " + kind);
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        SerializationHelper.write(file, network);

        GatedNetwork loaded = (GatedNetwork) SerializationHelper.read(new ByteArrayInputStream(file.toByteArray()));

        assertThat(loaded.distributionsForInstances(table)).isDeepEqualTo(network.distributionsForInstances(table));
        assertThat(loaded).hasToString(network.toString());
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        SerializationHelper.write(data, table);
        // The rows of the depth report, at most 500, are not there either: it has been measured.
        assertThat(file.size()).isLessThan(data.size());
        File zip = folder.resolve("net.zip").toFile();
        loaded.export(zip);
        assertThat(ModelSerializer.restoreComputationGraph(zip).numParams()).isPositive();
    }

    @Test
    void stopsWithinASecondOfAnInterrupt() throws Exception {
        Instances table = Bags.order(2000, 1);
        GatedNetwork network = Tables.quick("-epochs", "1000");
        AtomicReference<Exception> failure = new AtomicReference<>();
        Thread training = new Thread(() -> {
            try {
                network.buildClassifier(table);
            } catch (Exception e) {
                failure.set(e);
            }
        });
        training.start();
        TimeUnit.SECONDS.sleep(2);

        training.interrupt();
        training.join(1000);

        assertThat(training.isAlive()).isFalse();
        assertThat(failure.get()).isInstanceOf(InterruptedException.class);
    }

    @Test
    void theNameOfABagInMultiInstanceDataIsNotRead() throws Exception {
        Instances bags = Bags.order(40, 1);
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            names.add("bag" + i);
        }
        Instances table = new Instances(
                "multi-instance",
                new ArrayList<>(List.of(
                        new Attribute("name", names),
                        new Attribute("bag", bags.attribute(1).relation()),
                        new Attribute("class", List.of("down", "up")))),
                0);
        table.setClassIndex(2);
        for (int i = 0; i < 40; i++) {
            int bag = table.attribute(1).addRelation(bags.get(i).relationalValue(1));
            table.add(new DenseInstance(1, new double[] {i, bag, bags.get(i).classValue()}));
        }
        GatedNetwork network = trained(table, "");
        double[] before = network.distributionForInstance(table.get(3));

        table.get(3).setValue(0, 5);

        assertThat(network.distributionForInstance(table.get(3))).isEqualTo(before);
        assertThat(network.toString()).containsPattern("Network: +4 inputs,");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-heads 3 -sequence ATTENTION | Option -heads must divide the width of 8 units, but 3 was given: choose"
                        + " another, or a -width.",
                "-heads 2 | Option -heads is for -sequence ATTENTION, but 2 was given with AUTO: leave it out,"
                        + " or choose ATTENTION.",
                "-kernel 5 -sequence RECURRENT | Option -kernel is for -sequence CONVOLUTION, but 5 was given with"
                        + " RECURRENT: leave it out, or choose CONVOLUTION.",
                "-connection DENSE -sequence RECURRENT | Option -sequence RECURRENT has the connection HIGHWAY, but"
                        + " -connection DENSE was given: leave it out, or choose another -sequence.",
                "-mixup 0.2 | Option -mixup must be 0 or auto for a table with sequences, which have no values between"
                        + " them, but 0.2 was given.",
                "-aux-steps 1-2 | Option -aux-steps must leave at least one attribute of the steps as an input, but"
                        + " '1-2' names all 2: name fewer."
            })
    void refusesWhatNothingWouldHonour(String options, String sentence) throws Exception {
        assertThatThrownBy(() -> trained(Bags.order(20, 1), options)).hasMessage(sentence);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-sequence RECURRENT", "-kernel 3", "-heads 2", "-bidirectional"})
    void refusesOptionsOfSequencesForATableWithoutOne(String option) {
        assertThatThrownBy(() -> trained(Tables.signs(20, 1), option))
                .message()
                .startsWith("Option " + option.replaceAll(" .*", "") + " is for sequences, but ")
                .contains("without a relational or string attribute");
    }

    @Test
    void refusesAnEmptyBagInTrainingAndPrediction() throws Exception {
        String sentence = "The bag 'bag' of a row is empty: give it at least one step, or mark it as missing.";
        Instances table = Bags.order(20, 1);
        GatedNetwork network = trained(table, "");
        Bags.add(table, 0, new double[0][], 0);

        assertThatThrownBy(() -> network.distributionForInstance(table.get(20))).hasMessage(sentence);
        assertThatThrownBy(() -> trained(table, "")).hasMessage(sentence);
    }

    @Test
    void refusesTwoRelationalAttributes() {
        Instances steps = Bags.empty().attribute(1).relation();
        Instances table = new Instances(
                "two",
                new ArrayList<>(List.of(
                        new Attribute("one", steps),
                        new Attribute("other", steps),
                        new Attribute("class", List.of("down", "up")))),
                0);
        table.setClassIndex(2);
        table.add(new DenseInstance(1, new double[] {
            table.attribute(0).addRelation(steps), table.attribute(1).addRelation(steps), 0
        }));

        assertThatThrownBy(() -> trained(table, ""))
                .hasMessage("A table may have one relational attribute, but 'one' and 'other' are given: remove all but"
                        + " one.");
    }

    @Test
    void refusesABagOfAnotherHeader() throws Exception {
        GatedNetwork network = trained(Bags.order(20, 1), "");
        Instances other = new Instances("steps", new ArrayList<>(List.of(new Attribute("y"), new Attribute("z"))), 0);
        Instances table = new Instances(
                "bags",
                new ArrayList<>(List.of(
                        new Attribute("offset"),
                        new Attribute("bag", other),
                        new Attribute("class", List.of("down", "up")))),
                0);
        table.setClassIndex(2);
        table.add(new DenseInstance(1, new double[] {0, table.attribute(1).addRelation(other), 0}));

        assertThatThrownBy(() -> network.distributionForInstance(table.get(0)))
                .hasMessageStartingWith(
                        "The rows do not have the attributes of the training data (attribute 2 'bag' has"
                                + " steps of other attributes: attribute 1 is 'y' and not 'x'): ");
    }

    @Test
    void refusesARowWithoutItsTable() throws Exception {
        GatedNetwork network = trained(Bags.order(20, 1), "");

        assertThatThrownBy(() -> network.distributionForInstance(new DenseInstance(1, new double[] {0, 0, 0})))
                .hasMessage("A row belongs to no table, which holds the text or bag 'bag' of its rows: add the row to a"
                        + " table with setDataset(..) first.");
    }
}
