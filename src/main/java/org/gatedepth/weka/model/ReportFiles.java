package org.gatedepth.weka.model;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.gatedepth.report.DepthReport;
import org.gatedepth.weka.host.ModelFiles;

/** Writes depth reports as pages of HTML. */
public final class ReportFiles {

    private ReportFiles() {}

    /**
     * Writes a page, or replaces it when the new one is complete.
     *
     * @param report the report
     * @param file the page
     * @throws IOException with one sentence, if it cannot be drawn or written
     */
    public static void write(DepthReport report, Path file) throws IOException {
        byte[] page = page(report);
        ModelFiles.replace(file, out -> out.write(page));
    }

    private static byte[] page(DepthReport report) throws IOException {
        try {
            return report.toHtml().getBytes(StandardCharsets.UTF_8);
        } catch (IllegalStateException e) {
            // Charts need a library that programs of their own may lack.
            throw new IOException(e.getMessage(), e);
        } catch (LinkageError e) {
            throw new IOException(
                    "The page cannot be drawn, because a library cannot be loaded (" + e.getMessage()
                            + "): install the Gatedepth package anew, which brings it.",
                    e);
        }
    }
}
