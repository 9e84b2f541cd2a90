package weka.classifiers.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.gatedepth.weka.progress.RunRecord;
import org.gatedepth.weka.progress.RunWatchers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import weka.core.Instances;
import weka.core.Utils;

/** What those hear who watch the training runs. */
class GatedNetworkProgressTest implements RunWatchers.Watcher {

    private final List<RunRecord> runs = new ArrayList<>();
    private boolean looking;

    @BeforeEach
    void watch() {
        RunWatchers.watch(this);
    }

    @AfterEach
    void unwatch() {
        RunWatchers.unwatch(this);
    }

    @Override
    public void changed(RunRecord run) {
        if (runs.stream().noneMatch(known -> known == run)) {
            runs.add(run);
        }
    }

    @Override
    public boolean wantsDetails() {
        return looking;
    }

    @Test
    void measuresHeadsAndGatesForThoseWhoLook() throws Exception {
        looking = true;
        Tables.quick("-depth", "4", "-aux-every", "2", "-epochs", "2").buildClassifier(Tables.signs(40, 1));

        RunRecord run = runs.get(0);
        RunRecord.Epoch last = run.epochs().get(1);
        assertThat(run.state()).isEqualTo(RunRecord.State.FINISHED);
        assertThat(run.rows()).isEqualTo(40);
        assertThat(run.isClassification()).isTrue();
        assertThat(last.losses()).extracting("output").containsExactly("output", "head2");
        assertThat(last.gates()).hasSize(4).allMatch(gate -> gate > 0 && gate < 1);
    }

    @Test
    void showsTheGatesOfTheFirstMemberAlone() throws Exception {
        looking = true;

        Tables.quick("-depth", "4", "-members", "3").buildClassifier(Tables.signs(40, 1));

        List<RunRecord.Epoch> epochs = runs.get(0).epochs();
        assertThat(epochs.get(epochs.size() - 1).gates()).hasSize(4).allMatch(gate -> gate > 0 && gate < 1);
    }

    @Test
    void trainsTheSameNetworkWhetherSomebodyLooksOrNot() throws Exception {
        Instances table = Tables.signs(40, 1);
        GatedNetwork alone = Tables.quick("-depth", "2", "-epochs", "3", "-dropout", "0.2");
        GatedNetwork seen = Tables.quick("-depth", "2", "-epochs", "3", "-dropout", "0.2");
        alone.buildClassifier(table);
        looking = true;
        seen.buildClassifier(table);

        assertThat(runs.get(0).epochs().get(1).gates()).isEmpty();
        assertThat(runs.get(1).epochs().get(2).gates()).isNotEmpty();
        assertThat(seen.distributionsForInstances(table)).isDeepEqualTo(alone.distributionsForInstances(table));
    }

    @Test
    void measuresTheLastEpochThoughNobodyLooked() throws Exception {
        Instances table = Tables.signs(40, 1);
        for (String options : List.of("-epochs 2", "-epochs 200 -validation 30 -patience 2")) {
            Tables.quick(Utils.splitOptions("-depth 2 -aux-every 1 " + options)).buildClassifier(table);
        }

        assertThat(runs).hasSize(2).allSatisfy(run -> {
            List<RunRecord.Epoch> epochs = run.epochs();
            assertThat(epochs.get(0).losses()).isEmpty();
            assertThat(epochs.get(epochs.size() - 1).losses())
                    .extracting("output")
                    .containsExactly("output", "head1");
            assertThat(epochs.get(epochs.size() - 1).gates()).hasSize(2);
        });
        assertThat(runs.get(1).epochs()).hasSizeLessThan(200);
    }

    @Test
    void theLossOfAnEpochHasNoPenaltyInIt() throws Exception {
        Instances table = Tables.signs(40, 1);
        for (String weightDecay : List.of("0", "10")) {
            Tables.quick("-depth", "2", "-epochs", "1", "-mini-batch", "40", "-weight-decay", weightDecay)
                    .buildClassifier(table);
        }

        // The loss of the first step is that of the initial weights, whatever decays them.
        double without = runs.get(0).epochs().get(0).trainingLoss();
        assertThat(without).isPositive();
        assertThat(runs.get(1).epochs().get(0).trainingLoss()).isEqualTo(without, within(1e-4));
    }

    @Test
    void aRunThatEndedByItsPatienceCanGoOn() throws Exception {
        Instances table = Tables.signs(40, 1);
        GatedNetwork network =
                Tables.quick("-depth", "2", "-epochs", "200", "-validation", "30", "-patience", "2", "-resume");
        network.buildClassifier(table);
        int ended = runs.get(0).epochs().size();
        network.initializeClassifier(table);
        int more = 0;
        while (network.next()) {
            more++;
        }
        network.done();

        assertThat(ended).isLessThan(200);
        assertThat(more).isBetween(2, 199);
    }
}
