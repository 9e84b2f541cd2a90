package org.gatedepth.weka.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.gatedepth.testing.LocalSpark;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Results are written as a whole, or not at all. */
class ResultFolderTest {
    @TempDir
    private Path folder;

    @BeforeAll
    static void needsHadoop() {
        LocalSpark.assumeThatItRuns();
    }

    private ResultFolder results() {
        return new ResultFolder(folder.toString(), new Configuration(false));
    }

    @Test
    void objectsAreReadAgain() {
        results().writeObject("object", "content");

        assertThat(results().has("object")).isTrue();
        assertThat(results().readObject("object", String.class)).isEqualTo("content");
        assertThatThrownBy(() -> results().readObject("object", Integer.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("object cannot be read");
    }

    @Test
    void aFullDiskLeavesWhatWasThere() throws Exception {
        Files.writeString(folder.resolve("mine"), "mine");
        Map<String, ResultFolder.Content> contents = new LinkedHashMap<>();
        contents.put("first", out -> out.write(1));
        contents.put("second", out -> {
            out.write(2);
            throw new IOException("No space left on device");
        });

        assertThatThrownBy(() -> results().writeAll(contents))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("second: No space left on device; what was there before is as it was");
        try (var files = Files.list(folder)) {
            assertThat(files.map(Path::getFileName)).containsExactly(Path.of("mine"));
        }
        assertThat(folder.resolve("mine")).hasContent("mine");
    }

    @Test
    void aDamagedFileIsRefused() throws Exception {
        Files.writeString(folder.resolve("object"), "no object");

        assertThatThrownBy(() -> results().readObject("object", String.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("it is of another version of Gatedepth or damaged");
    }
}
