package org.gatedepth;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No line of Java is over 120 characters: the formatter leaves longer ones where it finds no place to break them. */
class LineLengthTest {
    private static final int LONGEST = 120;

    @ParameterizedTest
    @ValueSource(strings = {"src", "examples", "studies"})
    void noLineIsOver120Characters(String folder) throws Exception {
        List<Path> sources;
        try (Stream<Path> files = Files.walk(Path.of(folder))) {
            sources = files.filter(file -> file.toString().endsWith(".java")).toList();
        }
        assertThat(sources).isNotEmpty();
        List<String> tooLong = new ArrayList<>();
        for (Path source : sources) {
            List<String> lines = Files.readAllLines(source);
            for (int i = 0; i < lines.size(); i++) {
                if (lines.get(i).length() > LONGEST) {
                    tooLong.add(source + ":" + (i + 1));
                }
            }
        }

        assertThat(tooLong).isEmpty();
    }
}
