package org.gatedepth.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The two jars as they are shipped. */
@Tag("package")
class FinalJarTest {

    @Test
    void theJarForDl4jHoldsNoWekaClass() throws IOException {
        assertThat(entries(Built.JAR))
                .contains("org/gatedepth/dl4j/HighwayLayer.class", "META-INF/LICENSE")
                .noneMatch(name -> name.startsWith("weka/"))
                .noneMatch(name -> name.startsWith("org/gatedepth/weka/"))
                .noneMatch(name -> name.contains("GPL"));
    }

    @Test
    void theJarForWekaHoldsTheWekaPartOnly() throws IOException {
        assertThat(entries(Built.WEKA_JAR))
                .contains("weka/classifiers/functions/GatedNetwork.class", "META-INF/LICENSE-GPL-3.0.txt")
                .doesNotContain("META-INF/LICENSE")
                .filteredOn(name -> name.endsWith(".class"))
                .allMatch(name -> name.startsWith("weka/") || name.startsWith("org/gatedepth/weka/"));
    }

    @Test
    void theJarForDl4jHasAModuleName() throws IOException {
        try (JarFile jar = new JarFile(Built.JAR.toFile())) {
            assertThat(jar.getManifest().getMainAttributes().getValue("Automatic-Module-Name"))
                    .isEqualTo("org.gatedepth");
        }
    }

    @Test
    void everyClassOfTheJarForDl4jLinksWithoutWeka() throws Exception {
        try (URLClassLoader loader = new URLClassLoader(
                Built.jarAndLibraries().stream().map(FinalJarTest::url).toArray(URL[]::new),
                ClassLoader.getPlatformClassLoader())) {
            assertThat(loader.getResource("weka/core/Instances.class")).isNull();

            for (String name : classes(Built.JAR)) {
                Class<?> type = Class.forName(name, false, loader);
                // Resolves every class that its fields and methods name.
                assertThat(type.getDeclaredMethods()).isNotNull();
                assertThat(type.getDeclaredFields()).isNotNull();
                assertThat(type.getDeclaredConstructors()).isNotNull();
            }
        }
    }

    private static List<String> entries(Path file) throws IOException {
        try (JarFile jar = new JarFile(file.toFile())) {
            return jar.stream().map(JarEntry::getName).toList();
        }
    }

    private static List<String> classes(Path file) throws IOException {
        List<String> names = entries(file).stream()
                .filter(name -> name.endsWith(".class") && !name.endsWith("package-info.class"))
                .map(name ->
                        name.substring(0, name.length() - ".class".length()).replace('/', '.'))
                .toList();
        assertThat(names).isNotEmpty();
        return names;
    }

    private static URL url(Path jar) {
        try {
            return jar.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
