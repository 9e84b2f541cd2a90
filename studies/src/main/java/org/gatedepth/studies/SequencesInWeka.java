package org.gatedepth.studies;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import weka.core.Attribute;
import weka.core.DenseInstance;
import weka.core.Instance;
import weka.core.Instances;
import weka.core.converters.ArffSaver;
import weka.core.converters.ConverterUtils.DataSource;

/**
 * GatedNetwork and Weka's own ways on tables with sequences, by ten-fold cross-validation.
 *
 * <p>Bags: drawn gestures; the rows of pixels of the first images of Fashion-MNIST; the parts of speech of sentences of
 * the GUM corpus, whose kind of text is the class. Each bag is there a second time with its steps in random order. A
 * series: cylinder, bell and funnel. Texts: opinions; and the sentences of the GUM corpus.
 *
 * <p>Argument: the folder for the tables, {@code target/studies/sequences} by default; then options of GatedNetwork.
 */
public class SequencesInWeka {
    private static final String FOREST = "weka.classifiers.trees.RandomForest";

    /** Tokens of a sentence that is long enough to tell its kind of text. */
    private static final int FEWEST_TOKENS = 8;

    private static final int SENTENCES = 2000;

    private final Path folder;
    private final String network;

    private SequencesInWeka(Path folder, String network) {
        this.folder = folder;
        this.network = network;
    }

