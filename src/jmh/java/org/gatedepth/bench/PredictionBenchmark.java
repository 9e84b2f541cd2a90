package org.gatedepth.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import weka.classifiers.AbstractClassifier;
import weka.core.Instances;
import weka.core.Utils;
import weka.core.converters.ConverterUtils.DataSource;

/**
 * What a classifier of Weka takes to predict a row, alone and in a batch, in microseconds: on the table segment, of 19
 * numbers, 7 classes and 1,500 rows.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class PredictionBenchmark {
    private static final String TABLE = "examples/data/segment-challenge.arff";
    private static final int ROWS = 10_000;

    /** What predicts. */
    public enum Scheme {
        GATED_NETWORK(
                "weka.classifiers.functions.GatedNetwork",
                "-depth 6 -width 32 -members 1 -number-embedding NONE -epochs 3 -weight-decay 0 -mixup 0 -threads 1"),
        RANDOM_FOREST("weka.classifiers.trees.RandomForest", ""),
        MULTILAYER_PERCEPTRON("weka.classifiers.functions.MultilayerPerceptron", "-N 3");

        private final String type;
        private final String options;

        Scheme(String type, String options) {
            this.type = type;
            this.options = options;
        }

        private AbstractClassifier trained(Instances table) throws Exception {
            AbstractClassifier classifier =
                    (AbstractClassifier) AbstractClassifier.forName(type, Utils.splitOptions(options));
            classifier.buildClassifier(table);
            return classifier;
        }
    }

    /** The name of a {@link Scheme}. */
    @Param({"GATED_NETWORK", "RANDOM_FOREST", "MULTILAYER_PERCEPTRON"})
    public String scheme;

    private AbstractClassifier classifier;
    private Instances rows;
    private int next;

    /** Trains the classifier, and repeats the rows of the table. */
    @Setup
    public void train() throws Exception {
        Instances table = DataSource.read(TABLE);
        table.setClassIndex(table.numAttributes() - 1);
        classifier = Scheme.valueOf(scheme).trained(table);
        rows = new Instances(table, ROWS);
        for (int i = 0; i < ROWS; i++) {
            rows.add(table.get(i % table.size()));
        }
    }

    /** One row, each time another one. */
    @Benchmark
    public double[] oneRow() throws Exception {
        next = next + 1 < ROWS ? next + 1 : 0;
        return classifier.distributionForInstance(rows.get(next));
    }

    /** All rows, per row. */
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public double[][] batch() throws Exception {
        return classifier.distributionsForInstances(rows);
    }
}
