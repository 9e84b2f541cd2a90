package weka.classifiers.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.gatedepth.report.DepthReport;
import org.gatedepth.report.input.InputImportance;
import org.gatedepth.weka.host.ChangedOptions;
import org.gatedepth.weka.model.ReportProperty;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import weka.classifiers.AbstractClassifier;
import weka.core.Attribute;
import weka.core.DenseInstance;
import weka.core.Instance;
import weka.core.Instances;
import weka.core.SerializationHelper;
import weka.core.SerializedObject;
import weka.core.Utils;

/** The depth report of the classifier, and the file of {@code -report}. */
class GatedNetworkReportTest {

    private static final String[] IRIS = {
        "-t", "examples/data/iris.arff", "-no-cv", "-depth", "2", "-width", "8", "-epochs", "2", "-weight-decay", "0.1"
    };

    @TempDir
    private Path folder;

    private static GatedNetwork built(Instances table, String... options) throws Exception {
        GatedNetwork network = Tables.quick(options);
        network.buildClassifier(table);
        return network;
    }

    private static CommandLineOutput run(String[] options, String... more) {
        return CommandLineOutput.of(
                Stream.concat(Stream.of(options), Stream.of(more)).toArray(String[]::new));
    }

    private static String last(List<String> sentences) {
        return sentences.get(sentences.size() - 1);
    }

    private List<String> files() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void isTheEndOfTheDescription() throws Exception {
        GatedNetwork network = built(Tables.signs(40, 1));

        assertThat(network.toString())
                .contains("\nOptions: ")
                .endsWith("\n\n" + network.depthReport().toText());
    }

    @ParameterizedTest
    @ValueSource(strings = {"-number-embedding NONE", "-number-embedding PIECES", "-scaling QUANTILE -aux-every 1"})
    void namesTheAttributeOnWhichThePredictionsDepend(String options) throws Exception {
        Instances table = Tables.plane(200, 1);
        for (Instance row : table) {
            row.setClassValue(row.value(1));
        }
        GatedNetwork network = built(table, Utils.splitOptions("-epochs 30 " + options));

        List<InputImportance> inputs = network.depthReport().inputs();

        assertThat(inputs).extracting(InputImportance::input).containsExactly("b", "a");
        assertThat(inputs.get(0).changed())
                .isGreaterThan(1)
                .isGreaterThan(20 * inputs.get(1).changed());
        assertThat(network.toString()).contains("The predictions depend most on b: ");
    }

    @Test
    void countsAllColumnsOfAnAttributeAsOneInput() throws Exception {
        Instances table = Tables.example("labor");

        assertThat(built(table).depthReport().inputs())
                .extracting(InputImportance::input)
                .doesNotHaveDuplicates()
                .contains("duration", "pension")
                .doesNotContain("class");
        assertThat(built(table, "-embed-from", "3").depthReport().inputs())
                .extracting(InputImportance::input)
                .contains("pension");
    }

    @Test
    void hasASequenceAsOneInputBesideTheOtherAttributes() throws Exception {
        Instances table = Bags.order(60, 1);

        assertThat(built(table, "-epochs", "2").depthReport().inputs())
                .extracting(InputImportance::input)
                .containsExactlyInAnyOrder(
                        table.attribute(0).name(), table.attribute(1).name());
    }

    @Test
    void hasNoInputsWhereThereAreVeryMany() throws Exception {
        ArrayList<Attribute> attributes = new ArrayList<>();
        for (int a = 0; a < 201; a++) {
            attributes.add(new Attribute("a" + a));
        }
        attributes.add(new Attribute("class", List.of("no", "yes")));
        Instances table = new Instances("wide", attributes, 0);
        table.setClassIndex(201);
        Random random = new Random(1);
        for (int i = 0; i < 20; i++) {
            double[] values = random.doubles(202).toArray();
            values[201] = i % 2;
            table.add(new DenseInstance(1, values));
        }

        assertThat(built(table).depthReport().inputs()).isEmpty();
    }

