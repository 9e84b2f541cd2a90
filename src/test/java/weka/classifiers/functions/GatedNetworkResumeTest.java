package weka.classifiers.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.gatedepth.weka.options.AuxiliarySettings;
import org.gatedepth.weka.sequence.SequenceSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import weka.classifiers.IterativeClassifier;
import weka.classifiers.meta.FilteredClassifier;
import weka.classifiers.meta.IterativeClassifierOptimizer;
import weka.core.Instances;
import weka.core.OptionMetadata;
import weka.core.SerializationHelper;
import weka.core.Utils;
import weka.filters.unsupervised.attribute.Normalize;

/** Training that goes on where it ended. */
class GatedNetworkResumeTest {

    @TempDir
    private static Path common;

    private static final String MANY =
            "-validation 20 -patience 0 -dropout 0.3 -aux-every 1 -aux-attributes 2,4 -mini-batch 16";

    private final Instances table = weighted();

    /** Rows with auxiliary attributes, of which some weigh more. */
    private static Instances weighted() {
        Instances table = Tables.related(60, 1);
        for (int i = 0; i < table.size(); i += 5) {
            table.get(i).setWeight(3);
        }
        return table;
    }

    private static GatedNetwork network(int epochs, String options) throws Exception {
        return Tables.quick(Utils.splitOptions("-resume -epochs " + epochs + " " + options));
    }

    private static GatedNetwork built(int epochs, String options, Instances table) throws Exception {
        GatedNetwork network = network(epochs, options);
        network.buildClassifier(table);
        return network;
    }

    private static void goOn(IterativeClassifier network, Instances table) throws Exception {
        network.initializeClassifier(table);
        while (network.next()) {
            // One epoch a turn.
        }
        network.done();
    }

