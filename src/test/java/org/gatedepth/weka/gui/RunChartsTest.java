package org.gatedepth.weka.gui;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.gatedepth.weka.progress.OutputLoss;
import org.gatedepth.weka.progress.RunRecord;
import org.junit.jupiter.api.Test;

/** From a run to the curves of its charts. */
class RunChartsTest {

    private static final Recorded.Details PLAIN = new Recorded.Details(List.of(new OutputLoss("output", 1)), List.of());

    @Test
    void drawsTrainingAndValidationLossByEpoch() {
        RunRecord run = Recorded.classification();
        run.begun(3);
        Recorded.epoch(run, 1, .9, false, PLAIN);
        Recorded.epoch(run, 2, .8, false, PLAIN);

        ChartModel chart = RunCharts.losses(run);

        assertThat(chart.up()).isEqualTo("loss (nats)");
        assertThat(chart.curves())
                .containsExactly(
                        new ChartModel.Curve("training", List.of(1., 2.), List.of(1., .5)),
                        new ChartModel.Curve("validation", List.of(1., 2.), List.of(.9, .8)));
        assertThat(chart.describe()).isEqualTo("training 0.5000 at epoch 2. validation 0.8000 at epoch 2.");
    }

    @Test
    void hasNoValidationCurveWhereNoRowIsHeldOut() {
        RunRecord run = Recorded.regression();
        run.begun(1);
        Recorded.epoch(run, 1, null, false, PLAIN);

        ChartModel chart = RunCharts.losses(run);

        assertThat(chart.up()).contains("squared error");
        assertThat(chart.curves()).extracting(ChartModel.Curve::name).containsExactly("training");
    }

    @Test
    void saysThatTheTrainingLossCountsTheHeads() {
        RunRecord run = Recorded.classification();
        run.begun(1);
        Recorded.epoch(run, 1, null, true, Recorded.details(1));

        assertThat(RunCharts.losses(run).curves())
                .extracting(ChartModel.Curve::name)
                .containsExactly("training, heads included");
    }

    @Test
    void drawsEveryOutputAndTheGatesOfTheFirstAndTheLatestEpoch() {
        RunRecord run = Recorded.classification();
        run.begun(3);
        Recorded.epoch(run, 1, null, true, Recorded.details(4));
        Recorded.epoch(run, 2, null, false, Recorded.details(3));
        Recorded.epoch(run, 3, null, true, Recorded.details(2));

        assertThat(RunCharts.outputs(run).curves())
                .containsExactly(
                        new ChartModel.Curve("output", List.of(1., 3.), List.of(4., 2.)),
                        new ChartModel.Curve("head1", List.of(1., 3.), List.of(8., 4.)));
        assertThat(RunCharts.gates(run).curves())
                .containsExactly(
                        new ChartModel.Curve("epoch 1", List.of(1., 2.), List.of(.4, .8)),
                        new ChartModel.Curve("epoch 3", List.of(1., 2.), List.of(.2, .4)));
    }

    @Test
    void measuresAFewTimesASecondAndInTheLastEpoch() {
        RunRecord run = Recorded.classification();
        run.begun(50);
        long begin = System.nanoTime();
        for (int epoch = 1; epoch <= 50; epoch++) {
            Recorded.epoch(run, epoch, null, true, Recorded.details(1));
        }

        List<Double> measured = RunCharts.outputs(run).curves().get(0).x();
        // The first, the last, and one in every 200 ms between them.
        long most = 3 + (System.nanoTime() - begin) / 200_000_000;
        assertThat(measured).startsWith(1.).endsWith(50.).hasSizeLessThanOrEqualTo((int) most);
    }

    @Test
    void saysWhyThereIsNothingToDraw() {
        RunRecord run = Recorded.classification();
        run.begun(2);
        assertThat(RunCharts.losses(run).sentence()).isEqualTo(RunCharts.NO_EPOCH);
        assertThat(RunCharts.gates(run).sentence()).isEqualTo(RunCharts.NO_EPOCH);

        Recorded.epoch(run, 1, null, false, Recorded.details(1));
        assertThat(RunCharts.outputs(run).sentence()).isEqualTo(RunCharts.NOT_YET);
        assertThat(RunCharts.gates(run).sentence()).isEqualTo(RunCharts.NOT_YET);

        run.ended(false);
        assertThat(RunCharts.outputs(run).sentence()).isEqualTo(RunCharts.NOT_SEEN);
        assertThat(RunCharts.gates(run).sentence()).isEqualTo(RunCharts.NOT_SEEN);
    }

    @Test
    void saysThatANetworkHasNoHeadsOrGates() {
        RunRecord run = Recorded.classification();
        run.begun(1);
        Recorded.epoch(run, 1, null, true, PLAIN);

        assertThat(RunCharts.outputs(run).sentence()).isEqualTo(RunCharts.NO_HEADS);
        assertThat(RunCharts.gates(run).sentence()).isEqualTo(RunCharts.NO_GATES);
    }

    @Test
    void drawsALongRunWithFewPointsAndItsLastEpoch() {
        RunRecord run = Recorded.classification();
        run.begun(12_345);
        for (int epoch = 1; epoch <= 12_345; epoch++) {
            Recorded.epoch(run, epoch, null, false, PLAIN);
        }

        assertThat(RunCharts.losses(run).curves().get(0).x())
                .hasSizeBetween(400, 500)
                .endsWith(12_345.);
    }
}
