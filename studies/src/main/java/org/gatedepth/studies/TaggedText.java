package org.gatedepth.studies;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Sentences whose tokens have a part of speech and an entity tag, as arrays: the GUM corpus in {@code studies/data}.
 *
 * <p>Input of a token: its form in lower case if it stands twice in the training sentences or more often, its last
 * three letters under the same rule, and its shape (six signs).
 */
final class TaggedText {
    private static final Path FILE = Path.of("studies", "data", "gum-tokens.tsv.gz");
    /** Index of what does not stand in the training sentences often enough. */
    private static final int UNKNOWN = 0;

    private static final int TIMES = 2;
    /** Signs of the shape of a form. */
    static final int SHAPE = 6;

    private final Map<String, Integer> words = new LinkedHashMap<>();
    private final Map<String, Integer> endings = new LinkedHashMap<>();
    private final List<String> parts;
    private final List<String> entities;
    private final List<List<Token>> train;
    private final List<List<Token>> test;

    /** A token of a sentence. */
    record Token(String document, String form, String part, String entity) {
        private String word() {
            return form.toLowerCase(Locale.ROOT);
        }

        private String ending() {
            return word().substring(Math.max(0, word().length() - 3));
        }

        private float[] shape() {
            return new float[] {
                sign(Character.isUpperCase(form.charAt(0))),
                sign(form.length() > 1 && form.chars().allMatch(Character::isUpperCase)),
                sign(form.chars().skip(1).anyMatch(Character::isUpperCase)),
                sign(form.chars().anyMatch(Character::isDigit)),
                sign(form.contains("-")),
                sign(form.chars().noneMatch(Character::isLetterOrDigit))
            };
        }

        private static float sign(boolean holds) {
            return holds ? 1 : 0;
        }
    }

    /**
     * The text with a share of its training documents.
     *
     * @param share above 0, up to 1
     * @param seed chooses them
     */
    TaggedText(double share, long seed) throws IOException {
        Map<String, List<List<Token>>> splits = read();
        List<List<Token>> all = splits.get("train");
        List<String> documents = new ArrayList<>(all.stream()
                .map(sentence -> sentence.get(0).document())
                .distinct()
                .toList());
        Collections.shuffle(documents, new Random(seed));
        Set<String> chosen = Set.copyOf(documents.subList(0, Math.max(1, (int) Math.round(share * documents.size()))));
        train = all.stream()
                .filter(sentence -> chosen.contains(sentence.get(0).document()))
                .toList();
        test = splits.get("test");
        count(words, train.stream().flatMap(List::stream).map(Token::word).toList());
        count(endings, train.stream().flatMap(List::stream).map(Token::ending).toList());
        parts = List.copyOf(new LinkedHashSet<>(
                all.stream().flatMap(List::stream).map(Token::part).sorted().toList()));
        entities = List.copyOf(new LinkedHashSet<>(
                all.stream().flatMap(List::stream).map(Token::entity).sorted().toList()));
    }

    private static void count(Map<String, Integer> indices, List<String> found) {
        Map<String, Integer> times = new LinkedHashMap<>();
        found.forEach(text -> times.merge(text, 1, Integer::sum));
        times.forEach((text, count) -> {
            if (count >= TIMES) {
                indices.put(text, indices.size() + 1);
            }
        });
    }

    private static Map<String, List<List<Token>>> read() throws IOException {
        Map<String, List<List<Token>>> splits = new LinkedHashMap<>();
        try (BufferedReader in = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(FILE)), StandardCharsets.UTF_8))) {
            in.readLine(); // names of the columns
            String sentence = "";
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String[] cells = line.split("\t", -1);
                List<List<Token>> sentences = splits.computeIfAbsent(cells[0], name -> new ArrayList<>());
                if (!sentence.equals(cells[1] + " " + cells[2])) {
                    sentence = cells[1] + " " + cells[2];
                    sentences.add(new ArrayList<>());
                }
                sentences.get(sentences.size() - 1).add(new Token(cells[1], cells[3], cells[4], cells[7]));
            }
        }
        return splits;
    }

    /** A whole sentence: its kind of text, and the form and part of speech of each token. */
    record Sentence(String kind, List<String> forms, List<String> parts) {}

    /** The sentences of all documents. */
    static List<Sentence> sentences() throws IOException {
        return read().values().stream()
                .flatMap(List::stream)
                .map(tokens -> new Sentence(
                        tokens.get(0).document().replaceFirst("_.*", ""),
                        tokens.stream().map(Token::form).toList(),
                        tokens.stream().map(Token::part).toList()))
                .toList();
    }

    /** Indices of words, with {@link #UNKNOWN}. */
    int words() {
        return words.size() + 1;
    }

    /** Indices of endings, with {@link #UNKNOWN}. */
    int endings() {
        return endings.size() + 1;
    }

    List<String> parts() {
        return parts;
    }

    List<String> entities() {
        return entities;
    }

    List<List<Token>> test() {
        return test;
    }

    /** The training sentences in minibatches of about one length each, in an order of their own for each epoch. */
    List<List<List<Token>>> minibatches(int size, Random random) {
        List<List<Token>> sentences = new ArrayList<>(train);
        Collections.shuffle(sentences, random);
        sentences.sort((a, b) -> Integer.compare(a.size(), b.size()));
        List<List<List<Token>>> minibatches = new ArrayList<>();
        for (int from = 0; from < sentences.size(); from += size) {
            minibatches.add(sentences.subList(from, Math.min(sentences.size(), from + size)));
        }
        Collections.shuffle(minibatches, random);
        return minibatches;
    }

    /** Inputs (words, endings, shapes), labels (entities, parts of speech), and their masks. */
    MultiDataSet arrays(List<List<Token>> sentences) {
        int count = sentences.size();
        int steps = sentences.stream().mapToInt(List::size).max().orElseThrow();
        INDArray word = Nd4j.zeros(count, 1, steps);
        INDArray ending = Nd4j.zeros(count, 1, steps);
        INDArray shape = Nd4j.zeros(count, SHAPE, steps);
        INDArray entity = Nd4j.zeros(count, entities.size(), steps);
        INDArray part = Nd4j.zeros(count, parts.size(), steps);
        INDArray mask = Nd4j.zeros(count, steps);
        for (int i = 0; i < count; i++) {
            for (int t = 0; t < sentences.get(i).size(); t++) {
                Token token = sentences.get(i).get(t);
                word.putScalar(i, 0, t, words.getOrDefault(token.word(), UNKNOWN));
                ending.putScalar(i, 0, t, endings.getOrDefault(token.ending(), UNKNOWN));
                float[] signs = token.shape();
                for (int j = 0; j < SHAPE; j++) {
                    shape.putScalar(i, j, t, signs[j]);
                }
                entity.putScalar(i, entities.indexOf(token.entity()), t, 1);
                part.putScalar(i, parts.indexOf(token.part()), t, 1);
                mask.putScalar(i, t, 1);
            }
        }
        return new MultiDataSet(
                new INDArray[] {word, ending, shape},
                new INDArray[] {entity, part},
                new INDArray[] {mask, mask, mask},
                new INDArray[] {mask, mask});
    }
}
