package org.gatedepth.report.recording;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.deeplearning4j.core.storage.Persistable;
import org.jspecify.annotations.Nullable;
import org.nd4j.shade.jackson.annotation.JsonProperty;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/** A {@link DepthRecord} for Deeplearning4j's stats storages, encoded as JSON in UTF-8. */
public final class StoredDepthRecord implements Persistable {
    private static final long serialVersionUID = 1L;
    private static final ObjectMapper JSON = new ObjectMapper();

    private byte[] json;
    private transient @Nullable Content content;

    private record Content(
            @JsonProperty("session") String session,
            @JsonProperty("worker") String worker,
            @JsonProperty("time") long time,
            @JsonProperty("record") DepthRecord record) {}

    /** For storages, which create an empty record and decode into it. */
    public StoredDepthRecord() {
        json = new byte[0];
    }

    StoredDepthRecord(String session, String worker, long time, DepthRecord record) {
        try {
            json = JSON.writeValueAsString(new Content(session, worker, time, record))
                    .getBytes(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Content content() {
        Content known = content;
        if (known == null) {
            try {
                known = Objects.requireNonNull(JSON.readValue(new String(json, StandardCharsets.UTF_8), Content.class));
            } catch (IOException e) {
                throw new UncheckedIOException("not a record of Gatedepth's listener", e);
            }
            content = known;
        }
        return known;
    }

    /** The record. */
    public DepthRecord record() {
        return content().record();
    }

    @Override
    public String getSessionID() {
        return content().session();
    }

    @Override
    public String getTypeID() {
        return DepthStorage.TYPE_ID;
    }

    @Override
    public String getWorkerID() {
        return content().worker();
    }

    @Override
    public long getTimeStamp() {
        return content().time();
    }

    @Override
    public int encodingLengthBytes() {
        return json.length;
    }

    @Override
    public byte[] encode() {
        return json.clone();
    }

    @Override
    public void encode(ByteBuffer buffer) {
        buffer.put(json);
    }

    @Override
    public void encode(OutputStream stream) throws IOException {
        stream.write(json);
    }

    @Override
    public void decode(byte[] bytes) {
        json = bytes.clone();
        content = null;
    }

    @Override
    public void decode(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        decode(bytes);
    }

    @Override
    public void decode(InputStream stream) throws IOException {
        decode(stream.readAllBytes());
    }
}
