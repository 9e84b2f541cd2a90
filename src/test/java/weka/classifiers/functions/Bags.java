package weka.classifiers.functions;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import weka.core.Attribute;
import weka.core.DenseInstance;
import weka.core.Instance;
import weka.core.Instances;

/** Tables of bags of steps for the tests. */
final class Bags {

    private Bags() {}

    /** No rows of a number, a bag whose steps have a number and a mark, and a class of two labels. */
    static Instances empty() {
        Instances steps = new Instances(
                "steps",
                new ArrayList<>(List.of(new Attribute("x"), new Attribute("mark", List.of("a", "b", "c")))),
                0);
        Instances table = new Instances(
                "bags",
                new ArrayList<>(List.of(
                        new Attribute("offset"),
                        new Attribute("bag", steps),
                        new Attribute("class", List.of("down", "up")))),
                0);
        table.setClassIndex(2);
        return table;
    }

    /** Adds a row. */
    static Instance add(Instances table, double offset, double[][] steps, int label) {
        Instances bag = new Instances(table.attribute(1).relation(), steps.length);
        for (double[] step : steps) {
            bag.add(new DenseInstance(1, step));
        }
        table.add(new DenseInstance(1, new double[] {offset, table.attribute(1).addRelation(bag), label}));
        return table.get(table.size() - 1);
    }

    /**
     * Bags of 3 to 12 steps, in which there is one pulse up and one down; the class is the direction of the first. The
     * mark of a step says which pulse, if any, has been last.
     */
    static Instances order(int rows, long seed) {
        Random random = new Random(seed);
        Instances table = empty();
        for (int i = 0; i < rows; i++) {
            int count = 3 + random.nextInt(10);
            int first = random.nextInt(count - 1);
            int second = first + 1 + random.nextInt(count - first - 1);
            int label = random.nextInt(2);
            double[][] steps = new double[count][];
            for (int t = 0; t < count; t++) {
                double x = 0.2 * random.nextGaussian();
                int direction = label == 0 ? -2 : 2;
                x += t == first ? direction : t == second ? -direction : 0;
                steps[t] = new double[] {x, t < first ? 0 : t < second ? 1 + label : 2 - label};
            }
            add(table, random.nextGaussian(), steps, label);
        }
        return table;
    }

    /** The same without the marks, which tell the order. */
    static Instances unmarked(int rows, long seed) {
        Instances table = order(rows, seed);
        for (int i = 0; i < rows; i++) {
            table.get(i).relationalValue(1).forEach(step -> step.setValue(1, 0));
        }
        return table;
    }

    /**
     * Bags of 3 to 12 steps that rise; the class is whether there is a peak among them, wherever it is: their order
     * tells nothing of it.
     */
    static Instances peaks(int rows, long seed) {
        Random random = new Random(seed);
        Instances table = empty();
        for (int i = 0; i < rows; i++) {
            int count = 3 + random.nextInt(10);
            int label = random.nextInt(2);
            int peak = random.nextInt(count);
            double[][] steps = new double[count][];
            for (int t = 0; t < count; t++) {
                double rise = 2.0 * t / (count - 1) - 1;
                double x = label == 1 && t == peak ? 2 : rise;
                steps[t] = new double[] {x + 0.3 * random.nextGaussian(), 0};
            }
            add(table, random.nextGaussian(), steps, label);
        }
        return table;
    }

    /** The same rows with the steps of each bag in random order. */
    static Instances shuffled(Instances table, long seed) {
        Random random = new Random(seed);
        Instances shuffled = empty();
        for (Instance row : table) {
            List<double[]> steps = new ArrayList<>();
            row.relationalValue(1).forEach(step -> steps.add(step.toDoubleArray()));
            Collections.shuffle(steps, random);
            add(shuffled, row.value(0), steps.toArray(double[][]::new), (int) row.classValue());
        }
        return shuffled;
    }
}
