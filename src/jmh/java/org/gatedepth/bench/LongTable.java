package org.gatedepth.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.gatedepth.dl4j.FusedAdam;
import org.gatedepth.dl4j.GatedNetworks;
import org.gatedepth.dl4j.NetworkSpec;
import org.gatedepth.weka.table.NumberEmbedding;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import weka.classifiers.functions.GatedNetwork;
import weka.core.Attribute;
import weka.core.DenseInstance;
import weka.core.Instances;

/**
 * An epoch of the Weka classifier over a long table, beside the plain training loop of the same network over arrays
 * that are prepared beforehand; and what memory the first takes.
 */
final class LongTable {
    private static final int ROWS = 100_000;
    private static final int COLUMNS = 50;
    private static final int DEPTH = 6;
    private static final int WIDTH = 64;
    private static final int BATCH = 32;
    private static final double RATE = 1e-3;

    private final Settings settings;
    private final Figures classifier = new Figures();
    private final Figures loop = new Figures();
    private double resident;

    LongTable(Settings settings) {
        this.settings = settings;
    }

    /** Measures an epoch of each in turn, round by round, after one that warms up. */
    void measure() throws Exception {
        Instances table = table();
        GatedNetwork network = new GatedNetwork();
        network.setDepth(DEPTH);
        network.setWidth(WIDTH);
        network.setMembers(1);
        network.setNumberEmbedding(NumberEmbedding.NONE);
        network.setMiniBatch(BATCH);
        network.setLearningRate(RATE);
        network.setValidation(0);
        network.setWeightDecay("0");
        network.setMixup("0");
        network.setEpochs(settings.rounds() + 1);
        network.initializeClassifier(table);
        network.next();
        resident = GrowthProcess.residentBytes();
        ComputationGraph graph = graph();
        float[][] inputs = new float[ROWS][COLUMNS];
        float[][] labels = new float[ROWS][2];
        for (int i = 0; i < ROWS; i++) {
            for (int c = 0; c < COLUMNS; c++) {
                inputs[i][c] = (float) table.get(i).value(c);
            }
            labels[i][(int) table.get(i).classValue()] = 1;
        }
        epoch(graph, inputs, labels);
        for (int round = 0; round < settings.rounds(); round++) {
            long begin = System.nanoTime();
            network.next();
            long middle = System.nanoTime();
            epoch(graph, inputs, labels);
            classifier.add((middle - begin) / 1e9);
            loop.add((System.nanoTime() - middle) / 1e9);
        }
    }

    private static Instances table() {
        ArrayList<Attribute> attributes = new ArrayList<>();
        for (int c = 0; c < COLUMNS; c++) {
            attributes.add(new Attribute("a" + c));
        }
        ArrayList<String> labels = new ArrayList<>();
        labels.add("no");
        labels.add("yes");
        attributes.add(new Attribute("class", labels));
        Instances table = new Instances("long", attributes, ROWS);
        table.setClassIndex(COLUMNS);
        Random random = new Random(1);
        for (int i = 0; i < ROWS; i++) {
            double[] row = random.doubles(COLUMNS + 1, -1, 1).toArray();
            row[COLUMNS] = row[0] * row[1] + row[2] > 0 ? 1 : 0;
            table.add(new DenseInstance(1, row));
        }
        return table;
    }

    private static ComputationGraph graph() {
        ComputationGraph graph = new ComputationGraph(GatedNetworks.configuration(NetworkSpec.classification(COLUMNS, 2)
                .withSize(DEPTH, WIDTH)
                .withActivation(Activation.TANH)
                .withUpdater(new FusedAdam(RATE))));
        graph.init();
        return graph;
    }

    private static void epoch(ComputationGraph graph, float[][] inputs, float[][] labels) {
        for (int from = 0; from + BATCH <= ROWS; from += BATCH) {
            float[][] x = Arrays.copyOfRange(inputs, from, from + BATCH);
            float[][] y = Arrays.copyOfRange(labels, from, from + BATCH);
            graph.fit(new INDArray[] {Nd4j.createFromArray(x)}, new INDArray[] {Nd4j.createFromArray(y)});
        }
    }

    /** The figures as a sentence. */
    String sentence() {
        return String.format(
                Locale.ROOT,
                "%,d rows x %d columns, %d blocks of width %d, batch %d: an epoch of GatedNetwork %.1f s, of the plain"
                        + " loop %.1f s (ratio %.2f); resident with GatedNetwork %.0f MB%n",
                ROWS,
                COLUMNS,
                DEPTH,
                WIDTH,
                BATCH,
                classifier.median(),
                loop.median(),
                classifier.median() / loop.median(),
                resident / (1 << 20));
    }
}
