package weka.classifiers.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import weka.core.Utils;

class GatedNetworkCommandLineTest {

    private static final String IRIS = "examples/data/iris.arff";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-depth 0           | -depth must be a whole number of at least 1, but 0 was given.",
                "-dropout 1.5       | -dropout must be at least 0 and below 1, but 1.5 was given.",
                "-connection FOO    | -connection must be one of ",
                "-activation FOO    | -activation must be one of ",
                "-learning-rate abc | -learning-rate must be a number, but ",
                "-dept 3            | Illegal options: -dept 3",
                "-activation RRELU  | Option -activation must be one of",
                "-width 100000000   | choose a smaller depth or width",
                "-depth 1000000     | depth must be from 1 to 10000"
            })
    void answersBadOptionWithOneLine(String options, String sentence) throws Exception {
        CommandLineOutput output = CommandLineOutput.of(Utils.splitOptions("-t " + IRIS + " " + options));

        assertThat(output.success()).isFalse();
        assertThat(output.output()).isEmpty();
        assertThat(output.error().lines()).singleElement().asString().contains(sentence);
    }

    @Test
    void answersTableThatDoesNotFitWithOneLine(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("text.arff");
        Files.writeString(file, "@relation r\n@attribute a {p,q}\n@attribute c string\n@data\np,one\nq,two\n");

        CommandLineOutput output = CommandLineOutput.of("-t", file.toString());

        assertThat(output.error())
                .isEqualToIgnoringNewLines("weka.classifiers.functions.GatedNetwork: Cannot handle string class!");
    }

    @Test
    void answersMissingFilesWithOneLine() {
        assertThat(CommandLineOutput.of("-t", "nowhere.arff").error())
                .isEqualToIgnoringNewLines("Can't open file nowhere.arff.");
        assertThat(CommandLineOutput.of("-l", "nowhere.model", "-T", IRIS).error())
                .isEqualToIgnoringNewLines("The model file nowhere.model cannot be opened: check its path.");
    }

    @Test
    void trainsOnlyAModelOnThatWasBuiltForIt(@TempDir Path folder) throws Exception {
        String model = folder.resolve("iris.model").toString();
        String build = "-no-cv -depth 2 -epochs 1 -t " + IRIS + " -d ";
        String trainOn = "-depth 2 -epochs 1 -continue-iterating -t " + IRIS + " -T " + IRIS + " -l " + model + " -d ";

        assertThat(CommandLineOutput.of(Utils.splitOptions(build + model)).success())
                .isTrue();
        byte[] built = Files.readAllBytes(Path.of(model));
        assertThat(CommandLineOutput.of(Utils.splitOptions(trainOn + model)).error())
                .isEqualToIgnoringNewLines("The network in " + model + " cannot train on, since it was built without"
                        + " -resume: build it once more with -resume.");
        assertThat(Files.readAllBytes(Path.of(model))).isEqualTo(built);

        CommandLineOutput.of(Utils.splitOptions("-resume " + build + model));
        assertThat(CommandLineOutput.of(Utils.splitOptions(trainOn + model)).success())
                .isTrue();
    }

    @Test
    void listsOptionsOnRequest() {
        CommandLineOutput output = CommandLineOutput.of("-h");

        assertThat(output.error()).contains("General options:", "-gate-bias <number or auto>", "(default HIGHWAY)");
    }

    @Test
    void evaluates() {
        CommandLineOutput output =
                CommandLineOutput.of("-t", IRIS, "-x", "2", "-depth", "2", "-width", "8", "-epochs", "2");

        assertThat(output.error()).isEmpty();
        assertThat(output.output()).contains("=== Stratified cross-validation ===");
    }
}
