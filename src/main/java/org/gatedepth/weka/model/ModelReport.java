package org.gatedepth.weka.model;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import java.util.WeakHashMap;
import java.util.concurrent.Callable;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.gatedepth.report.DepthReport;
import org.gatedepth.weka.host.ModelFiles;
import org.jspecify.annotations.Nullable;
import weka.core.SerializedObject;

/**
 * The depth report of a trained network: measured when it is first asked for, and then kept.
 *
 * <p>Until then it holds what is needed to measure it, rows and the network. In a model file it is the report as JSON,
 * and no rows: saving a model measures its report. A copy that Weka makes in memory measures nothing; it shares the
 * report of its original.
 *
 * <p>If a report cannot be measured, there is a sentence why instead. The model can be trained and saved all the same.
 */
public final class ModelReport implements Serializable {

    private static final long serialVersionUID = 1L;

    private static final String COPY_WITHOUT_ORIGINAL =
            "The depth of this network cannot be measured, because it is a copy"
                    + " whose original is gone: train the network again.";

    /** The reports that were copied in memory before they were measured. */
    private static final Map<UUID, WeakReference<ModelReport>> COPIED = new WeakHashMap<>();

    private final transient UUID id = UUID.randomUUID();
    private transient @Nullable Callable<DepthReport> measurement;
    /** The JSON that the report is read from; null if it is measured. */
    private transient @Nullable String json;

    private transient @Nullable DepthReport report;
    private transient String title = "";
    private transient String sentence = "";

    private ModelReport() {}

    /**
     * A report that is measured when it is asked for.
     *
     * @param measurement measures it; is called once at most
     */
    public static ModelReport later(Callable<DepthReport> measurement) {
        ModelReport later = new ModelReport();
        later.measurement = measurement;
        return later;
    }

    /** No report, and a sentence why. */
    private static ModelReport absent(String sentence) {
        ModelReport absent = new ModelReport();
        absent.sentence = sentence;
        return absent;
    }

    private static ModelReport read(String json) {
        ModelReport read = later(() -> DepthReport.fromJson(json));
        read.json = json;
        return read;
    }

    /**
     * Gives the report a title instead of the line that describes its network.
     *
     * @param given the title; before the report is measured
     */
    public synchronized void entitle(String given) {
        title = given;
    }

    /** The report; null if there is none, for which {@link #sentence} says why. */
    public synchronized @Nullable DepthReport orNull() {
        Callable<DepthReport> pending = measurement;
        if (pending != null) {
            try {
                DepthReport measured = pending.call();
                report = title.isEmpty() ? measured : measured.withTitle(title);
            } catch (Exception | LinkageError e) {
                sentence = "The depth of the network could not be " + (json == null ? "measured" : "read from its file")
                        + " (" + reason(e) + "); the network itself is whole.";
            }
            measurement = null;
        }
        return report;
    }

    private static String reason(Throwable failure) {
        if (failure instanceof NoClassDefFoundError) {
            return "ND4J, which is needed for it, cannot be loaded";
        }
        String message = failure.getMessage();
        return message == null
                ? failure.getClass().getSimpleName()
                : message.strip().split("\\R", 2)[0].replaceFirst("\\.$", "");
    }

    /**
     * The report.
     *
     * @throws IllegalStateException with one sentence, if there is none
     */
    public DepthReport get() {
        DepthReport there = orNull();
        if (there == null) {
            throw new IllegalStateException(sentence());
        }
        return there;
    }

    /** Why there is no report; empty if there is one, or if it has not been asked for yet. */
    public synchronized String sentence() {
        return sentence;
    }

    /** The report as lines of text, or the sentence. */
    public String text() {
        DepthReport there = orNull();
        return there == null ? sentence() + "\n" : there.toText();
    }

    /** The report as JSON; null if there is none. */
    @Nullable
    String json() {
        synchronized (this) {
            if (json != null) {
                return json;
            }
        }
        DepthReport there = orNull();
        return there == null ? null : there.toJson();
    }

    /** Whether it is there, or known to be absent, without a measurement. */
    public synchronized boolean isMeasured() {
        return measurement == null || json != null;
    }

    /** Weka copies classifiers by serialising them into memory, where the report is not needed yet. */
    private static boolean isCopied() {
        return StackWalker.getInstance()
                .walk(frames ->
                        frames.anyMatch(frame -> frame.getClassName().equals(SerializedObject.class.getName())));
    }

    private Object writeReplace() {
        if (!isMeasured() && isCopied()) {
            synchronized (COPIED) {
                COPIED.put(id, new WeakReference<>(this));
            }
            return new Stored(id, null, COPY_WITHOUT_ORIGINAL);
        }
        try {
            String text = json();
            return new Stored(null, text == null ? null : compressed(text), sentence());
        } catch (RuntimeException | LinkageError e) {
            return new Stored(null, null, "The depth of the network could not be saved (" + reason(e) + ").");
        }
    }

    private static byte[] compressed(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private void readObject(ObjectInputStream in) throws InvalidObjectException {
        throw ModelFiles.damaged(null);
    }

    /**
     * What is in a stream.
     *
     * @param original the report that this is a copy of; null in files
     * @param report the report's JSON as GZIP, which knows when it is damaged; null if there is none
     * @param sentence why there is none
     */
    @SuppressWarnings("ArrayRecordComponent")
    private record Stored(@Nullable UUID original, byte @Nullable [] report, String sentence) implements Serializable {

        private static final long serialVersionUID = 1L;

        private Object readResolve() throws InvalidObjectException {
            if (original != null) {
                synchronized (COPIED) {
                    WeakReference<ModelReport> there = COPIED.get(original);
                    ModelReport found = there == null ? null : there.get();
                    if (found != null) {
                        return found;
                    }
                }
            }
            if (report == null) {
                return absent(sentence);
            }
            try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(report))) {
                return read(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw ModelFiles.damaged(e);
            }
        }
    }
}
