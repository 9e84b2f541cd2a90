package org.gatedepth.weka.sequence;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import weka.core.Attribute;
import weka.core.Instance;
import weka.core.Instances;
import weka.core.tokenizers.Tokenizer;

/**
 * The tokens of a text, in lower case and in their order. The vocabulary is the most frequent tokens of the training
 * rows that at least two texts have; any other token is the unknown one, and so is that of a text without tokens.
 */
final class TextSteps extends Steps {

    private static final long serialVersionUID = 1L;

    /** Most tokens of a vocabulary. */
    private static final int MOST = 10_000;

    private static final int FEWEST_TEXTS = 2;
    private static final int UNKNOWN = 0;

    private final int attribute;
    private final Tokenizer tokenizer;
    private final int most;
    private final Map<String, Integer> vocabulary;

    private TextSteps(Attribute text, Tokenizer tokenizer, int most, List<String> tokens) {
        super(header(text, tokens));
        attribute = text.index();
        this.tokenizer = tokenizer;
        this.most = most;
        vocabulary = new HashMap<>();
        for (String token : tokens) {
            vocabulary.put(token, UNKNOWN + 1 + vocabulary.size());
        }
    }

    private static Instances header(Attribute text, List<String> tokens) {
        List<String> labels = new ArrayList<>(tokens);
        labels.add(UNKNOWN, "<unknown>");
        return new Instances(text.name(), new ArrayList<>(List.of(new Attribute("token", labels))), 0);
    }

    /**
     * Fits a vocabulary.
     *
     * @param text a string attribute of the training rows
     * @param most tokens of a text that are read, the first ones
     * @throws IllegalArgumentException with one sentence, if no text has a token
     */
    static TextSteps fit(Instances rows, Attribute text, Tokenizer tokenizer, int most) {
        Map<String, Integer> texts = new HashMap<>();
        for (Instance row : rows) {
            if (!row.isMissing(text)) {
                tokens(row.stringValue(text), tokenizer, most).stream()
                        .distinct()
                        .forEach(token -> texts.merge(token, 1, Integer::sum));
            }
        }
        if (texts.isEmpty()) {
            throw new IllegalArgumentException("Every text of attribute '" + text.name()
                    + "' is empty for the tokenizer: remove the attribute, or choose another -tokenizer.");
        }
        List<String> tokens = texts.entrySet().stream()
                .filter(entry -> entry.getValue() >= FEWEST_TEXTS)
                .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(MOST)
                .map(Map.Entry::getKey)
                .toList();
        return new TextSteps(text, tokenizer, most, tokens);
    }

    private static List<String> tokens(String text, Tokenizer tokenizer, int most) {
        List<String> tokens = new ArrayList<>();
        synchronized (tokenizer) { // it is at one place of one text at a time
            tokenizer.tokenize(text.toLowerCase(Locale.ROOT));
            while (tokenizer.hasMoreElements() && tokens.size() < most) {
                String token = tokenizer.nextElement();
                if (!token.isBlank()) {
                    tokens.add(token);
                }
            }
        }
        return tokens;
    }

    @Override
    public List<Integer> attributes() {
        return List.of(attribute);
    }

    @Override
    public List<Instance> steps(Instance row) {
        List<Instance> steps = new ArrayList<>();
        if (!row.isMissing(attribute)) {
            String text = attribute(row, attribute).value((int) row.value(attribute));
            for (String token : tokens(text, tokenizer, most)) {
                steps.add(step(vocabulary.getOrDefault(token, UNKNOWN)));
            }
        }
        return steps.isEmpty() ? List.of(step(UNKNOWN)) : steps;
    }
}
