package org.gatedepth.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The same sources give the same bytes, wherever and whenever they are built. */
@Tag("package")
class ReproducibleBuildTest {

    @Test
    void anotherFolderGivesTheSameZip() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "needs a POSIX shell");
        Path copy = Built.emptyFolder("another folder");
        Built.copyProject(copy);
        Run run = Run.process(
                copy,
                Built.maven(),
                List.of(
                        "/bin/sh",
                        "-c",
                        "mvn -B -q package -Dmaven.test.skip=true -Djavacpp.platform=" + Built.PLATFORM));
        assertThat(run.exit()).as(run.out() + run.err()).isZero();
        Path zip = copy.resolve("target").resolve(Built.ZIP.getFileName());

        // First what differs, by name; then all else, such as the order of the entries and their dates.
        assertThat(checksums(zip)).isEqualTo(checksums(Built.ZIP));
        assertThat(Files.mismatch(zip, Built.ZIP)).isEqualTo(-1);
    }

    private static Map<String, Long> checksums(Path file) throws Exception {
        Map<String, Long> checksums = new LinkedHashMap<>();
        try (ZipFile zip = new ZipFile(file.toFile())) {
            for (ZipEntry entry : zip.stream().toList()) {
                checksums.put(entry.getName(), entry.getCrc());
            }
        }
        return checksums;
    }
}
