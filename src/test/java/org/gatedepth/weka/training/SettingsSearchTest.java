package org.gatedepth.weka.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.gatedepth.weka.model.PilotRun;
import org.gatedepth.weka.options.NetworkOptions;
import org.gatedepth.weka.progress.TrainingProgress;
import org.gatedepth.weka.table.NumberEmbedding;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import weka.core.Instances;

/** What is tried, in which order, and what is taken. */
class SettingsSearchTest {

    private final List<String> told = new ArrayList<>();

    /** Listens to what is tried; nothing else happens before training. */
    private final TrainingProgress progress = (TrainingProgress) Proxy.newProxyInstance(
            TrainingProgress.class.getClassLoader(),
            new Class<?>[] {TrainingProgress.class},
            (proxy, method, arguments) -> {
                assertThat(method.getName()).isEqualTo("choosing");
                told.add(arguments[0] + ": " + arguments[1]);
                return null;
            });

    /** A finished search. */
    private record Found(Setting setting, List<PilotRun> tried) {
        List<String> settings() {
            return tried.stream().map(PilotRun::setting).toList();
        }

        String lowest() {
            return tried.stream()
                    .min(Comparator.comparingDouble(PilotRun::loss))
                    .orElseThrow()
                    .setting();
        }
    }

    private Found search(NetworkOptions options, Instances table) throws Exception {
        List<PreparedRows> variants = Prepared.rows(options, table);
        SettingsSearch search = new SettingsSearch(options, variants.get(0), 16, progress);
        return new Found(search.choose(variants), search.tried());
    }

    private static NetworkOptions automatic(@Nullable Integer epochs, NumberEmbedding numbers) {
        return Prepared.options(epochs, null, null, numbers);
    }

    @Test
    void triesLongerRunsAsLongAsTheyAreBetterAndThenNoHeavyRegularisation() throws Exception {
        Found found = search(automatic(null, NumberEmbedding.NONE), Prepared.table(400, false));

        assertThat(found.settings())
                .containsExactly(
                        "14 epochs, weight decay 0.3, mixup 0.2, numbers scaled",
                        "40 epochs, weight decay 0.3, mixup 0.2, numbers scaled",
                        "120 epochs, weight decay 0.3, mixup 0.2, numbers scaled");
        assertThat(found.setting().describe()).isEqualTo(found.lowest());
        assertThat(found.setting().epochs()).isEqualTo(120);
    }

    @Test
    void stopsAtALengthThatIsWorseAndThenTriesHeavyRegularisation() throws Exception {
        Found found = search(automatic(null, NumberEmbedding.NONE), Prepared.table(400, true));

        assertThat(found.settings())
                .containsExactly(
                        "14 epochs, weight decay 0.3, mixup 0.2, numbers scaled",
                        "40 epochs, weight decay 0.3, mixup 0.2, numbers scaled",
                        "40 epochs, weight decay 5.0, mixup 0.0, numbers scaled",
                        "14 epochs, weight decay 5.0, mixup 0.2, numbers scaled");
        assertThat(found.setting().describe()).isEqualTo(found.lowest());
    }

    @Test
    void findsThatANetworkOfNoiseIsTooSure() throws Exception {
        NetworkOptions options = Prepared.options(40, 0.0, 0.0, NumberEmbedding.AUTO);

        Found noise = search(options, Prepared.table(400, true));
        Found given = search(Prepared.options(40, 0.0, 0.0, NumberEmbedding.NONE), Prepared.table(400, true));

        assertThat(noise.setting().temperature()).isGreaterThan(1.5);
        // Nothing was held out.
        assertThat(given.tried()).isEmpty();
        assertThat(given.setting().temperature()).isEqualTo(1);
    }

    @Test
    void comparesTwoLengthsOverSequences() throws Exception {
        Found found = search(Prepared.ofSeries(), Prepared.table(400, true));

        assertThat(found.settings())
                .startsWith(
                        "13 epochs, weight decay 0.3, mixup 0.0, numbers scaled",
                        "50 epochs, weight decay 0.3, mixup 0.0, numbers scaled");
        assertThat(found.settings().subList(2, found.settings().size()))
                .allMatch(setting -> setting.startsWith("50 epochs, weight decay 5.0"));
        assertThat(found.setting().describe()).isEqualTo(found.lowest());
    }

    @Test
    void endsOverSequencesAtASmallLoss() throws Exception {
        Instances table = Prepared.table(400, false);
        table.forEach(row -> row.setValue(0, row.classValue() == 0 ? 1 : -1));

        Found found = search(Prepared.ofSeries(), table);

        assertThat(found.settings()).containsExactly("13 epochs, weight decay 0.3, mixup 0.0, numbers scaled");
        assertThat(found.tried().get(0).loss()).isLessThan(AutomaticSettings.SMALL_LOSS);
    }

