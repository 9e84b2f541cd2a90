package weka.classifiers.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.gatedepth.block.Activations;
import org.gatedepth.weka.options.ActivationFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import weka.core.Instances;
import weka.core.SerializationHelper;
import weka.core.Utils;

/** Models that predict without native code, and without ND4J. */
class GatedNetworkPortableTest {

    private static boolean isWithoutNd4j(String path) {
        return !path.matches(".*(nd4j|deeplearning4j|javacpp|openblas|datavec).*");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "iris  | -aux-every 1 -resume -validation 20 -aux-decay NONE",
                "labor | -embed-from 3 -scaling QUANTILE -early-exit 0.6 -aux-every 1",
                "cpu   | -connection DENSE -activation ELU -scaling ROBUST -aux-attributes 1",
                "iris  | -connection WEIGHTED -aux-attributes 2",
                "iris  | -depth 4 -width 120 -epochs 1",
                "iris  | -connection PLAIN -class-weights balanced",
                "labor | -connection RESIDUAL -activation SOFTMAX"
            })
    void predictsInAProcessThatHasNoNd4j(String name, String options, @TempDir Path folder) throws Exception {
        Instances table = Tables.example(name);
        GatedNetwork network = Tables.quick(Utils.splitOptions(options));
        network.buildClassifier(table);
        Path file = folder.resolve("portable.model");
        SerializationHelper.write(file.toString(), network);

        JavaProcess.Result result = JavaProcess.run(
                WithoutNd4j.class,
                GatedNetworkPortableTest::isWithoutNd4j,
                file.toString(),
                "examples/data/" + name + ".arff",
                folder.resolve("again.model").toString());

        assertThat(result.error()).doesNotContain("\tat ", "Exception in");
        List<String> lines = result.output().lines().toList();
        double[][] expected = network.distributionsForInstances(table);
        for (int i = 0; i < expected.length; i++) {
            double unit = Math.max(1, Math.abs(expected[i][0]));
            assertThat(numbers(lines.get(2 * i))).as("row " + i).containsExactly(expected[i], within(1e-6 * unit));
            assertThat(numbers(lines.get(2 * i + 1))).containsExactly(expected[i], within(1e-6 * unit));
        }
        assertThat(String.join("\n", lines.subList(2 * expected.length, lines.size())))
                .contains(
                        "\nActivation:",
                        "The depth of the network could not be read from its file (ND4J, which is needed for it, cannot"
                                + " be loaded); the network itself is whole.",
                        "ND4J: false",
                        "export: Exporting the model is not possible because the native code of ND4J",
                        "training: Training is not possible because the native code of ND4J");
        GatedNetwork again = (GatedNetwork)
                SerializationHelper.read(folder.resolve("again.model").toString());
        for (int i = 0; i < expected.length; i++) {
            double unit = Math.max(1, Math.abs(expected[i][0]));
            assertThat(again.distributionForInstance(table.get(i))).containsExactly(expected[i], within(1e-6 * unit));
        }
    }

    private static double[] numbers(String line) {
        return Arrays.stream(line.replaceAll("[\\[\\] ]", "").split(","))
                .mapToDouble(Double::parseDouble)
                .toArray();
    }

    @Test
    void activationsAreThoseThatBlocksKnow() {
        assertThat(Arrays.stream(ActivationFunction.values()).map(Enum::name))
                .containsExactlyInAnyOrderElementsOf(
                        Activations.supported().stream().map(Enum::name).toList());
    }

    @Test
    void predictsTheSameInManyThreadsAtOnce() throws Exception {
        Instances table = Tables.example("iris");
        GatedNetwork network = Tables.quick();
        network.buildClassifier(table);
        double[][] expected = network.distributionsForInstances(table);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<double[][]>> results = new ArrayList<>();
            for (int t = 0; t < 8; t++) {
                results.add(threads.submit(() -> {
                    double[][] predicted = new double[table.size()][];
                    for (int i = 0; i < predicted.length; i++) {
                        predicted[i] = network.distributionForInstance(table.get(i));
                    }
                    return predicted;
                }));
            }
            for (Future<double[][]> result : results) {
                for (int i = 0; i < expected.length; i++) {
                    assertThat(result.get()[i]).containsExactly(expected[i], within(1e-6));
                }
            }
        } finally {
            threads.shutdownNow();
        }
    }

    // A result of three numbers takes 40 bytes.
    @Test
    void allocatesNothingButTheResultOfARow() throws Exception {
        Instances table = Tables.example("iris");
        GatedNetwork network = Tables.quick();
        network.buildClassifier(table);
        network.distributionForInstance(table.get(0));
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();

        for (int i = 0; i < 10_000; i++) {
            network.distributionForInstance(table.get(i % table.size()));
        }

        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(10_000 * 50L);
    }

    @Test
    void stopsWhenItsThreadIsInterrupted() throws Exception {
        Instances table = Tables.signs(50, 1);
        GatedNetwork network = Tables.quick();
        network.buildClassifier(table);
        Thread.currentThread().interrupt();
        try {
            assertThatExceptionOfType(InterruptedException.class)
                    .isThrownBy(() -> network.distributionsForInstances(table))
                    .withMessage("Predicting was stopped.");
            assertThatExceptionOfType(InterruptedException.class)
                    .isThrownBy(() -> network.distributionForInstance(table.get(0)))
                    .withMessage("Predicting was stopped.");
        } finally {
            Thread.interrupted();
        }
    }

    @Test
    void aNetworkInTrainingFollowsItsParameters() throws Exception {
        Instances table = Tables.signs(50, 1);
        GatedNetwork network = Tables.quick();
        network.initializeClassifier(table);
        double[] before = network.distributionForInstance(table.get(0));

        network.next();

        assertThat(network.distributionForInstance(table.get(0))).isNotEqualTo(before);
        while (network.next()) {
            // One epoch a turn.
        }
        double[] last = network.distributionForInstance(table.get(0));
        network.done();
        assertThat(network.distributionForInstance(table.get(0))).containsExactly(last, within(1e-6));
    }

    // From 64 rows on a large network goes through native code.
    @Test
    void manyRowsOfALargeNetworkArePredictedAsOneByOne() throws Exception {
        Instances table = Tables.signs(100, 1);
        GatedNetwork network = Tables.quick("-width", "400", "-epochs", "1");
        network.buildClassifier(table);

        double[][] batch = network.distributionsForInstances(table);

        for (int i = 0; i < batch.length; i++) {
            assertThat(network.distributionForInstance(table.get(i))).containsExactly(batch[i], within(1e-5));
        }
    }
}
