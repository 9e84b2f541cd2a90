package org.gatedepth.report.recording;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.core.storage.StatsStorage;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.ui.model.storage.FileStatsStorage;
import org.deeplearning4j.ui.model.storage.InMemoryStatsStorage;
import org.gatedepth.dl4j.GatedStack;
import org.gatedepth.report.DepthListener;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.learning.config.Adam;

@ExtendWith(DoublePrecision.class)
class DepthStorageTest {

    /** What a listener that sends to the storage keeps itself. */
    private static List<DepthRecord> train(StatsStorage storage) {
        MultiLayerNetwork network = Networks.network(
                Networks.builder(new Adam(0.01)),
                new GatedStack.Builder().depth(3).nOut(5).build());
        DepthListener listener = new DepthListener.Builder()
                .every(1)
                .sendTo(new DepthStorage(storage, "letters", "0"))
                .build();
        network.setListeners(listener);
        for (int i = 0; i < 5; i++) {
            network.fit(Networks.data(8, i));
        }
        return listener.records();
    }

    @Test
    void keepsTheRecordsInMemory() throws IOException {
        StatsStorage storage = new InMemoryStatsStorage();
        try {
            List<DepthRecord> records = train(storage);

            assertThat(records).hasSize(5);
            assertThat(DepthStorage.read(storage, "letters")).isEqualTo(records);
        } finally {
            storage.close();
        }
    }

    @Test
    void keepsTheRecordsInAFile(@TempDir Path folder) throws IOException {
        File file = folder.resolve("training.storage").toFile();
        StatsStorage written = new FileStatsStorage(file);
        List<DepthRecord> records = train(written);
        written.close();

        StatsStorage read = new FileStatsStorage(file);
        try {
            assertThat(DepthStorage.read(read, "letters")).isEqualTo(records);
        } finally {
            read.close();
        }
    }

    @Test
    void isFoundByTheIdsOfTheStorage() throws IOException {
        StatsStorage storage = new InMemoryStatsStorage();
        try {
            List<DepthRecord> records = train(storage);

            assertThat(storage.listSessionIDs()).containsExactly("letters");
            assertThat(storage.listTypeIDsForSession("letters")).containsExactly("GatedepthDepth");
            assertThat(storage.listWorkerIDsForSession("letters")).containsExactly("0");
            assertThat(storage.getLatestUpdate("letters", DepthStorage.TYPE_ID, "0"))
                    .isInstanceOfSatisfying(
                            StoredDepthRecord.class,
                            stored -> assertThat(stored.record()).isEqualTo(records.get(4)));
        } finally {
            storage.close();
        }
    }

    @Test
    void keepsRecordsOfTheSameMillisecond() throws IOException {
        StatsStorage storage = new InMemoryStatsStorage();
        try {
            DepthStorage target = new DepthStorage(storage, "letters", "0");
            target.accept(new DepthRecord(0, 0, 7, 0.5, List.of()));
            target.accept(new DepthRecord(1, 0, 7, Double.NaN, List.of()));

            assertThat(DepthStorage.read(storage, "letters"))
                    .extracting(DepthRecord::score)
                    .containsExactly(0.5, Double.NaN);
        } finally {
            storage.close();
        }
    }
}