    @Test
    void triesEachEncodingForAsLongAsItGetsBetter() throws Exception {
        Found found = search(automatic(null, NumberEmbedding.AUTO), Prepared.table(400, false));

        for (String encoding : List.of("numbers in pieces", "numbers scaled")) {
            List<PilotRun> runs = found.tried().stream()
                    .filter(run -> run.setting().endsWith("weight decay 0.3, mixup 0.2, " + encoding))
                    .toList();
            assertThat(runs)
                    .extracting(PilotRun::setting)
                    .isNotEmpty()
                    .allMatch(setting ->
                            List.of(14, 40, 120).stream().anyMatch(epochs -> setting.startsWith(epochs + " epochs")));
            for (int i = 0; i + 2 < runs.size(); i++) {
                assertThat(runs.get(i + 1).loss()).isLessThan(runs.get(i).loss());
            }
            assertThat(runs.size() == 3 || runs.get(1).loss() >= runs.get(0).loss())
                    .isTrue();
        }
        assertThat(found.settings().subList(0, 2))
                .containsExactly(
                        "14 epochs, weight decay 0.3, mixup 0.2, numbers in pieces",
                        "14 epochs, weight decay 0.3, mixup 0.2, numbers scaled");
        assertThat(found.setting().describe()).isEqualTo(found.lowest());
    }

    @Test
    void comparesPiecesWithScaledNumbersAtAGivenLength() throws Exception {
        Found found = search(Prepared.options(5, 0.1, 0.0, NumberEmbedding.AUTO), Prepared.table(200, false));

        assertThat(found.settings())
                .containsExactly(
                        "5 epochs, weight decay 0.1, mixup 0.0, numbers in pieces",
                        "5 epochs, weight decay 0.1, mixup 0.0, numbers scaled");
        assertThat(found.setting().describe()).isEqualTo(found.lowest());
    }

    @Test
    void comparesRegularisationsAtTheGivenLength() throws Exception {
        Found found = search(automatic(5, NumberEmbedding.PIECES), Prepared.table(200, false));

        assertThat(found.settings())
                .containsExactly(
                        "5 epochs, weight decay 0.3, mixup 0.2, numbers in pieces",
                        "5 epochs, weight decay 5.0, mixup 0.0, numbers in pieces",
                        "5 epochs, weight decay 5.0, mixup 0.2, numbers in pieces");
        assertThat(found.setting().describe()).isEqualTo(found.lowest());
    }

    @Test
    void twoThreadsFindWhatOneFinds() throws Exception {
        NetworkOptions one = automatic(6, NumberEmbedding.AUTO);
        Instances table = Prepared.table(120, false);

        Found apart = search(one, table);
        Found together = search(Prepared.withThreads(one, null), table);

        assertThat(together.tried()).isEqualTo(apart.tried());
        assertThat(together.setting().describe()).isEqualTo(apart.setting().describe());
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .doesNotContain("gatedepth-training");
    }

    @Test
    void tellsWhatItTries() throws Exception {
        Found found = search(automatic(2, NumberEmbedding.NONE), Prepared.table(100, false));

        assertThat(told)
                .containsExactly(
                        "1: " + found.settings().get(0),
                        "2: " + found.settings().get(1),
                        "3: " + found.settings().get(2));
    }

    @Test
    void triesNothingIfAllIsGiven() throws Exception {
        Found found = search(Prepared.options(5, 0.1, 0.2, NumberEmbedding.NONE), Prepared.table(100, false));

        assertThat(found.tried()).isEmpty();
        assertThat(found.setting().describe()).isEqualTo("5 epochs, weight decay 0.1, mixup 0.2, numbers scaled");
    }

    @Test
    void triesNothingOnThreeRows() throws Exception {
        Found found = search(automatic(null, NumberEmbedding.NONE), Prepared.table(3, false));

        assertThat(found.tried()).isEmpty();
        assertThat(found.setting().regularisation()).isEqualTo(AutomaticSettings.LIGHT);
    }

    @Test
    void stopsWhenItsThreadIsInterrupted() throws Exception {
        NetworkOptions options = automatic(null, NumberEmbedding.NONE);
        List<PreparedRows> variants = Prepared.rows(options, Prepared.table(100, false));
        SettingsSearch search = new SettingsSearch(options, variants.get(0), 16, progress);
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> search.choose(variants))
                    .isInstanceOf(InterruptedException.class)
                    .hasMessage("Training was stopped before its first epoch; no model was built.");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }
}
