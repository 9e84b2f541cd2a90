package org.gatedepth.weka.table.file;

import java.io.IOException;
import java.nio.file.Files;
import weka.core.converters.CSVLoader;

/** Weka's CSV loader for reading row by row, without the temporary file that Weka leaves until the process ends. */
final class IncrementalCsv extends CSVLoader implements AutoCloseable {

    private static final long serialVersionUID = 1L;

    IncrementalCsv() {
        // The rows of the buffer are read in another way, in which errors have no line of the file.
        setBufferSize(1);
    }

    @Override
    public void close() throws IOException {
        if (m_dataDumper != null) {
            m_dataDumper.close();
        }
        if (m_tempFile != null) {
            Files.deleteIfExists(m_tempFile.toPath());
        }
    }
}