    /** Writes the tables, and prints three tables of accuracies. */
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments.length == 0 ? "target/studies/sequences" : arguments[0]);
        Files.createDirectories(folder);
        String options = String.join(" ", List.of(arguments).subList(Math.min(1, arguments.length), arguments.length));
        new SequencesInWeka(folder, ("weka.classifiers.functions.GatedNetwork " + options).strip()).run();
    }

    private void run() throws Exception {
        List<String> bags = new ArrayList<>();
        for (Instances table : List.of(gestures(), images(), partsOfSpeech())) {
            bags.add(save(table, table.relationName()));
            bags.add(save(shuffled(table), table.relationName() + "-shuffled"));
        }
        compare(
                bags,
                "GatedNetwork=" + network,
                "SimpleMI and RandomForest=weka.classifiers.mi.SimpleMI -W " + FOREST,
                "MultiInstanceToPropositional and RandomForest=weka.classifiers.mi.MIWrapper -W " + FOREST);
        compare(
                List.of("examples/data/cylinder-bell-funnel.arff"),
                "GatedNetwork=" + network + " -time-series 1-60",
                "GatedNetwork on 60 numbers=" + network,
                "RandomForest=" + FOREST,
                "SMO=weka.classifiers.functions.SMO");
        String words = "weka.classifiers.meta.FilteredClassifier"
                + " -F \"weka.filters.unsupervised.attribute.StringToWordVector -W 2000 -L\" -W ";
        compare(
                List.of("examples/data/opinions.arff", save(texts(), "kinds-of-text")),
                "GatedNetwork=" + network,
                "StringToWordVector and SMO=" + words + "weka.classifiers.functions.SMO",
                "StringToWordVector and NaiveBayesMultinomial=" + words
                        + "weka.classifiers.bayes.NaiveBayesMultinomial");
    }

    private static void compare(List<String> tables, String... classifiers) throws Exception {
        List<String> arguments = new ArrayList<>(tables);
        arguments.addAll(List.of(classifiers));
        CompareClassifiers.main(arguments.toArray(new String[0]));
        System.out.println();
    }

    private String save(Instances table, String name) throws IOException {
        Path file = folder.resolve(name + ".arff");
        ArffSaver saver = new ArffSaver();
        saver.setInstances(table);
        saver.setFile(file.toFile());
        saver.writeBatch();
        return file.toString();
    }

    /** The points alone: Weka's classifiers of bags take no other attribute. */
    private static Instances gestures() throws Exception {
        Instances drawn = DataSource.read("examples/data/gestures.arff");
        Instances table = table("gestures", drawn.attribute(0).relation(), labels(drawn.attribute(2)));
        for (Instance row : drawn) {
            add(table, row.relationalValue(0), row.value(2));
        }
        return table;
    }

    private static Instances images() throws IOException {
        int size = 28;
        ArrayList<Attribute> pixels = new ArrayList<>();
        for (int column = 1; column <= size; column++) {
            pixels.add(new Attribute("p" + column));
        }
        Instances steps = new Instances("rows", pixels, 0);
        List<String> kinds =
                List.of("top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot");
        Instances table = table("images", steps, kinds);
        var images = StudyData.fashion(StudyData.FASHION_TRAIN, 0).train();
        double[][] all = images.getFeatures().toDoubleMatrix();
        double[] labels = images.getLabels().argMax(1).toDoubleVector();
        for (int image = 0; image < all.length; image++) {
            Instances bag = new Instances(steps, size);
            for (int row = 0; row < size; row++) {
                double[] line = new double[size];
                System.arraycopy(all[image], row * size, line, 0, size);
                bag.add(new DenseInstance(1, line));
            }
            add(table, bag, labels[image]);
        }
        return table;
    }

    private static Instances partsOfSpeech() throws IOException {
        List<TaggedText.Sentence> sentences = sentences();
        List<String> parts = sentences.stream()
                .flatMap(sentence -> sentence.parts().stream())
                .distinct()
                .sorted()
                .toList();
        Instances steps = new Instances("tokens", new ArrayList<>(List.of(new Attribute("part", parts))), 0);
        Instances table = table("parts-of-speech", steps, kinds(sentences));
        for (TaggedText.Sentence sentence : sentences) {
            Instances bag = new Instances(steps, sentence.parts().size());
            for (String part : sentence.parts()) {
                bag.add(new DenseInstance(1, new double[] {parts.indexOf(part)}));
            }
            add(table, bag, table.classAttribute().indexOfValue(sentence.kind()));
        }
        return table;
    }

    private static Instances texts() throws IOException {
        List<TaggedText.Sentence> sentences = sentences();
        Instances table = new Instances(
                "kinds-of-text",
                new ArrayList<>(
                        List.of(new Attribute("text", (List<String>) null), new Attribute("kind", kinds(sentences)))),
                0);
        table.setClassIndex(1);
        for (TaggedText.Sentence sentence : sentences) {
            double text = table.attribute(0).addStringValue(String.join(" ", sentence.forms()));
            table.add(new DenseInstance(
                    1, new double[] {text, table.classAttribute().indexOfValue(sentence.kind())}));
        }
        return table;
    }

    private static List<TaggedText.Sentence> sentences() throws IOException {
        List<TaggedText.Sentence> sentences = new ArrayList<>(TaggedText.sentences());
        sentences.removeIf(sentence -> sentence.forms().size() < FEWEST_TOKENS);
        Collections.shuffle(sentences, new Random(1));
        return sentences.subList(0, SENTENCES);
    }

    private static List<String> kinds(List<TaggedText.Sentence> sentences) {
        return sentences.stream()
                .map(TaggedText.Sentence::kind)
                .distinct()
                .sorted()
                .toList();
    }

    private static List<String> labels(Attribute attribute) {
        return Collections.list(attribute.enumerateValues()).stream()
                .map(Object::toString)
                .toList();
    }

    /** In the form of Weka's classifiers of bags: the name of the bag, the bag, and the class. */
    private static Instances table(String name, Instances steps, List<String> classes) {
        ArrayList<Attribute> attributes = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (int bag = 0; bag < SENTENCES; bag++) {
            names.add("bag" + bag);
        }
        attributes.add(new Attribute("name", names));
        attributes.add(new Attribute("steps", new Instances(steps, 0)));
        attributes.add(new Attribute("class", classes));
        Instances table = new Instances(name, attributes, 0);
        table.setClassIndex(2);
        return table;
    }

    private static void add(Instances table, Instances bag, double label) {
        double steps = table.attribute(1).addRelation(bag);
        table.add(new DenseInstance(1, new double[] {table.size(), steps, label}));
    }

    private static Instances shuffled(Instances table) {
        Random random = new Random(1);
        Instances shuffled = table(table.relationName(), table.attribute(1).relation(), labels(table.classAttribute()));
        for (Instance row : table) {
            Instances bag = new Instances(row.relationalValue(1));
            bag.randomize(random);
            add(shuffled, bag, row.classValue());
        }
        return shuffled;
    }
}
