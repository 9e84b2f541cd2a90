package weka.classifiers.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.gatedepth.block.Connection;
import org.gatedepth.weka.host.ChangedOptions;
import org.gatedepth.weka.options.ActivationFunction;
import org.gatedepth.weka.options.AuxiliaryDecay;
import org.gatedepth.weka.options.AuxiliarySettings;
import org.gatedepth.weka.sequence.SequenceSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import weka.classifiers.AbstractClassifier;
import weka.core.CheckOptionHandler;
import weka.core.Option;
import weka.core.Utils;

class GatedNetworkOptionsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "-depth 0 | Option -depth must be a whole number of at least 1, but 0 was given.",
                "-depth abc | Option -depth must be a whole number, but 'abc' was given.",
                "-depth 2.5 | Option -depth must be a whole number, but '2.5' was given.",
                "-depth | Option -depth needs a value after it, and none was given.",
                "-width -1 | Option -width must be a whole number of at least 0 (0 chooses by the table), but -1 was"
                        + " given.",
                "-dropout 1.5 | Option -dropout must be at least 0 and below 1, but 1.5 was given.",
                "-dropout NaN | Option -dropout must be at least 0 and below 1, but NaN was given.",
                "-learning-rate abc | Option -learning-rate must be a number, but 'abc' was given.",
                "-learning-rate 0 | Option -learning-rate must be a finite number above 0, but 0.0 was given.",
                "-gate-bias low | Option -gate-bias must be a finite number or 'auto', but 'low' was given.",
                "-gate-bias NaN | Option -gate-bias must be a finite number or 'auto', but 'NaN' was given.",
                "-gate-bias Infinity | Option -gate-bias must be a finite number or 'auto', but Infinity was given.",
                "-weight-decay -1 | Option -weight-decay must be a finite number of at least 0 or 'auto', but -1.0 was"
                        + " given.",
                "-epochs -1 | Option -epochs must be a whole number of at least 0 (0 chooses by the rows), but -1 was"
                        + " given.",
                "-mixup 1.5 | Option -mixup must be a number from 0 to 1 or 'auto', but 1.5 was given.",
                "-mini-batch 0 | Option -mini-batch must be a whole number of at least 1, but 0 was given.",
                "-validation 100 | Option -validation must be a percentage from 0 to 90, but 100.0 was given.",
                "-patience -1 | Option -patience must be a whole number of at least 0 (0 never stops), but -1 was"
                        + " given.",
                "-aux-every -1 | Option -aux-every must be a whole number of at least 0 (0 makes no heads), but -1 was"
                        + " given.",
                "-aux-weight -1 | Option -aux-weight must be a finite number of at least 0, but -1.0 was given.",
                "-aux-weight NaN | Option -aux-weight must be a finite number of at least 0, but NaN was given.",
                "-aux-weight Infinity | Option -aux-weight must be a finite number of at least 0, but Infinity was"
                        + " given.",
                "-aux-decay SLOW | Option -aux-decay must be one of NONE, LINEAR, EXPONENTIAL, but 'SLOW' was given.",
                "-aux-attributes a | Option -aux-attributes must be a range of attributes such as 2,4-6 or"
                        + " first-3,last, but 'a' was given.",
                "-aux-attributes 1-2-3 | Option -aux-attributes must be a range of attributes such as 2,4-6 or"
                        + " first-3,last, but '1-2-3' was given.",
                "-aux-attributes 0 | Option -aux-attributes must be a range of attributes such as 2,4-6 or"
                        + " first-3,last, but '0' was given.",
                "-aux-attributes 1,,2 | Option -aux-attributes must be a range of attributes such as 2,4-6 or"
                        + " first-3,last, but '1,,2' was given.",
                "-time-series a | Option -time-series must be a range of attributes such as 2,4-6 or first-3,last, but"
                        + " 'a' was given.",
                "-time-series 1-3; | Option -time-series must be ranges of attributes separated by ';', one for each"
                        + " channel, but an empty one was given.",
                "-kernel 1 | Option -kernel must be a whole number of at least 2 (0 takes 3), but 1 was given.",
                "-heads -1 | Option -heads must be a whole number of at least 1 (0 takes what fits), but -1 was given.",
                "-max-tokens 0 | Option -max-tokens must be a whole number of at least 1, but 0 was given.",
                "-sequence LSTM | Option -sequence must be one of AUTO, CONVOLUTION, RECURRENT, ATTENTION, but 'LSTM'"
                        + " was given.",
                "-aux-depth deep | Option -aux-depth must be block numbers separated by commas, or 'auto', but 'deep'"
                        + " was given.",
                "-aux-depth 2, | Option -aux-depth must be block numbers separated by commas, or 'auto', but '2,' was"
                        + " given.",
                "-early-exit 1.5 | Option -early-exit must be a probability, at most 1 (0 never exits), but 1.5 was"
                        + " given.",
                "-early-exit NaN | Option -early-exit must be a probability, at most 1 (0 never exits), but NaN was"
                        + " given.",
                "-threads -1 | Option -threads must be a whole number of at least 0 (0 takes the fastest), but -1 was"
                        + " given.",
                "-threads two | Option -threads must be a whole number, but 'two' was given.",
                "-workers 0 | Option -workers must be a whole number of at least 1, but 0 was given.",
                "-workers 2 -threads 2 | Option -threads must be 0 or 1 with several -workers, each of which has one"
                        + " thread of native code, but 2 was given.",
                "-stream rows.txt | Option -stream must be an ARFF or CSV file, named .arff or .csv, with .gz after it"
                        + " if it is compressed, but rows.txt was given.",
                "-stream | Option -stream needs a value after it, and none was given.",
                "-S one | Option -S must be a whole number, but 'one' was given.",
                "-batch-size many | Option -batch-size must be a whole number, but 'many' was given."
            })
    void refusesBadValueWithOneSentence(String options, String sentence) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new GatedNetwork().setOptions(Utils.splitOptions(options)))
                .withMessage(sentence);
    }

    @Test
    void refusesUnknownActivationAndListsTheKnown() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new GatedNetwork().setOptions(new String[] {"-activation", "FOO"}))
                .withMessageStartingWith("Option -activation must be one of CUBE, ELU, ")
                .withMessageEndingWith(", but 'FOO' was given.");
    }

    @Test
    void refusesUnknownConnectionAndListsTheKnown() {
        String known = Stream.of(Connection.values()).map(Enum::name).collect(Collectors.joining(", "));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new GatedNetwork().setOptions(new String[] {"-connection", "X"}))
                .withMessage("Option -connection must be one of " + known + ", but 'X' was given.");
    }

    @Test
    void refusesUnknownOption() {
        assertThatThrownBy(() -> new GatedNetwork().setOptions(new String[] {"-dept", "3"}))
                .hasMessage("Illegal options: -dept 3 ");
    }

    @Test
    void refusesBadValueOfSetterWhenTrainingBegins() {
        GatedNetwork network = new GatedNetwork();
        network.setDepth(0);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> network.buildClassifier(Tables.signs(10, 1)))
                .withMessage("Option -depth must be a whole number of at least 1, but 0 was given.");
    }

    @Test
    void takesEveryOption() throws Exception {
        GatedNetwork network = new GatedNetwork();

        network.setOptions(Utils.splitOptions("-depth 3 -width 7 -connection RESIDUAL -gate-bias -2 -activation TANH"
                + " -dropout 0.25 -weight-decay 0.5 -mixup 0.75 -learning-rate 0.125 -epochs 4 -mini-batch 9"
                + " -validation 20 -patience 5 -aux-every 1 -aux-weight 0.5 -aux-decay linear -aux-attributes 2,4-last"
                + " -aux-depth 1,3 -early-exit 0.75 -threads 2 -S 42"));

        assertThat(network.getDepth()).isEqualTo(3);
        assertThat(network.getWidth()).isEqualTo(7);
        assertThat(network.getConnection()).isEqualTo(Connection.RESIDUAL);
        assertThat(network.getTransformGateBias()).isEqualTo("-2");
        assertThat(network.getActivation()).isEqualTo(ActivationFunction.TANH);
        assertThat(network.getDropout()).isEqualTo(0.25);
        assertThat(network.getWeightDecay()).isEqualTo("0.5");
        assertThat(network.getMixup()).isEqualTo("0.75");
        assertThat(network.getLearningRate()).isEqualTo(0.125);
        assertThat(network.getEpochs()).isEqualTo(4);
        assertThat(network.getMiniBatch()).isEqualTo(9);
        assertThat(network.getValidation()).isEqualTo(20);
        assertThat(network.getPatience()).isEqualTo(5);
        assertThat(network.getAuxiliary().getAuxEvery()).isEqualTo(1);
        assertThat(network.getAuxiliary().getAuxWeight()).isEqualTo(0.5);
        assertThat(network.getAuxiliary().getAuxDecay()).isEqualTo(AuxiliaryDecay.LINEAR);
        assertThat(network.getAuxiliary().getAuxAttributes()).isEqualTo("2,4-last");
        assertThat(network.getAuxiliary().getAuxDepth()).isEqualTo("1,3");
        assertThat(network.getAuxiliary().getEarlyExit()).isEqualTo(0.75);
        assertThat(network.getThreads()).isEqualTo(2);
        assertThat(network.getSeed()).isEqualTo(42);
    }

    @Test
    void writesOptionsThatItReadsBack() throws Exception {
        GatedNetwork network = new GatedNetwork();
        network.setOptions(Utils.splitOptions("-depth 3 -gate-bias -1.5 -connection DENSE -aux-every 2"
                + " -aux-decay EXPONENTIAL -aux-attributes 1 -S 7"));
        GatedNetwork other = new GatedNetwork();

        other.setOptions(network.getOptions());

        assertThat(other.getOptions()).isEqualTo(network.getOptions());
    }

    @Test
    void takesNamesInAnyCase() throws Exception {
        GatedNetwork network = new GatedNetwork();

        network.setOptions(new String[] {"-connection", "dense", "-activation", "Tanh"});

        assertThat(network.getConnection()).isEqualTo(Connection.DENSE);
        assertThat(network.getActivation()).isEqualTo(ActivationFunction.TANH);
    }

    @Test
    void takesGateBiasAutoAndNumbers() throws Exception {
        GatedNetwork network = new GatedNetwork();

        network.setOptions(new String[] {"-gate-bias", "AUTO"});
        network.setOptions(new String[] {"-gate-bias", "-3"});

        assertThat(network.getTransformGateBias()).isEqualTo("-3");
    }

    static Stream<Option> ownOptions() {
        return Stream.of(GatedNetwork.class, AuxiliarySettings.class, SequenceSettings.class)
                .flatMap(options -> Option.listOptionsForClass(options).stream());
    }

    // The tooltip of Weka's windows ends at the first full stop, that of a number included.
    @ParameterizedTest
    @MethodSource("ownOptions")
    void describesOptionInAShortSentenceAndWithItsDefault(Option option) throws Exception {
        String description = option.description().strip().replaceAll("\\s+", " ");
        String given = option.numArguments() == 0
                ? String.valueOf(Utils.getFlag(option.name(), new GatedNetwork().getOptions()))
                : Utils.getOption(option.name(), new GatedNetwork().getOptions());

        assertThat(description).matches("[^.]{20,140}\\.( .*\\.)?");
        Matcher stated = Pattern.compile("\\(default ([^ ]+)\\)\\.|The default is ([^ ]+)\\.$")
                .matcher(description);
        assertThat(stated.find()).isTrue();
        assertThat(stated.group(1) == null ? stated.group(2) : stated.group(1))
                .isIn(
                        given.isEmpty() ? "none" : given,
                        given.replaceAll("\\.0$", ""),
                        given.replaceAll("^weka\\.core\\.tokenizers\\.| .*$", ""));
    }

    @Test
    void listsEveryOptionOnce() {
        List<String> listed = Collections.list(new GatedNetwork().listOptions()).stream()
                .map(Option::name)
                .toList();

        assertThat(listed)
                .doesNotHaveDuplicates()
                .containsAll(ownOptions().map(Option::name).toList());
    }

    @Test
    void keepsTheAuxiliaryOptionsOfACopy() throws Exception {
        GatedNetwork network = new GatedNetwork();
        network.setOptions(Utils.splitOptions("-aux-every 2 -aux-attributes 1,3"));

        GatedNetwork copy = (GatedNetwork) AbstractClassifier.makeCopy(network);

        assertThat(copy.getAuxiliary())
                .isEqualTo(network.getAuxiliary())
                .hasSameHashCodeAs(network.getAuxiliary())
                .isNotEqualTo(new AuxiliarySettings());
        assertThat(copy.getAuxiliary().toDisplay()).isEqualTo("-aux-attributes 1,3 -aux-every 2");
        assertThat(new AuxiliarySettings().toDisplay()).isEqualTo("no auxiliary heads");
    }

    @Test
    void showsOnlyTheOptionsThatWereChanged() throws Exception {
        GatedNetwork network = new GatedNetwork();
        network.setOptions(Utils.splitOptions("-gate-bias -1.5 -depth 6 -resume -S 2 -output-debug-info"));

        assertThat(ChangedOptions.line(network)).isEqualTo("-S 2 -resume -gate-bias -1.5 -output-debug-info");
        assertThat(ChangedOptions.of(new GatedNetwork())).isEmpty();
    }

    static Stream<Option> optionsWithValue() {
        Stream<Option> ofWeka = Stream.of("S", "num-decimal-places", "batch-size")
                .map(name -> new Option("", name, 1, "-" + name + " <int>"));
        return Stream.concat(ownOptions().filter(option -> option.numArguments() > 0), ofWeka);
    }

    @ParameterizedTest
    @MethodSource("optionsWithValue")
    void refusesWhatIsNoValueOfTheOption(Option option) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new GatedNetwork().setOptions(new String[] {"-" + option.name(), "no value!"}))
                .withMessageMatching("Option -" + option.name() + " must be [^\n]+, but '?no value!'? was given\\.");
    }

    @ParameterizedTest
    @MethodSource("optionsWithValue")
    void refusesOptionWithoutItsValue(Option option) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new GatedNetwork().setOptions(new String[] {"-" + option.name()}))
                .withMessage("Option -" + option.name() + " needs a value after it, and none was given.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-depth 3 -depth 4", "-resume yes", "-S 1 -S 2", "3"})
    void refusesWhatIsLeftOver(String options) {
        assertThatThrownBy(() -> new GatedNetwork().setOptions(Utils.splitOptions(options)))
                .hasMessageStartingWith("Illegal options: ");
    }

    @Test
    void satisfiesWekasOptionCheck() {
        CheckOptionHandler check = new CheckOptionHandler();
        check.setOptionHandler(new GatedNetwork());
        check.setSilent(true);

        check.doTests();

        assertThat(check.getSuccess()).isTrue();
    }

    @Test
    void noneIsARangeOfNoAuxiliaryAttributes() throws Exception {
        GatedNetwork network = Tables.quick("-aux-attributes", "none");
        network.buildClassifier(Tables.signs(20, 1));
        assertThat(network.toString()).doesNotContain("Heads:");
    }
}
