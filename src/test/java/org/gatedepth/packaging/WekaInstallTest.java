package org.gatedepth.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The zip, installed offline into a Weka home of its own and used there, each time in a process of its own. */
@Tag("package")
class WekaInstallTest {

    private static final Path DATA = Path.of("examples", "data").toAbsolutePath();
    private static final Path HOME = Built.TARGET.resolve("package-test/wekafiles");

    @BeforeAll
    static void install() throws Exception {
        assumeTrue(Built.PLATFORM.equals(Built.HOST), "the package is for another platform");
        Built.emptyFolder("package-test/wekafiles");

        Run run = weka("weka.core.WekaPackageManager", "-offline", "-install-package", Built.ZIP.toString());

        // Weka exits with 0 even when it fails: what counts is what it says, and the files.
        run.succeededQuietly();
        assertThat(run.out().lines())
                .isNotEmpty()
                .allMatch(line -> line.startsWith("[DefaultPackageManager] Installing: "));
        assertThat(HOME.resolve("packages/gatedepth/gatedepth-weka.jar")).exists();
    }

    @Test
    void wekaListsItAsLoaded() throws Exception {
        Run run = weka("weka.core.WekaPackageManager", "-offline", "-list-packages", "installed");

        assertThat(run.succeededQuietly().out())
                .containsPattern("(?m)^\\Q" + Built.VERSION + "\\E\\s.*\\sYes\\s+gatedepth: ");
    }

    @Test
    void trainsSavesAndEvaluates() throws Exception {
        Path model = HOME.resolve("test.model");
        Run trained = run(
                "-depth",
                "2",
                "-epochs",
                "2",
                "-t",
                data("segment-challenge"),
                "-T",
                data("segment-test"),
                "-v",
                "-d",
                model.toString());
        Run loaded = run("-l", model.toString(), "-T", data("segment-test"), "-v");

        assertThat(trained.succeededQuietly().out())
                .contains("=== Error on test data ===", "Total Number of Instances              810");
        assertThat(matrix(loaded.succeededQuietly())).isEqualTo(matrix(trained));
    }

    private static String matrix(Run run) {
        String start = "=== Confusion Matrix ===";
        assertThat(run.out()).contains(start);
        return run.out().substring(run.out().indexOf(start)).strip();
    }

    private static Run run(String... options) throws Exception {
        String[] all = new String[options.length + 2];
        all[0] = "weka.Run";
        all[1] = ".GatedNetwork";
        System.arraycopy(options, 0, all, 2, options.length);
        return weka(all);
    }

    private static Run weka(String... arguments) throws Exception {
        String[] all = new String[arguments.length + 1];
        all[0] = "-Dweka.packageManager.offline=true";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return Run.java(HOME, Map.of("WEKA_HOME", HOME.toString()), Built.WEKA, all);
    }

    private static String data(String name) {
        return DATA.resolve(name + ".arff").toString();
    }
}
