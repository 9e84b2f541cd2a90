package org.gatedepth.weka.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.gatedepth.weka.table.NumberEmbedding;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class TemperatureTest {

    private PreparedRows rows;
    private ComputationGraph network;

    /** Two members, trained for two epochs. */
    @BeforeEach
    void train() throws Exception {
        rows = Prepared.of(200);
        Setting setting = new Setting(rows, 2, AutomaticSettings.LIGHT);
        Trainer.Task task = new Trainer.Task(Prepared.options(2, 0.0, 0.0, NumberEmbedding.NONE), 16, setting, 2);
        network = task.network();
        Trainer trainer = new Trainer(task, network, rows.training());
        trainer.epoch(1, part -> {});
        trainer.epoch(2, part -> {});
        trainer.close();
    }

    private double[] losses() throws InterruptedException {
        return Temperature.losses(network, rows.training(), true, () -> {});
    }

    private double loss() throws InterruptedException {
        return Trainer.loss(network, rows.training(), true, () -> {});
    }

    @Test
    void lossAtOneIsThatOfTheNetwork() throws Exception {
        double[] losses = losses();

        assertThat(Temperature.of(losses, 6)).isEqualTo(1);
        assertThat(losses[6]).isCloseTo(loss(), within(1e-6));
    }

    @Test
    void lossAtEachTemperatureIsThatOfTheDividedNetwork() throws Exception {
        double[] losses = losses();
        INDArray before = network.params().dup();

        for (int t = 0; t < losses.length; t++) {
            Temperature.divide(network, Temperature.of(losses, t));
            assertThat(losses[t])
                    .as("temperature %s", Temperature.of(losses, t))
                    .isCloseTo(loss(), within(1e-6));
            network.setParams(before);
        }
    }

    @Test
    void comparesTemperaturesFromHalfToFour() throws Exception {
        double[] losses = losses();

        assertThat(Temperature.of(losses, 0)).isCloseTo(0.5, within(1e-12));
        assertThat(Temperature.of(losses, losses.length - 1)).isCloseTo(4, within(1e-12));
    }

    @Test
    void changesNoOtherParameters() {
        Map<String, INDArray> before = new HashMap<>();
        network.paramTable().forEach((name, parameters) -> before.put(name, parameters.dup()));

        Temperature.divide(network, 2);

        network.paramTable().forEach((name, now) -> {
            boolean ofOutput = name.startsWith("out_") || name.startsWith("out.m2_");
            INDArray old = before.get(name);
            assertThat(now).as(name).isEqualTo(ofOutput ? old.div(2) : old);
        });
    }

    @Test
    void takesTheLowestSumOfLosses() {
        double[] losses = Temperature.none(true);
        Arrays.setAll(losses, t -> 1 + 0.01 * Math.abs(t - 9));

        assertThat(Temperature.best(losses, 10_000)).isEqualTo(9);
    }

    @Test
    void fewRowsStayNearOne() {
        double[] losses = Temperature.none(true);
        Arrays.setAll(losses, t -> 1 + 0.001 * t);

        assertThat(Temperature.of(losses, Temperature.best(losses, 10_000))).isCloseTo(0.5, within(1e-12));
        assertThat(Temperature.of(losses, Temperature.best(losses, 10))).isEqualTo(1);
    }

    @Test
    void trainingThatFailedHasTheTemperatureOne() {
        assertThat(Temperature.of(Temperature.none(true), Temperature.best(Temperature.none(true), 50)))
                .isEqualTo(1);
        assertThat(Temperature.none(false)).containsExactly(Double.NaN);
    }

    @Test
    void numericClassHasOneLossAtOne() {
        double[] losses = {0.3};

        assertThat(Temperature.of(losses, Temperature.best(losses, 50))).isEqualTo(1);
    }
}
