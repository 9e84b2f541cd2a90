package org.gatedepth.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.gatedepth.testing.InstalledTraining;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A package whose native code is for another platform, installed. */
@Tag("package")
class OtherPlatformTest {

    private static final String OTHER = Built.HOST.startsWith("windows") ? "linux-x86_64" : "windows-x86_64";

    private static final String SENTENCE =
            "Training is not possible because the native code of this Gatedepth package is"
                    + " for " + OTHER + ", and this machine is " + Built.HOST
                    + ": install the package that was built for " + Built.HOST + ".";

    private static Path home;

    @BeforeAll
    static void install() throws Exception {
        assumeTrue(Built.PLATFORM.equals(Built.HOST), "the package is for another platform already");
        home = Built.install("other-platform-test", otherZip());
    }

    /**
     * The package with the other platform's folder in place of this platform's natives, which saves to download those.
     */
    private static Path otherZip() throws IOException {
        Path other = Built.emptyFolder("other-platform-zip").resolve("gatedepth-" + OTHER + ".zip");
        try (ZipFile zip = new ZipFile(Built.ZIP.toFile());
                ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(other))) {
            for (ZipEntry entry : zip.stream().toList()) {
                if (!entry.getName().endsWith("-" + Built.HOST + ".jar")) {
                    out.putNextEntry(new ZipEntry(entry.getName()));
                    zip.getInputStream(entry).transferTo(out);
                }
            }
            ByteArrayOutputStream natives = new ByteArrayOutputStream();
            try (ZipOutputStream jar = new ZipOutputStream(natives)) {
                jar.putNextEntry(new ZipEntry("org/nd4j/linalg/cpu/nativecpu/bindings/" + OTHER + "/"));
            }
            out.putNextEntry(new ZipEntry("lib/nd4j-native-" + OTHER + ".jar"));
            natives.writeTo(out);
        }
        return other;
    }

    private static Run run(String classPath, String... arguments) throws Exception {
        String[] all = new String[arguments.length + 1];
        all[0] = "-Dweka.packageManager.offline=true";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return Run.java(home, Map.of("WEKA_HOME", home.toString()), classPath, all);
    }

    @Test
    void theCommandLineSaysWhichPlatformTheyAreInOneLine() throws Exception {
        Run run = run(Built.WEKA, "weka.Run", ".GatedNetwork", "-t", iris());

        assertThat(run.out()).isEmpty();
        assertThat(run.err().strip()).isEqualTo(SENTENCE);
    }

    @Test
    void aSavedModelPredicts() throws Exception {
        Path model = Path.of("src", "test", "resources", "golden", "weka-0.1.0.model");

        Run run = run(
                Built.WEKA,
                "weka.Run",
                ".GatedNetwork",
                "-l",
                model.toAbsolutePath().toString(),
                "-T",
                iris());

        assertThat(run.out()).as(run.err()).contains("Correctly Classified Instances");
    }

    // The Explorer catches exceptions, and hangs at an error.
    @Test
    void trainingInAWindowFailsWithAnExceptionThatSaysIt() throws Exception {
        Run run = run(
                Built.TARGET.resolve("test-classes") + File.pathSeparator + Built.WEKA,
                InstalledTraining.class.getName(),
                iris());

        assertThat(run.out().strip()).as(run.err()).isEqualTo("exception: " + SENTENCE);
    }

    private static String iris() {
        return Path.of("examples", "data", "iris.arff").toAbsolutePath().toString();
    }
}