    @Test
    void hasTheTableTheClassifierAndTheDateAsItsTitle() throws Exception {
        Instances table = Tables.signs(40, 1);
        GatedNetwork network = built(table, "-depth", "3", "-aux-every", "1");
        String title = table.relationName() + ", GatedNetwork " + ChangedOptions.line(network) + ", ";

        assertThat(ChangedOptions.line(network)).contains("-depth 3", "-aux-every 1");
        assertThat(network.depthReport().network()).matches(Pattern.quote(title) + "\\d{4}-\\d\\d-\\d\\d");
        assertThat(network.depthReport().toHtml()).contains("<title>Depth report: " + title);
        assertThat(((GatedNetwork) new SerializedObject(network).getObject())
                        .depthReport()
                        .network())
                .isEqualTo(network.depthReport().network());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-aux-every 2", "-aux-every 1 -connection DENSE", "-connection WEIGHTED"})
    void callsABlockByItsNumberAsTheGraphDoes(String options) throws Exception {
        GatedNetwork network = built(Tables.signs(40, 1), Utils.splitOptions("-depth 12 " + options));
        DepthReport report = network.depthReport();

        assertThat(report.chains().get(0).blocks())
                .hasSize(12)
                .startsWith("block 1", "block 2")
                .endsWith("block 12")
                .allSatisfy(block -> assertThat(network.graph()).contains("<NAME>" + block + "</NAME>"));
        for (String form : List.of(report.toText(), report.toHtml(), report.toJson(), network.toString())) {
            assertThat(form).contains("block 12").doesNotContainPattern("block block|[Ss]tack\\d*(/| \\.\\.|:)");
        }
    }

    @Test
    void saysThatItWasMeasuredOnTrainingRows() throws Exception {
        DepthReport report = built(Tables.signs(600, 1)).depthReport();

        assertThat(report.examples()).isEqualTo(500);
        assertThat(last(report.verdict())).isEqualTo("Measured on 500 of 600 training rows.");
    }

    @Test
    void saysThatItWasMeasuredOnHeldOutRows() throws Exception {
        GatedNetwork network = built(Tables.signs(50, 1), "-validation", "20");

        assertThat(network.depthReport().examples()).isEqualTo(10);
        assertThat(network.toString()).contains("Measured on all 10 held-out rows.");
    }

    @Test
    void advisesInOptionsOfTheClassifier() throws Exception {
        DepthReport report =
                built(Tables.signs(120, 1), "-depth", "12", "-gate-bias", "-20").depthReport();

        assertThat(report.advice())
                .hasSize(2)
                .satisfies(
                        gates -> assertThat(gates)
                                .startsWith("Try -gate-bias auto (in windows transformGateBias): the gates started at a"
                                        + " bias of -20.0, where -2.48 fits 12 blocks"),
                        org.assertj.core.api.Assertions.atIndex(0))
                .satisfies(
                        validation -> assertThat(validation).contains("-validation 20"),
                        org.assertj.core.api.Assertions.atIndex(1));
        assertThat(report.toHtml()).contains("What to do</h2>", "<li>Try -gate-bias auto ");
    }

    @Test
    void knowsTheLossesOfEveryEpochAlsoOfATrainingThatWasResumed() throws Exception {
        Instances table = Tables.signs(120, 1);
        GatedNetwork network = built(table, "-validation", "20", "-resume", "-patience", "0", "-epochs", "3");
        List<Double> before = network.depthReport().losses().validation();
        network.initializeClassifier(table);
        while (network.next()) {
            // One epoch a turn.
        }
        network.done();

        assertThat(before).hasSize(3);
        assertThat(network.depthReport().losses().validation()).hasSize(6).startsWith(before.toArray(new Double[0]));
        assertThat(network.depthReport().losses().training()).hasSize(6);
    }

    @Test
    void isThereWithHeadsWhoseLabelsAreMissingInSomeRows() throws Exception {
        Instances table = Tables.related(60, 1);
        for (int i = 0; i < 60; i += 3) {
            table.get(i).setMissing(3);
        }

        assertThat(built(table, "-aux-every", "1", "-aux-attributes", "2,4")
                        .depthReport()
                        .examples())
                .isEqualTo(60);
    }

    @Test
    void isThereForANumericClass() throws Exception {
        assertThat(built(Tables.plane(40, 1)).depthReport().examples()).isEqualTo(40);
    }

    @Test
    void asksForAModel() {
        assertThatThrownBy(() -> new GatedNetwork().depthReport())
                .hasMessage("No model built yet: train the network before its depth is measured.");
    }

    @Test
    void changesNoPrediction() throws Exception {
        Instances table = Tables.signs(40, 1);
        GatedNetwork network = built(table);
        double[][] before = network.distributionsForInstances(table);

        network.depthReport();

        assertThat(network.distributionsForInstances(table)).isDeepEqualTo(before);
    }

    @Test
    void isInACopyInMemory() throws Exception {
        GatedNetwork network = built(Tables.signs(40, 1));
        GatedNetwork copy = (GatedNetwork) AbstractClassifier.makeCopy(network);

        assertThat(copy.depthReport()).isSameAs(network.depthReport());
    }

    @Test
    void isInTheModelFileInsteadOfRows() throws Exception {
        Path file = folder.resolve("network.model");
        GatedNetwork network = built(Tables.signs(40, 1));
        SerializationHelper.write(file.toString(), network);

        GatedNetwork loaded = (GatedNetwork) SerializationHelper.read(file.toString());

        assertThat(loaded.depthReport()).isEqualTo(network.depthReport());
        assertThat(Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1))
                .doesNotContain("DenseInstance");
    }

