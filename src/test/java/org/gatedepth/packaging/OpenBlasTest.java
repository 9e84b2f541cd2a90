package org.gatedepth.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import org.gatedepth.testing.InstalledProduct;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The OpenBLAS of the package: a later one than ND4J's, below the classes that ND4J brings. */
@Tag("package")
class OpenBlasTest {

    /** As the library itself writes it, between zeros, spaces or words. */
    private static final String NUMBER = " 0.3.23";

    private static final String STOCK_NUMBER = " 0.3.19";

    // A missing file shows on that platform only, and only when the first network is trained.
    @Test
    void theJarHoldsWhatJavaCppLoadsOnThePlatformOfThePackage() throws IOException {
        List<String> names = switch (Built.PLATFORM) {
            case "linux-x86_64" ->
                List.of(
                        "libopenblas.so.0",
                        "libgfortran.so.5",
                        "libgcc_s.so.1",
                        "libquadmath.so.0",
                        "libjniopenblas.so",
                        "libjniopenblas_nolapack.so");
            case "linux-arm64" ->
                List.of(
                        "libopenblas.so.0",
                        "libgfortran.so.4",
                        "libgcc_s.so.1",
                        "libjniopenblas.so",
                        "libjniopenblas_nolapack.so");
            case "windows-x86_64" -> List.of("libopenblas.dll", "jniopenblas.dll", "jniopenblas_nolapack.dll");
            case "macosx-x86_64" ->
                List.of(
                        "libopenblas.0.dylib",
                        "libgfortran.5.dylib",
                        "libgfortran.dylib",
                        "libgcc_s.1.dylib",
                        "libquadmath.0.dylib",
                        "libjniopenblas.dylib",
                        "libjniopenblas_nolapack.dylib");
            case "macosx-arm64" ->
                List.of("libopenblas.0.dylib", "libjniopenblas.dylib", "libjniopenblas_nolapack.dylib");
            default -> throw new AssertionError("no list for " + Built.PLATFORM);
        };

        assertThat(natives().keySet()).containsExactlyInAnyOrderElementsOf(names);
    }

    @Test
    void theLibraryInThePackageIsTheLaterOne() throws IOException {
        String library = natives().entrySet().stream()
                .filter(file -> file.getKey().startsWith("libopenblas."))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseThrow();

        assertThat(library.contains(NUMBER)).as(NUMBER).isTrue();
        assertThat(library.contains(STOCK_NUMBER)).as(STOCK_NUMBER).isFalse();
    }

    @Test
    void theInstalledPackageMultipliesWithItAndItKnowsTheProcessor() throws Exception {
        assumeTrue(Built.PLATFORM.equals(Built.HOST), "the package is for another platform");
        Path home = Built.install("openblas-test");
        // At level 2 OpenBLAS names the processor that its loops are for, on standard error.
        Run run = Run.java(
                home,
                Map.of("WEKA_HOME", home.toString(), "OPENBLAS_VERBOSE", "2"),
                Built.TARGET.resolve("test-classes") + File.pathSeparator + Built.WEKA,
                "-Dweka.packageManager.offline=true",
                InstalledProduct.class.getName());

        assertThat(run.exit()).as(run.err()).isZero();
        // The product, then the file of the library, as JavaCPP unpacked it.
        List<String> printed = run.out().strip().lines().toList();
        assertThat(printed).as(run.err()).hasSize(2);
        assertThat(printed.get(0)).isEqualTo("[[7.0, 10.0], [15.0, 22.0]]");
        String library = Files.readString(Path.of(printed.get(1)), StandardCharsets.ISO_8859_1);
        assertThat(library.contains(NUMBER)).as(printed.get(1)).isTrue();
        if (hasAvx512()) {
            // 0.3.19 says "Zen" for an AMD processor, whose loops have AVX2.
            assertThat(run.err().strip().lines().distinct())
                    .hasSize(1)
                    .first()
                    .asString()
                    .isIn("Core: SkylakeX", "Core: Cooperlake", "Core: SapphireRapids");
        }
    }

    private static boolean hasAvx512() throws IOException {
        Path processor = Path.of("/proc/cpuinfo");
        return Files.isReadable(processor)
                && Files.readString(processor).contains(" avx512vl")
                && System.getenv("OPENBLAS_CORETYPE") == null;
    }

    /** The files of the package's native OpenBLAS jar, by their names, each byte as a character. */
    private static Map<String, String> natives() throws IOException {
        Map<String, String> files = new HashMap<>();
        String name = "lib/openblas-0.3.23-javacpp-1.5.7-" + Built.PLATFORM + ".jar";
        try (ZipFile zip = new ZipFile(Built.ZIP.toFile());
                ZipInputStream jar = new ZipInputStream(zip.getInputStream(zip.getEntry(name)))) {
            for (ZipEntry entry = jar.getNextEntry(); entry != null; entry = jar.getNextEntry()) {
                if (!entry.isDirectory() && !entry.getName().startsWith("META-INF/")) {
                    assertThat(entry.getName()).startsWith("org/bytedeco/openblas/" + Built.PLATFORM + "/");
                    files.put(
                            Path.of(entry.getName()).getFileName().toString(),
                            new String(jar.readAllBytes(), StandardCharsets.ISO_8859_1));
                }
            }
        }
        return files;
    }
}
