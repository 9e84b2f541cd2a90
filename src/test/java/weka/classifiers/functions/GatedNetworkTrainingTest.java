package weka.classifiers.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.LossFunctions;
import weka.classifiers.Evaluation;
import weka.core.Instance;
import weka.core.Instances;
import weka.filters.Filter;
import weka.filters.unsupervised.attribute.Reorder;

class GatedNetworkTrainingTest {

    @Test
    void stopsWithinASecondOfAnInterruptAndLeavesNoModel() throws Exception {
        Instances table = Tables.signs(2000, 1);
        GatedNetwork network = Tables.quick();
        network.buildClassifier(Tables.signs(10, 1));
        network.setEpochs(100_000);
        AtomicReference<Exception> failure = new AtomicReference<>();
        Thread training = new Thread(() -> {
            try {
                network.buildClassifier(table);
            } catch (Exception e) {
                failure.set(e);
            }
        });
        training.start();
        TimeUnit.MILLISECONDS.sleep(1500);

        training.interrupt();
        training.join(1000);

        assertThat(training.isAlive()).isFalse();
        assertThat(failure.get())
                .isInstanceOf(InterruptedException.class)
                .message()
                .matches("Training was stopped in epoch \\d+; no model was built\\.");
        assertThat(network).hasToString("GatedNetwork: no model built yet.");
    }

    /** Rows whose class is noise, so that the validation loss soon rises. */
    private static Instances noise() {
        Instances table = Tables.signs(60, 1);
        for (int i = 0; i < table.size(); i++) {
            table.get(i).setClassValue(i % 2);
        }
        return table;
    }

    @Test
    void stopsWhenPatienceIsOver() throws Exception {
        GatedNetwork network =
                Tables.quick("-epochs", "400", "-learning-rate", "0.05", "-validation", "50", "-patience", "3");

        network.buildClassifier(noise());

        assertThat(network.toString()).containsPattern("Epochs: +\\d{1,2} of 400 run, parameters of epoch \\d+ kept");
    }

    @Test
    void runsAllEpochsWithAPatienceOfZero() throws Exception {
        GatedNetwork network =
                Tables.quick("-epochs", "100", "-learning-rate", "0.05", "-validation", "50", "-patience", "0");

        network.buildClassifier(noise());

        assertThat(network.toString()).containsPattern("Epochs: +100 of 100 run, parameters of epoch \\d{1,2} kept");
    }

    /** Pilot runs of 100 epochs find another temperature than an early epoch needs. */
    @Test
    void theTemperatureFitsTheEpochThatIsKept() throws Exception {
        Instances table = Tables.signs(200, 1);
        for (int i = 0; i < table.size(); i += 5) {
            table.get(i).setClassValue(1 - table.get(i).classValue());
        }
        GatedNetwork network = Tables.quick(
                "-epochs 100 -learning-rate 0.05 -validation 50 -patience 0 -weight-decay 0 -mixup auto".split(" "));

        network.buildClassifier(table);

        assertThat(network.toString()).containsPattern("parameters of epoch \\d{1,2} kept");
        assertThat(network.getMeasure("measureValidationLoss"))
                .isLessThanOrEqualTo(
                        Collections.min(network.depthReport().losses().validation()) + 1e-6);
    }