    private static byte[] serialised(Object model) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        SerializationHelper.write(out, model);
        return out.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-connection DENSE -mini-batch 7",
                "-validation 20 -patience 0",
                "-dropout 0.3",
                "-aux-every 1",
                "-aux-attributes 2,4",
                MANY
            })
    void tenEpochsAreFiveAndFive(String options) throws Exception {
        GatedNetwork twice = built(5, options, table);

        goOn(twice, table);

        assertThat(twice.distributionsForInstances(table))
                .isDeepEqualTo(built(10, options, table).distributionsForInstances(table));
    }

    @Test
    void tenEpochsAreFiveAndFiveWithoutWeights() throws Exception {
        Instances equal = Tables.signs(50, 1);
        GatedNetwork twice = built(5, "", equal);

        goOn(twice, equal);

        assertThat(twice.distributionsForInstances(equal))
                .isDeepEqualTo(built(10, "", equal).distributionsForInstances(equal));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", MANY})
    void tenEpochsAreFiveAndFiveThroughAModelFile(String options, @TempDir Path folder) throws Exception {
        String file = folder.resolve("half.model").toString();
        SerializationHelper.write(file, built(5, options, table));
        GatedNetwork loaded = (GatedNetwork) SerializationHelper.read(file);

        goOn(loaded, table);

        assertThat(loaded.distributionsForInstances(table))
                .isDeepEqualTo(built(10, options, table).distributionsForInstances(table));
    }

    @Test
    void dividesTheScoresByTheTemperatureOnce() throws Exception {
        GatedNetwork network = built(20, "-number-embedding AUTO", table);
        String temperature = temperature(network);
        double[][] before = network.distributionsForInstances(table);
        network.setEpochs(1);
        network.setLearningRate(1e-9);

        goOn(network, table);

        assertThat(temperature(network)).isEqualTo(temperature);
        double[][] after = network.distributionsForInstances(table);
        for (int row = 0; row < before.length; row++) {
            assertThat(after[row]).as("row %d", row).containsExactly(before[row], within(1e-4));
        }
    }

    /** The line of a model's description; not that of a temperature of 1. */
    private static String temperature(GatedNetwork network) {
        return network.toString()
                .lines()
                .filter(line -> line.startsWith("Temperature:"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void tenEpochsAreFiveTimesTwo() throws Exception {
        GatedNetwork network = built(2, MANY, table);

        for (int more = 0; more < 4; more++) {
            goOn(network, table);
        }

        assertThat(network.distributionsForInstances(table))
                .isDeepEqualTo(built(10, MANY, table).distributionsForInstances(table));
    }

    @Test
    void goingOnChangesTheModel() throws Exception {
        GatedNetwork network = built(5, "", table);
        double[][] before = network.distributionsForInstances(table);

        goOn(network, table);

        assertThat(network.distributionsForInstances(table)[0]).isNotEqualTo(before[0]);
    }

    @Test
    void leavesACopyOfTheClassifierAsItWas() throws Exception {
        GatedNetwork network = built(5, "", table);
        GatedNetwork copy = (GatedNetwork) GatedNetwork.makeCopy(network);
        double[][] before = copy.distributionsForInstances(table);

        goOn(network, table);

        assertThat(copy.distributionsForInstances(table)).isDeepEqualTo(before);
    }

    @Test
    void predictsAsBeforeUntilDone() throws Exception {
        GatedNetwork network = built(5, "", table);
        double[][] before = network.distributionsForInstances(table);

        network.initializeClassifier(table);
        network.next();

        assertThat(network.distributionsForInstances(table)).isDeepEqualTo(before);
    }

    @Test
    void aNewNetworkPredictsBetweenItsEpochs() throws Exception {
        GatedNetwork network = network(3, "");

        network.initializeClassifier(table);
        network.next();

        assertThat(network.distributionsForInstances(table)).hasNumberOfRows(table.size());
    }

    @Test
    void buildsAnewEvenThoughItCouldGoOn() throws Exception {
        GatedNetwork network = built(5, "", table);
        double[][] once = network.distributionsForInstances(table);

        network.buildClassifier(table);

        assertThat(network.distributionsForInstances(table)).isDeepEqualTo(once);
    }

    @Test
    void withoutTheOptionItBeginsAnew() throws Exception {
        GatedNetwork network = Tables.quick();
        network.buildClassifier(table);
        double[][] once = network.distributionsForInstances(table);

        goOn(network, table);

        assertThat(network.distributionsForInstances(table)).isDeepEqualTo(once);
    }

    // This is what "Clean up model" in the Explorer's popup does.
    @Test
    void cleaningUpDropsWhatIsNeededToGoOn() throws Exception {
        GatedNetwork network = built(2, "", table);
        int before = serialised(network).length;
        double[][] predictions = network.distributionsForInstances(table);

        network.setResume(false);
        network.done();

        assertThat(serialised(network)).hasSizeLessThan(before - 5000);
        assertThat(network.distributionsForInstances(table)).isDeepEqualTo(predictions);
    }

    @Test
    void afterCleaningUpTrainingBeginsAnew() throws Exception {
        GatedNetwork network = built(5, "", table);
        double[][] once = network.distributionsForInstances(table);
        network.setResume(false);
        network.done();
        network.setResume(true);

        goOn(network, table);

        assertThat(network.distributionsForInstances(table)).isDeepEqualTo(once);
    }

    @Test
    void aStopLeavesTheModelAsItWas() throws Exception {
        GatedNetwork network = built(5, "", table);
        double[][] before = network.distributionsForInstances(table);
        network.initializeClassifier(table);
        network.next();

        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(network::next)
                    .isInstanceOf(InterruptedException.class)
                    .hasMessage("Training was stopped in epoch 7; the model is as it was before.");
        } finally {
            Thread.interrupted();
        }

        assertThat(network.distributionsForInstances(table)).isDeepEqualTo(before);
    }

    @Test
    void aStopBeforeTheFirstEpochLeavesTheModelAsItWas() throws Exception {
        GatedNetwork network = built(5, "", table);
        double[][] before = network.distributionsForInstances(table);

        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> network.initializeClassifier(table))
                    .isInstanceOf(InterruptedException.class)
                    .hasMessage("Training was stopped before its first epoch; the model is as it was before.");
        } finally {
            Thread.interrupted();
        }

        assertThat(network.distributionsForInstances(table)).isDeepEqualTo(before);
    }

    @Test
    void goesOnAfterAStopAsIfThereHadBeenNone() throws Exception {
        GatedNetwork network = built(5, "", table);
        network.initializeClassifier(table);
        network.next();
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(network::next).isInstanceOf(InterruptedException.class);
        } finally {
            Thread.interrupted();
        }

        goOn(network, table);

        assertThat(network.distributionsForInstances(table))
                .isDeepEqualTo(built(10, "", table).distributionsForInstances(table));
    }

    @Test
    void aRunThatDivergesLeavesTheModelAsItWas() throws Exception {
        Instances plane = Tables.plane(60, 1);
        GatedNetwork network = built(2, "", plane);
        double[][] before = network.distributionsForInstances(plane);
        network.setLearningRate(1e30);

        assertThatThrownBy(() -> goOn(network, plane)).hasMessageStartingWith("Training diverged in epoch ");

        assertThat(network.distributionsForInstances(plane)).isDeepEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-depth 3 | -depth must stay 2 | 3",
                "-width 9 | -width must stay 8 | 9",
                "-connection DENSE | -connection must stay HIGHWAY | DENSE",
                "-gate-bias -3 | -gate-bias must stay auto | -3.0",
                "-activation ELU | -activation must stay TANH | ELU",
                "-dropout 0.5 | -dropout must stay 0.0 | 0.5",
                "-weight-decay 0.5 | -weight-decay must stay 0.3 | 0.5",
                "-mixup auto | -mixup must stay 0.0 | auto",
                "-scaling ROBUST | -scaling must stay AUTO | ROBUST",
                "-embed-from 9 | -embed-from must stay 100 | 9",
                "-validation 20 | -validation must stay 0.0 | 20.0",
                "-S 2 | -S must stay 1 | 2",
                "-aux-every 1 | -aux-every must stay 0 | 1",
                "-aux-weight 0.5 | -aux-weight must stay 0.3 | 0.5",
                "-aux-attributes 2 | -aux-attributes must stay none | 2"
            })
    void refusesAnOptionThatIsBuiltIntoTheNetwork(String option, String rule, String given) throws Exception {
        GatedNetwork network = built(2, "", table);
        network.setOptions(Utils.splitOptions("-resume " + option));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> network.initializeClassifier(table))
                .withMessage("Option " + rule + " in a resumed training, but " + given
                        + " was given: set it back, or train a new network.");
    }

    /** A value of every option that it does not have in {@link #EVERY_OPTION}; the flag -resume has none. */
    private static final Map<String, String> OTHER = Map.ofEntries(
            Map.entry("depth", "4"),
            Map.entry("width", "9"),
            Map.entry("connection", "DENSE"),
            Map.entry("members", "0"),
            Map.entry("number-embedding", "PIECES"),
            Map.entry("gate-bias", "-3"),
            Map.entry("activation", "ELU"),
            Map.entry("dropout", "0.5"),
            Map.entry("weight-decay", "0.5"),
            Map.entry("mixup", "0.1"),
            Map.entry("learning-rate", "0.001"),
            Map.entry("epochs", "2"),
            Map.entry("mini-batch", "16"),
            Map.entry("validation", "30"),
            Map.entry("patience", "5"),
            Map.entry("aux-every", "2"),
            Map.entry("aux-weight", "0.5"),
            Map.entry("aux-decay", "LINEAR"),
            Map.entry("aux-attributes", "4"),
            Map.entry("aux-steps", "1"),
            Map.entry("aux-depth", "2"),
            Map.entry("sequence", "RECURRENT"),
            Map.entry("kernel", "5"),
            Map.entry("heads", "2"),
            Map.entry("time-series", "1-2"),
            Map.entry("tokenizer", "weka.core.tokenizers.AlphabeticTokenizer"),
            Map.entry("max-tokens", "50"),
            Map.entry("early-exit", "0.9"),
            Map.entry("scaling", "ROBUST"),
            Map.entry("embed-from", "9"),
            Map.entry("class-weights", "balanced"),
            Map.entry("threads", "2"),
            Map.entry("workers", "2"),
            Map.entry("S", "2"));

    private static final String EVERY_OPTION = "-depth 3 -aux-every 1 -aux-attributes 2 -validation 20";

    /** The options that a resumed training may have another value of. */
    private static final Set<String> FREE = Set.of(
            "learning-rate",
            "epochs",
            "mini-batch",
            "patience",
            "early-exit",
            "class-weights",
            "threads",
            "workers",
            "stream",
            "resume");

    static Stream<String> options() {
        return Stream.concat(
                Stream.of("S"),
                Stream.of(GatedNetwork.class, AuxiliarySettings.class, SequenceSettings.class)
                        .flatMap(options -> Arrays.stream(options.getMethods()))
                        .map(method -> method.getAnnotation(OptionMetadata.class))
                        .filter(Objects::nonNull)
                        .map(OptionMetadata::commandLineParamName));
    }

    // A new option fails here until it is refused, or declared free in NetworkOptions and listed above.
    @ParameterizedTest
    @MethodSource("options")
    void refusesEveryChangeOfAnOptionThatIsNotDeclaredFree(String option) throws Exception {
        GatedNetwork network = built(1, EVERY_OPTION, table);
        // Without -resume, which alone refuses -aux-decay; the model that was built with it can still be resumed.
        network.setResume(false);
        Files.writeString(stream(), table.toString());
        change(network, option);

        if (FREE.contains(option)) {
            network.initializeClassifier(option.equals("stream") ? new Instances(table, 0) : table);
            assertThat(network.next()).isTrue();
            network.done();
        } else {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> network.initializeClassifier(table))
                    .withMessageMatching("Option -" + option
                            + " must stay .+ in a resumed training, but .+ was given: set it back, or train a new"
                            + " network\\.");
        }
    }

    private static Path stream() {
        return common.resolve("rows.arff");
    }

    private static void change(GatedNetwork network, String option) throws Exception {
        List<String> options = new ArrayList<>(List.of(network.getOptions()));
        int position = options.indexOf("-" + option);
        if (Set.of("resume", "bidirectional").contains(option)) {
            options.add("-" + option);
        } else {
            String other = option.equals("stream") ? stream().toString() : OTHER.get(option);
            assertThat(other).as("another value of -" + option).isNotNull();
            // An option without a value is not among them.
            if (position < 0) {
                options.addAll(List.of("-" + option, other));
            } else {
                assertThat(options.set(position + 1, other)).isNotEqualTo(other);
            }
        }
        network.setOptions(options.toArray(String[]::new));
    }

    @Test
    void refusesAnotherPlaceOfAHead() throws Exception {
        GatedNetwork network = built(2, "-aux-attributes 2", table);
        network.getAuxiliary().setAuxDepth("2");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> network.initializeClassifier(table))
                .withMessageStartingWith("Option -aux-depth must stay auto in a resumed training, but 2 was given: ");
    }

    @Test
    void refusesRowsOfAnotherTable() throws Exception {
        GatedNetwork network = built(2, "", table);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> network.initializeClassifier(Tables.example("iris")))
                .withMessageStartingWith("The rows do not have the attributes of the training data (");
    }

    @Test
    void staysUsableAfterARefusal() throws Exception {
        GatedNetwork network = built(5, "", table);
        assertThatIllegalArgumentException().isThrownBy(() -> network.initializeClassifier(Tables.example("iris")));

        goOn(network, table);

        assertThat(network.distributionsForInstances(table))
                .isDeepEqualTo(built(10, "", table).distributionsForInstances(table));
    }

    @Test
    void wekasOptimizerChoosesTheNumberOfEpochs() throws Exception {
        IterativeClassifierOptimizer optimizer = new IterativeClassifierOptimizer();
        optimizer.setIterativeClassifier(network(4, "-learning-rate 0.05"));
        optimizer.setNumFolds(2);
        Instances table = Tables.signs(60, 1);

        optimizer.buildClassifier(table);

        assertThat(optimizer.toString()).containsPattern("Best number of iterations found: [1-4]\\b");
        assertThat(optimizer.distributionForInstance(table.get(0))).hasSize(2).doesNotContain(Double.NaN);
    }

    @Test
    void aFilteredClassifierPassesIterationThrough() throws Exception {
        Instances plain = Tables.signs(50, 1);
        FilteredClassifier twice = filtered(5);
        twice.buildClassifier(plain);
        FilteredClassifier once = filtered(10);
        once.buildClassifier(plain);

        goOn(twice, plain);

        assertThat(twice.distributionsForInstances(plain)).isDeepEqualTo(once.distributionsForInstances(plain));
    }

    private static FilteredClassifier filtered(int epochs) throws Exception {
        FilteredClassifier filtered = new FilteredClassifier();
        filtered.setFilter(new Normalize());
        filtered.setClassifier(network(epochs, ""));
        return filtered;
    }
}
