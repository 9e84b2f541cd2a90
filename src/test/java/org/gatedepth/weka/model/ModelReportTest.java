package org.gatedepth.weka.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.gatedepth.report.DepthReport;
import org.junit.jupiter.api.Test;
import weka.core.SerializedObject;

/** When a report is measured, and what becomes of it in files and copies. */
class ModelReportTest {

    private final AtomicInteger measured = new AtomicInteger();
    private final ModelReport report = ModelReport.later(() -> {
        measured.incrementAndGet();
        return HandmadeReports.small();
    });

    private static byte[] write(ModelReport report) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(report);
        }
        return bytes.toByteArray();
    }

    private static ModelReport read(byte[] bytes) throws Exception {
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
            return (ModelReport) in.readObject();
        }
    }

    @Test
    void nothingIsMeasuredBeforeSomebodyAsks() {
        assertThat(report.isMeasured()).isFalse();
        assertThat(measured).hasValue(0);
    }

    @Test
    void isMeasuredOnceHoweverManyAsk() {
        List<CompletableFuture<DepthReport>> asking = Stream.generate(() -> CompletableFuture.supplyAsync(report::get))
                .limit(8)
                .toList();

        assertThat(asking.stream().map(CompletableFuture::join)).containsOnly(HandmadeReports.small());
        assertThat(measured).hasValue(1);
    }

    @Test
    void aFileHoldsTheReport() throws Exception {
        ModelReport loaded = read(write(report));

        assertThat(loaded.get()).isEqualTo(HandmadeReports.small());
        assertThat(measured).hasValue(1);
    }

    @Test
    void aLoadedReportIsSavedAgainWithoutBeingAskedFor() throws Exception {
        ModelReport again = read(write(read(write(report))));

        assertThat(again.text()).isEqualTo(HandmadeReports.small().toText());
        assertThat(measured).hasValue(1);
    }

    @Test
    void aCopyInMemoryMeasuresNothingAndSharesTheReport() throws Exception {
        ModelReport copy = (ModelReport) new SerializedObject(report).getObject();

        assertThat(measured).hasValue(0);
        assertThat(copy.get()).isSameAs(report.get());
        assertThat(measured).hasValue(1);
    }

    @Test
    void aReportThatCannotBeMeasuredIsASentence() {
        ModelReport failing = ModelReport.later(() -> {
            throw new ArithmeticException("The loss is infinite.\n at place 3");
        });

        assertThat(failing.orNull()).isNull();
        assertThat(failing.text())
                .isEqualTo("The depth of the network could not be measured (The loss is infinite);"
                        + " the network itself is whole.\n");
        assertThatThrownBy(failing::get).hasMessage(failing.sentence());
    }

    @Test
    void aReportThatCannotBeMeasuredKeepsNoModelFromBeingSaved() throws Exception {
        ModelReport loaded = read(write(ModelReport.later(() -> {
            throw new LinkageError("no library");
        })));

        assertThat(loaded.text())
                .startsWith("The depth of the network could not be measured (no library);")
                .hasLineCount(1);
    }
}