    @Test
    void writesNothingToTheConsole() throws Exception {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        try (PrintStream capture = new PrintStream(written, true, StandardCharsets.UTF_8)) {
            System.setOut(capture);
            System.setErr(capture);
            GatedNetwork network = Tables.quick("-validation", "20");
            Instances table = Tables.signs(50, 1);
            network.buildClassifier(table);
            network.distributionsForInstances(table);
        } finally {
            System.setOut(out);
            System.setErr(err);
        }

        assertThat(written.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    // Both tables have as many rows, since rows c weigh a third where rows a weigh three: Weka's variance divides by
    // the sum of
    // the weights less one, after their mean was set to 1. The minibatch is the whole table, and there is no dropout.
    // What
    // remains is the rounding of sums in single precision.
    @Test
    void trainsOnRowOfWeightThreeAsOnThreeRows() throws Exception {
        Instances rows = Tables.signs(120, 1);
        Instances weighted = new Instances(rows, 0);
        Instances copied = new Instances(rows, 0);
        for (int i = 0; i < rows.size(); i++) {
            boolean heavy = i % 2 == 0;
            add(weighted, rows.get(i), heavy ? 1 : 3, heavy ? 3 : 1 / 3.0);
            add(copied, rows.get(i), heavy ? 3 : 1, 1);
        }
        String[] options = {"-mini-batch", "1000", "-epochs", "5", "-learning-rate", "0.05"};
        GatedNetwork first = Tables.quick(options.clone());
        GatedNetwork second = Tables.quick(options.clone());

        first.buildClassifier(weighted);
        second.buildClassifier(copied);

        double[][] expected = second.distributionsForInstances(rows);
        double[][] actual = first.distributionsForInstances(rows);
        for (int i = 0; i < rows.size(); i++) {
            assertThat(actual[i]).containsExactly(expected[i], within(1e-4));
        }
    }

    // Where the numbers of rows differ, so do the variances: n rows whose weights are 1 in the mean have S / (n - 1),
    // so
    // that all columns differ by one factor, sqrt((1 - 1/n) / (1 - 1/m)), here 1 + 0.0006.
    @Test
    void standardisesRowsOfWeightThreeAsThreeRowsButForTheDivisorOfTheVariance() throws Exception {
        Instances rows = Tables.signs(300, 1);
        Instances weighted = new Instances(rows, 0);
        Instances copied = new Instances(rows, 0);
        for (int i = 0; i < rows.size(); i++) {
            int copies = i < 90 ? 3 : 1;
            add(weighted, rows.get(i), 1, copies);
            add(copied, rows.get(i), copies, 1);
        }
        String[] options = {"-mini-batch", "1000", "-epochs", "5", "-learning-rate", "0.05"};
        GatedNetwork first = Tables.quick(options.clone());
        GatedNetwork second = Tables.quick(options.clone());

        first.buildClassifier(weighted);
        second.buildClassifier(copied);

        double factor = Math.sqrt((1 - 1 / 300.0) / (1 - 1 / 480.0));
        double[][] expected = second.distributionsForInstances(rows);
        double[][] actual = first.distributionsForInstances(rows);
        for (int i = 0; i < rows.size(); i++) {
            assertThat(actual[i]).containsExactly(expected[i], within(8 * (1 - factor)));
        }
    }

    private static void add(Instances table, Instance row, int times, double weight) {
        for (int i = 0; i < times; i++) {
            table.add(row);
            table.get(table.size() - 1).setWeight(weight);
        }
    }

    // The initial weights are drawn for the columns in their order, so that another order is another network.
    @Test
    void learnsAboutAsMuchFromAttributesInAnotherOrder() throws Exception {
        Instances table = Tables.example("iris");
        Reorder reorder = new Reorder();
        reorder.setAttributeIndices("3,1,4,2,last");
        reorder.setInputFormat(table);

        double straight = accuracy(table);
        double permuted = accuracy(Filter.useFilter(table, reorder));

        assertThat(permuted).isGreaterThan(90).isCloseTo(straight, within(4.0));
    }

    private static double accuracy(Instances table) throws Exception {
        Evaluation evaluation = new Evaluation(table);
        evaluation.crossValidateModel(Tables.quick("-width", "32", "-epochs", "40"), table, 3, new Random(1));
        return evaluation.pctCorrect();
    }

    @Test
    void trainsOnMiniBatchesOfOneWeightedRow() throws Exception {
        Instances table = Tables.signs(5, 1);
        table.get(2).setWeight(4);
        GatedNetwork network = Tables.quick("-mini-batch", "1");

        network.buildClassifier(table);

        assertThat(network.distributionForInstance(table.get(0))).doesNotContain(Double.NaN);
    }

    // Canary: when this fails, TrainingRun need not repeat the only row of a minibatch.
    @Test
    void dl4jStillRefusesTheMaskOfOneRow() {
        INDArray mask = Nd4j.ones(1, 1);
        ILossFunction loss = LossFunctions.LossFunction.MCXENT.getILossFunction();

        assertThatThrownBy(
                        () -> loss.computeGradient(Nd4j.create(1, 2), Nd4j.create(1, 2), new ActivationSoftmax(), mask))
                .isInstanceOf(UnsupportedOperationException.class);
    }
}
