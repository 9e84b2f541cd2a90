package weka.classifiers.functions;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.gatedepth.weka.table.NumberEmbedding;
import weka.core.Attribute;
import weka.core.DenseInstance;
import weka.core.Instance;
import weka.core.Instances;

/** Tables for the tests. */
final class Tables {

    private Tables() {}

    /** A data set of the examples, with the last attribute as its class. */
    static Instances example(String name) {
        try {
            return arff(Files.readString(Path.of("examples", "data", name + ".arff")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A table given as text, with the last attribute as its class. */
    static Instances arff(String text) {
        try {
            Instances table = new Instances(new StringReader(text));
            table.setClassIndex(table.numAttributes() - 1);
            return table;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Rows of two numbers whose class says whether they have the same sign. */
    static Instances signs(int rows, long seed) {
        Random random = new Random(seed);
        Instances table = empty(new Attribute("class", List.of("same", "different")));
        for (int i = 0; i < rows; i++) {
            double a = random.nextGaussian();
            double b = random.nextGaussian();
            table.add(new DenseInstance(1, new double[] {a, b, a * b > 0 ? 0 : 1}));
        }
        return table;
    }

    /** Rows of two numbers with the class {@code 1000 + 100 (2a - b)}. */
    static Instances plane(int rows, long seed) {
        Random random = new Random(seed);
        Instances table = empty(new Attribute("class"));
        for (int i = 0; i < rows; i++) {
            double a = random.nextGaussian();
            double b = random.nextGaussian();
            table.add(new DenseInstance(1, new double[] {a, b, 1000 + 100 * (2 * a - b)}));
        }
        return table;
    }

    /**
     * Rows of two numbers with the class of {@link #signs}, which stands in the middle, and two attributes that belong
     * to the first number: its thousandfold, and its sign.
     */
    static Instances related(int rows, long seed) {
        Instances table = new Instances(
                "related",
                new ArrayList<>(List.of(
                        new Attribute("a"),
                        new Attribute("thousandfold"),
                        new Attribute("class", List.of("same", "different")),
                        new Attribute("sign", List.of("minus", "plus")),
                        new Attribute("b"))),
                0);
        table.setClassIndex(2);
        for (Instance row : signs(rows, seed)) {
            double a = row.value(0);
            table.add(new DenseInstance(1, new double[] {a, 1000 * a, row.classValue(), a < 0 ? 0 : 1, row.value(1)}));
        }
        return table;
    }

    private static Instances empty(Attribute classAttribute) {
        Instances table = new Instances(
                "table", new ArrayList<>(List.of(new Attribute("a"), new Attribute("b"), classAttribute)), 0);
        table.setClassIndex(2);
        return table;
    }

    /**
     * A network that trains in a moment: small, few epochs, no dropout, one member, nothing for pilot runs to choose;
     * more options override these.
     */
    static GatedNetwork quick(String... options) throws Exception {
        GatedNetwork network = new GatedNetwork();
        network.setDepth(2);
        network.setWidth(8);
        network.setEpochs(3);
        network.setMembers(1);
        network.setNumberEmbedding(NumberEmbedding.NONE);
        network.setDropout(0);
        network.setWeightDecay("0.3");
        network.setMixup("0");
        network.setLearningRate(0.005);
        network.setMiniBatch(32);
        network.setOptions(options);
        return network;
    }
}