    @Test
    void isInTheGraph() throws Exception {
        GatedNetwork network = built(Tables.signs(40, 1));

        assertThat(ReportProperty.read(network.graph())).isEqualTo(network.depthReport());
    }

    @Test
    void effectiveDepthIsAMeasure() throws Exception {
        GatedNetwork network = built(Tables.signs(40, 1));

        assertThat(network.getMeasure("measureEffectiveDepth"))
                .isEqualTo(network.depthReport().chains().get(0).now().effectiveDepth());
        assertThat(new GatedNetwork().getMeasure("measureEffectiveDepth")).isNaN();
    }

    @Test
    void importanceOfEachInputIsAMeasureOfATrainedNetwork() throws Exception {
        GatedNetwork network = new GatedNetwork();
        assertThat(Collections.list(network.enumerateMeasures())).noneMatch(name -> name.contains("Importance"));
        assertThat(network.getMeasure("measureImportance:a")).isNaN();
        Instances table = Tables.signs(200, 1);
        network = built(table);

        List<String> names = Collections.list(network.enumerateMeasures());

        double loss = network.depthReport().lesions().intact().loss();
        for (InputImportance input : network.depthReport().inputs()) {
            assertThat(names).contains("measureImportance:" + input.input());
            assertThat(network.getMeasure("MEASUREIMPORTANCE:" + input.input())).isEqualTo(input.loss() - loss);
        }
        assertThat(names.stream().filter(name -> name.contains("Importance"))).hasSize(table.numAttributes() - 1);
    }

    @Test
    void importanceOfAnInputThatIsNotThereIsOneSentence() throws Exception {
        GatedNetwork network = built(Tables.signs(40, 1));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> network.getMeasure("measureImportance:other"))
                .withMessageStartingWith(
                        "There is no measure 'measureImportance:other': choose one of [measureBlocks,");
    }

    @Test
    void theCommandLineWritesIt() throws Exception {
        Path page = folder.resolve("depth.html");

        CommandLineOutput output = run(IRIS, "-report", page.toString());

        assertThat(output.error()).isEmpty();
        assertThat(page)
                .content()
                .contains("<html", "Measured on all 150 training rows, with the first of the 8 members.");
        assertThat(files()).containsExactly("depth.html");
    }

    @Test
    void theCommandLineWritesThatOfAModelFile() throws Exception {
        Path model = folder.resolve("iris.model");
        Path first = folder.resolve("first.html");
        Path second = folder.resolve("second.html");
        assertThat(run(IRIS, "-d", model.toString(), "-report", first.toString())
                        .error())
                .isEmpty();

        CommandLineOutput output = CommandLineOutput.of("-l", model.toString(), "-report", second.toString());

        assertThat(output.error()).isEmpty();
        assertThat(second).hasSameTextualContentAs(first);
    }

    @Test
    void theCommandLineRefusesAnotherEndingBeforeItTrains() throws Exception {
        CommandLineOutput output =
                run(IRIS, "-report", folder.resolve("depth.txt").toString());

        assertThat(output.success()).isFalse();
        assertThat(output.output()).isEmpty();
        assertThat(output.error().strip())
                .isEqualTo("Option -report must be a file whose name ends with .html, but '"
                        + folder.resolve("depth.txt") + "' was given.");
    }

    @Test
    void theHelpNamesIt() {
        assertThat(CommandLineOutput.of("-h").error())
                .contains(
                        "-no-predictions", "-export <name of zip file>", "-report <name of HTML file>", "-depth <int>");
    }
}
