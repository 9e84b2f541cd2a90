package weka.classifiers.functions;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import weka.core.Attribute;
import weka.core.DenseInstance;
import weka.core.Instances;
import weka.core.SparseInstance;

/** Trains on a large table and predicts it, and prints the accuracy, seconds and memory. */
final class LargeTableProcess {

    private LargeTableProcess() {}

    public static void main(String[] arguments) throws Exception {
        Instances table = switch (arguments[0]) {
            case "sparse" -> sparse();
            case "bags" -> bags();
            default -> dense();
        };
        System.gc();
        long data = used();
        GatedNetwork network = new GatedNetwork();
        network.setOptions(List.of(arguments).subList(1, arguments.length).toArray(String[]::new));
        long start = System.nanoTime();
        network.buildClassifier(table);
        double trained = (System.nanoTime() - start) / 1e9;
        double right = 0;
        int checked = Math.min(20_000, table.size());
        double[][] said = network.distributionsForInstances(new Instances(table, 0, checked));
        for (int i = 0; i < checked; i++) {
            right += (said[i][1] > 0.5) == (table.get(i).classValue() == 1) ? 1.0 / checked : 0;
        }
        System.out.printf(
                "%s: %d rows of %d attributes in %d MB, heap of %d MB, trained in %.1f s%naccuracy %.3f%n",
                arguments[0],
                table.size(),
                table.numAttributes() - 1,
                data >> 20,
                Runtime.getRuntime().maxMemory() >> 20,
                trained,
                right);
    }

    private static long used() {
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static Instances table(int attributes, int rows) {
        ArrayList<Attribute> header = new ArrayList<>();
        for (int a = 0; a < attributes; a++) {
            header.add(new Attribute("a" + a));
        }
        header.add(new Attribute("class", List.of("no", "yes")));
        Instances table = new Instances("table", header, rows);
        table.setClassIndex(attributes);
        return table;
    }

    private static Instances dense() {
        Instances table = table(50, 500_000);
        Random random = new Random(1);
        for (int i = 0; i < 500_000; i++) {
            double[] values = new double[51];
            for (int a = 0; a < 50; a++) {
                values[a] = random.nextFloat();
            }
            values[50] = values[0] > values[1] ? 1 : 0;
            table.add(new DenseInstance(1, values));
        }
        return table;
    }

    /** Rows like short texts: 50 words of 10,000, of which a hundred say the class. */
    private static Instances sparse() {
        Instances table = table(10_000, 20_000);
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            int label = i % 2;
            TreeSet<Integer> words = new TreeSet<>();
            while (words.size() < 50) {
                words.add(words.size() < 5 ? 50 * label + random.nextInt(50) : random.nextInt(10_000));
            }
            int[] indices = new int[50 + label];
            double[] values = new double[50 + label];
            int next = 0;
            for (int word : words) {
                indices[next] = word;
                values[next++] = 1 + random.nextInt(3);
            }
            if (label == 1) {
                indices[next] = 10_000;
                values[next] = 1;
            }
            table.add(new SparseInstance(1, values, indices, 10_001));
        }
        return table;
    }

    /** Bags of up to 500 steps of 10 numbers, in one of which all numbers are high or all are low. */
    private static Instances bags() {
        ArrayList<Attribute> ofSteps = new ArrayList<>();
        for (int a = 0; a < 10; a++) {
            ofSteps.add(new Attribute("a" + a));
        }
        Instances table = new Instances(
                "bags",
                new ArrayList<>(List.of(
                        new Attribute("bag", new Instances("steps", ofSteps, 0)),
                        new Attribute("class", List.of("no", "yes")))),
                0);
        table.setClassIndex(1);
        Random random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            int steps = 1 + random.nextInt(500);
            int marked = random.nextInt(steps);
            Instances bag = new Instances(table.attribute(0).relation(), steps);
            for (int t = 0; t < steps; t++) {
                double[] values = new double[10];
                for (int a = 0; a < 10; a++) {
                    values[a] = random.nextGaussian() + (t == marked ? 4 * (i % 2) - 2 : 0);
                }
                bag.add(new DenseInstance(1, values));
            }
            table.add(new DenseInstance(1, new double[] {table.attribute(0).addRelation(bag), i % 2}));
        }
        return table;
    }
}
