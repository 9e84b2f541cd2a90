package org.gatedepth.report.recording;

import java.util.List;
import java.util.function.Consumer;
import org.deeplearning4j.core.storage.StatsStorage;
import org.deeplearning4j.core.storage.StatsStorageRouter;

/**
 * Writes the records of a {@link org.gatedepth.report.DepthListener} into a stats storage of Deeplearning4j, and reads
 * them.
 *
 * <p>This class and {@link StoredDepthRecord} are the only ones that need {@code deeplearning4j-core}; the storages
 * themselves, {@code InMemoryStatsStorage} and {@code FileStatsStorage}, are in {@code deeplearning4j-ui-model}, which
 * depends on it. The records are updates of the type {@value #TYPE_ID}. Each has a later time stamp than the record
 * before it. The first record is the session's static info, too, because storages do not list a session without static
 * info.
 *
 * <pre>{@code
 * StatsStorage storage = new FileStatsStorage(new File("training.storage"));
 * network.addListeners(
 *         new DepthListener.Builder().sendTo(new DepthStorage(storage, "letters", "0")).build());
 * network.fit(data, 10);
 * DepthStorage.read(storage, "letters").forEach(System.out::println);
 * }</pre>
 */
public final class DepthStorage implements Consumer<DepthRecord> {
    /** Type id of the records in a storage. */
    public static final String TYPE_ID = "GatedepthDepth";

    private final StatsStorageRouter router;
    private final String session;
    private final String worker;
    private long last = Long.MIN_VALUE;

    /**
     * For one training.
     *
     * @param router the storage, or a router to it
     * @param session id of the session; other listeners may use the same
     * @param worker id of the worker; each network that trains in the session needs its own
     */
    public DepthStorage(StatsStorageRouter router, String session, String worker) {
        this.router = router;
        this.session = session;
        this.worker = worker;
    }

    @Override
    public synchronized void accept(DepthRecord record) {
        boolean first = last == Long.MIN_VALUE;
        // A storage keeps only one record for each time stamp.
        last = first ? record.time() : Math.max(record.time(), last + 1);
        StoredDepthRecord stored = new StoredDepthRecord(session, worker, last, record);
        if (first) {
            router.putStaticInfo(stored);
        }
        router.putUpdate(stored);
    }

    /** The records of a session, of all its workers, in the order of time; empty if there are none. */
    public static List<DepthRecord> read(StatsStorage storage, String session) {
        return storage.getAllUpdatesAfter(session, TYPE_ID, Long.MIN_VALUE).stream()
                .map(StoredDepthRecord.class::cast)
                .map(StoredDepthRecord::record)
                .toList();
    }
}
