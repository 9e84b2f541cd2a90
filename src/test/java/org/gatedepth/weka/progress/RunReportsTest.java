package org.gatedepth.weka.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import weka.classifiers.Evaluation;
import weka.classifiers.functions.GatedNetwork;
import weka.core.Instances;

/** The reports of runs that somebody watches. */
class RunReportsTest {

    private final List<RunRecord> runs = new CopyOnWriteArrayList<>();
    private final RunWatchers.Watcher watcher = new RunWatchers.Watcher() {
        @Override
        public void changed(RunRecord run) {
            if (run.state() == RunRecord.State.FINISHED) {
                runs.add(run);
            }
        }

        @Override
        public boolean wantsDetails() {
            return false;
        }
    };

    @BeforeEach
    void watch() {
        RunWatchers.watch(watcher);
    }

    @AfterEach
    void unwatch() {
        RunWatchers.unwatch(watcher);
    }

    private static Instances iris() throws Exception {
        try (BufferedReader file = Files.newBufferedReader(Path.of("examples", "data", "iris.arff"))) {
            Instances table = new Instances(file);
            table.setClassIndex(4);
            return table;
        }
    }

    private static GatedNetwork quick() throws Exception {
        GatedNetwork network = new GatedNetwork();
        network.setOptions(
                new String[] {"-depth", "2", "-width", "8", "-epochs", "2", "-weight-decay", "0.1", "-mixup", "0"});
        return network;
    }

    @Test
    void foldsOfACrossValidationMeasureNothing() throws Exception {
        Instances iris = iris();
        GatedNetwork network = quick();
        network.buildClassifier(iris);

        // The classifier of each fold begins as a copy of one that was built.
        new Evaluation(iris).crossValidateModel(network, iris, 3, new Random(1));

        assertThat(runs)
                .hasSize(4)
                .allSatisfy(run -> assertThat(run.report().isMeasured()).isFalse());
    }

    @Test
    void areThoseOfTheirClassifiers() throws Exception {
        GatedNetwork network = quick();
        network.buildClassifier(iris());

        assertThat(runs.get(0).report().get()).isSameAs(network.depthReport());
    }
}
