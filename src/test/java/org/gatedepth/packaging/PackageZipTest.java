package org.gatedepth.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.Properties;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is in the Weka package. */
@Tag("package")
class PackageZipTest {

    private static final String DL4J = "1.0.0-M2.1";

    @Test
    void holdsExactlyWhatTheClassifierNeeds() throws IOException {
        Stream<String> root = Stream.of(
                "Description.props",
                "Explorer.props",
                "GUIEditors.props",
                "PluginManager.props",
                "gatedepth-weka.jar",
                "LICENSE-APACHE-2.0.txt",
                "LICENSE-GPL-3.0.txt",
                "LICENSE-OpenBLAS.txt",
                "doc/README.txt",
                "doc/index.html",
                "doc/graph.png",
                "doc/options.png",
                "doc/report.png",
                "doc/running.png",
                "doc/tab.png");
        Stream<String> lib = Stream.of(
                        "gatedepth",
                        "deeplearning4j-nn-" + DL4J,
                        "nd4j-api-" + DL4J,
                        "nd4j-common-" + DL4J,
                        "nd4j-native-api-" + DL4J,
                        "guava-" + DL4J,
                        "jackson-" + DL4J,
                        "protobuf-" + DL4J,
                        "flatbuffers-java-1.12.0",
                        "commons-io-2.7",
                        "commons-lang3-3.11",
                        "commons-math3-3.5",
                        "commons-collections4-4.1",
                        "slf4j-api-1.7.21",
                        "slf4j-nop-1.7.21",
                        "xchart-3.8.8",
                        "VectorGraphics2D-0.13",
                        "nd4j-presets-common-" + DL4J)
                .map(name -> "lib/" + name + ".jar");
        // Each with the natives of one platform beside it; OpenBLAS with those of a later version.
        Stream<String> natives = Stream.concat(
                        Stream.of("nd4j-native-" + DL4J, "nd4j-native-preset-" + DL4J, "javacpp-1.5.7")
                                .flatMap(name -> Stream.of(name, name + "-" + Built.PLATFORM)),
                        Stream.of("openblas-0.3.19-1.5.7", "openblas-0.3.23-javacpp-1.5.7-" + Built.PLATFORM))
                .map(name -> "lib/" + name + ".jar");

        try (ZipFile zip = new ZipFile(Built.ZIP.toFile())) {
            assertThat(zip.stream().filter(e -> !e.isDirectory()).map(ZipEntry::getName))
                    .containsExactlyInAnyOrderElementsOf(
                            Stream.of(root, lib, natives).flatMap(s -> s).toList());
        }
    }

    @Test
    void isSmall() throws IOException {
        assumeTrue(Built.PLATFORM.equals("linux-x86_64"), "the bound is for linux-x86_64");

        assertThat(Files.size(Built.ZIP)).isBetween(100_000_000L, 130_000_000L);
    }

    @Test
    void describesItselfToWeka() throws IOException {
        Properties description = new Properties();
        try (ZipFile zip = new ZipFile(Built.ZIP.toFile());
                InputStream in = zip.getInputStream(zip.getEntry("Description.props"))) {
            description.load(in);
        }

        assertThat(description)
                .containsEntry("PackageName", "gatedepth")
                .containsEntry("Version", Built.VERSION)
                .containsEntry("Category", "Classification")
                .containsEntry("Depends", "weka (>=3.8.6)")
                .containsEntry("JVMVersion", ">16")
                .containsEntry("Precludes", "wekaDeeplearning4j")
                .containsKeys("Title", "Author", "Maintainer", "License", "Description", "URL", "Date")
                .allSatisfy((key, value) -> assertThat(value.toString())
                        .as(key.toString())
                        .isNotBlank()
                        .doesNotContain("${"));
    }
}
