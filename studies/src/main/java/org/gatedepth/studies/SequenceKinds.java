package org.gatedepth.studies;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import weka.classifiers.Evaluation;
import weka.classifiers.functions.GatedNetwork;
import weka.core.Attribute;
import weka.core.DenseInstance;
import weka.core.Instances;
import weka.core.Utils;

/**
 * The three kinds of layers that read sequences in Weka, on series of several lengths.
 *
 * <p>Two tasks: in {@code shape} the class is the form of a wave of eight steps somewhere in noise, up and down or down
 * and up; in {@code distance} it says whether the first and the last step have the same sign, with noise between them.
 * Each network is trained on 400 series, and tested on 400 others.
 *
 * <p>Arguments: the lengths (10, 50 and 200 by default); then options of GatedNetwork, such as {@code -epochs 20}.
 */
public class SequenceKinds {
    private static final List<String> KINDS = List.of("CONVOLUTION", "RECURRENT", "ATTENTION");
    private static final int ROWS = 400;
    private static final int WAVE = 8;

    private SequenceKinds() {}

    /** Prints a table: for each task, length and kind the accuracy on other series, and the seconds of training. */
    public static void main(String[] arguments) throws Exception {
        List<Integer> lengths = new ArrayList<>();
        int next = 0;
        while (next < arguments.length && arguments[next].matches("\\d+")) {
            lengths.add(Integer.valueOf(arguments[next++]));
        }
        String options = String.join(" ", List.of(arguments).subList(next, arguments.length));
        System.out.println("| task | steps | " + String.join(" | ", KINDS) + " |");
        System.out.println("|" + " --- |".repeat(KINDS.size() + 2));
        for (String task : List.of("shape", "distance")) {
            for (int length : lengths.isEmpty() ? List.of(10, 50, 200) : lengths) {
                System.out.print("| " + task + " | " + length + " |");
                for (String kind : KINDS) {
                    System.out.print(result(task, length, ("-sequence " + kind + " " + options).strip()));
                }
                System.out.println();
            }
        }
    }

    private static String result(String task, int length, String options) throws Exception {
        Instances table = table(task, length, new Random(1));
        GatedNetwork network = new GatedNetwork();
        network.setOptions(Utils.splitOptions("-time-series 1-" + length + " " + options));
        long begin = System.nanoTime();
        network.buildClassifier(table);
        double seconds = (System.nanoTime() - begin) / 1e9;
        Evaluation evaluation = new Evaluation(table);
        evaluation.evaluateModel(network, table(task, length, new Random(2)));
        return String.format(Locale.ROOT, " %.3f (%.0f s) |", evaluation.pctCorrect() / 100, seconds);
    }

    private static Instances table(String task, int length, Random random) {
        ArrayList<Attribute> attributes = new ArrayList<>();
        for (int t = 1; t <= length; t++) {
            attributes.add(new Attribute("t" + t));
        }
        attributes.add(new Attribute("class", List.of("one", "other")));
        Instances table = new Instances(task, attributes, ROWS);
        table.setClassIndex(length);
        for (int row = 0; row < ROWS; row++) {
            double[] values = new double[length + 1];
            for (int t = 0; t < length; t++) {
                values[t] = 0.5 * random.nextGaussian();
            }
            values[length] = row % 2;
            if (task.equals("shape")) {
                int from = random.nextInt(length - WAVE + 1);
                for (int t = 0; t < WAVE; t++) {
                    values[from + t] += (row % 2 == 0 ? 1.5 : -1.5) * Math.sin(2 * Math.PI * t / WAVE);
                }
            } else {
                double first = random.nextBoolean() ? 2 : -2;
                values[0] += first;
                values[length - 1] += row % 2 == 0 ? first : -first;
            }
            table.add(new DenseInstance(1, values));
        }
        return table;
    }
}
