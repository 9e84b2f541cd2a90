package org.gatedepth.weka.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import javax.swing.JTable;
import javax.swing.SwingUtilities;
import org.junit.jupiter.api.Test;
import weka.classifiers.functions.GatedNetwork;
import weka.core.Attribute;
import weka.core.DenseInstance;
import weka.core.Instances;
import weka.gui.beans.LogPanel;

/** What the status line says of a run, and of which run it says it. */
class StatusLineTest {

    private static final TrainingProgress.Details NONE = new TrainingProgress.Details() {
        @Override
        public List<OutputLoss> losses() {
            return List.of();
        }

        @Override
        public List<Double> gates() {
            return List.of();
        }
    };

    private final List<String> said = new ArrayList<>();

    @Test
    void tellsWhichNetworkIsTrained() {
        StatusLine line = new StatusLine(said::add, "network 3 of 11");

        line.choosing(1, "weight decay 0.3");
        line.begun(40);
        line.within(1, 0);
        line.epoch(1, 0.25, 0.5, NONE);
        line.ended(true);

        assertThat(said)
                .containsExactly(
                        "Pilot run 1 on a part of the rows, weight decay 0.3 (network 3 of 11)",
                        "Epoch 1 of 40 (network 3 of 11)",
                        "Trained the network, loss 0.2500, validation loss 0.5000 (network 3 of 11).");
    }

    @Test
    void tellsNoTimeBelowASecondAndNoNumberOfTheOnlyNetwork() throws Exception {
        StatusLine line = new StatusLine(said::add, "");

        line.begun(2);
        line.within(1, 0);
        line.epoch(1, 0.25, null, NONE);
        // Longer than the pause between two lines.
        Thread.sleep(300);
        line.within(2, 0.99);

        assertThat(said).containsExactly("Epoch 1 of 2", "Epoch 2 of 2, loss 0.2500");
    }

    @Test
    void countsTheNetworksOfASeries() {
        Object evaluation = new Object();
        Object other = new Object();
        List<String> words = new ArrayList<>();
        for (int network = 1; network <= 4; network++) {
            words.add(NetworkCount.next(evaluation, () -> 3));
        }

        assertThat(words).containsExactly("network 1 of 3", "network 2 of 3", "network 3 of 3", "network 4");
        assertThat(NetworkCount.next(other, () -> 0)).isEqualTo("network 1");
        assertThat(NetworkCount.next(other, () -> 9)).isEqualTo("network 2");
        assertThat(NetworkCount.next(new Object(), () -> 1)).isEmpty();
    }

    private static Instances table() {
        Instances table = new Instances(
                "table", new ArrayList<>(List.of(new Attribute("x"), new Attribute("class", List.of("a", "b")))), 20);
        table.setClassIndex(1);
        for (int i = 0; i < 20; i++) {
            table.add(new DenseInstance(1, new double[] {i, i % 2}));
        }
        return table;
    }

    private static GatedNetwork network(LogPanel log) throws Exception {
        GatedNetwork network = new GatedNetwork();
        network.setOptions(new String[] {"-depth", "2", "-width", "4", "-epochs", "1"});
        network.setLog(log);
        return network;
    }

    /** The rows of the status table of a flow: name and status. */
    private static List<String> rows(LogPanel log) throws InterruptedException, InvocationTargetException {
        List<String> rows = new ArrayList<>();
        SwingUtilities.invokeAndWait(() -> {
            JTable table = log.getStatusTable();
            for (int row = 0; row < table.getRowCount(); row++) {
                rows.add(table.getValueAt(row, 0) + ": " + table.getValueAt(row, 3));
            }
        });
        return rows;
    }

    @Test
    void endsItsRowInTheKnowledgeFlowAsFinished() throws Exception {
        LogPanel log = new LogPanel();

        network(log).buildClassifier(table());
        network(log).buildClassifier(table());

        assertThat(rows(log)).containsExactly("GatedNetwork (training): Finished.");
    }

    @Test
    void endsItsRowInTheKnowledgeFlowAsInterrupted() throws Exception {
        LogPanel log = new LogPanel();
        GatedNetwork network = network(log);
        network.setEpochs(3);

        network.initializeClassifier(table());
        // The first epoch loads what windows need, which may swallow an interruption.
        network.next();
        Thread.currentThread().interrupt();
        try {
            network.next();
        } catch (InterruptedException expected) {
            // That is what an interruption does.
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }

        assertThat(rows(log)).containsExactly("GatedNetwork (training): INTERRUPTED");
    }
}
