package weka.classifiers.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.LossFunctions;
import weka.core.Instance;
import weka.core.Instances;

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

    @Test
    void stopsWhenPatienceIsOver() throws Exception {
        // The class is noise: the validation loss soon rises.
        Instances table = Tables.signs(60, 1);
        for (int i = 0; i < table.size(); i++) {
            table.get(i).setClassValue(i % 2);
        }
        GatedNetwork network =
                Tables.quick("-epochs", "400", "-learning-rate", "0.05", "-validation", "50", "-patience", "3");

        network.buildClassifier(table);

        assertThat(network.toString()).containsPattern("Epochs: +\\d{1,2} of 400 run, parameters of epoch \\d+ kept");
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

    // Every step is over all rows and without dropout. What remains is Weka's variance, which divides by the sum of the
    // weights less one.
    @Test
    void trainsOnRowOfWeightThreeAsOnThreeRows() throws Exception {
        Instances table = Tables.signs(300, 1);
        Instances weighted = new Instances(table);
        Instances copied = new Instances(table);
        for (int i = 0; i < 90; i++) {
            weighted.get(i).setWeight(3);
            copied.add((Instance) table.get(i).copy());
            copied.add((Instance) table.get(i).copy());
        }
        String[] options = {"-mini-batch", "1000", "-epochs", "5", "-learning-rate", "0.05"};
        GatedNetwork first = Tables.quick(options.clone());
        GatedNetwork second = Tables.quick(options.clone());

        first.buildClassifier(weighted);
        second.buildClassifier(copied);

        double[][] expected = second.distributionsForInstances(table);
        double[][] actual = first.distributionsForInstances(table);
        for (int i = 0; i < table.size(); i++) {
            assertThat(actual[i]).containsExactly(expected[i], within(5e-3));
        }
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
