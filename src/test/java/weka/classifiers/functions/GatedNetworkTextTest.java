package weka.classifiers.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import weka.core.Attribute;
import weka.core.DenseInstance;
import weka.core.Instance;
import weka.core.Instances;
import weka.core.SerializationHelper;
import weka.core.Utils;

/** String attributes as sequences of tokens. */
@Tag("slow")
class GatedNetworkTextTest {

    private static Instances empty() {
        Instances table = new Instances(
                "texts",
                new ArrayList<>(List.of(
                        new Attribute("title", (List<String>) null),
                        new Attribute("body", (List<String>) null),
                        new Attribute("class", List.of("bad", "good")))),
                0);
        table.setClassIndex(2);
        return table;
    }

    private static void add(Instances table, String title, String body, int label) {
        table.add(new DenseInstance(1, new double[] {
            table.attribute(0).addStringValue(title), table.attribute(1).addStringValue(body), label
        }));
    }

    /** Texts of 2 to 9 of 150 words, in which "not good" or "good" stands; the title says nothing. */
    private static Instances texts(int rows, long seed) {
        Random random = new Random(seed);
        Instances table = empty();
        for (int i = 0; i < rows; i++) {
            int label = random.nextInt(2);
            List<String> words = new ArrayList<>();
            for (int w = random.nextInt(8); w >= 0; w--) {
                words.add("word" + random.nextInt(150));
            }
            // Both have the same words; only which of them "not" stands before differs.
            int at = random.nextInt(words.size());
            words.add(at, label == 1 ? "good, not bad" : "bad not good!");
            add(table, "Title " + random.nextInt(5), String.join(" ", words), label);
        }
        return table;
    }

    private static GatedNetwork trained(Instances table, String options) throws Exception {
        GatedNetwork network = Tables.quick(Utils.splitOptions(options));
        network.buildClassifier(table);
        return network;
    }

    @Test
    void learnsFromTheOrderOfWords() throws Exception {
        GatedNetwork network = trained(texts(300, 1), "-epochs 40 -learning-rate 0.01 -sequence CONVOLUTION");

        assertThat(Sequences.accuracy(network, texts(200, 2))).isGreaterThan(90);
    }

    @Test
    void aSavedModelPredictsTheSame() throws Exception {
        Instances table = texts(100, 1);
        GatedNetwork network = trained(table, "");
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        SerializationHelper.write(file, network);

        GatedNetwork loaded = (GatedNetwork) SerializationHelper.read(new ByteArrayInputStream(file.toByteArray()));

        assertThat(loaded.distributionsForInstances(table)).isDeepEqualTo(network.distributionsForInstances(table));
        assertThat(loaded).hasToString(network.toString());
    }

    @Test
    void textsOfAnotherTableAreReadByTheirTokens() throws Exception {
        Instances table = texts(100, 1);
        GatedNetwork network = trained(table, "");
        Instances other = empty();
        add(other, "unknown", "nothing", 0);
        Instance row = table.get(7);
        add(other, row.stringValue(0), row.stringValue(1).toUpperCase(java.util.Locale.ROOT), 0);

        assertThat(network.distributionForInstance(other.get(1)))
                .containsExactly(network.distributionForInstance(row), within(1e-6));
    }

    @Test
    void emptyAndMissingAndUnknownTextsAreTaken() throws Exception {
        Instances table = texts(100, 1);
        GatedNetwork network = trained(table, "");
        Instances other = empty();
        add(other, "title 1", "", 0);
        add(other, "title 1", "zzz", 0);
        add(other, "title 1", "word1", 0);
        other.get(2).setMissing(1);

        double[] unknown = network.distributionForInstance(other.get(1));

        assertThat(network.distributionForInstance(other.get(0))).isEqualTo(unknown);
        assertThat(network.distributionForInstance(other.get(2))).isEqualTo(unknown);
    }

    @Test
    void readsNoMoreThanTheFirstTokens() throws Exception {
        Instances table = texts(100, 1);
        GatedNetwork network = trained(table, "-max-tokens 2");
        Instances other = empty();
        add(other, "title 1", "word1 word2 good", 0);
        add(other, "title 1", "word1 word2 bad", 0);

        assertThat(network.distributionForInstance(other.get(0)))
                .isEqualTo(network.distributionForInstance(other.get(1)));
    }

    @Test
    void aTokenizerOfWekaCutsTheText() throws Exception {
        Instances table = texts(100, 1);
        String[] options = {"-tokenizer", "weka.core.tokenizers.NGramTokenizer -min 2 -max 2"};
        GatedNetwork network = Tables.quick(options);
        network.buildClassifier(table);

        assertThat(network.getOptions())
                .anySatisfy(
                        option -> assertThat(option).startsWith("weka.core.tokenizers.NGramTokenizer -max 2 -min 2"));
        assertThat(Utils.sum(network.distributionForInstance(table.get(0)))).isCloseTo(1, within(1e-9));
    }

    @Test
    void refusesAnAttributeWhoseEveryTextIsEmpty() {
        Instances table = empty();
        add(table, "title", "", 0);
        add(table, "title", " .,", 1);

        assertThatThrownBy(() -> trained(table, ""))
                .hasMessage("Every text of attribute 'body' is empty for the tokenizer: remove the attribute, or choose"
                        + " another -tokenizer.");
    }
}
