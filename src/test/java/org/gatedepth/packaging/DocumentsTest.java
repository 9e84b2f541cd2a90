package org.gatedepth.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * README.md, docs/ and their like: their links lead somewhere, their commands name what is there, and their Java
 * compiles.
 *
 * <p>The Java snippets of a page are one program, in the order of the page: a later one may use the imports and
 * variables of those before it. What they use and no snippet makes is in {@link #GIVEN}.
 */
class DocumentsTest {

    private static final int README_BYTES = 9_000;

    /** What the pages call the reader's own. */
    private static final String GIVEN = """
            static org.nd4j.linalg.dataset.api.iterator.DataSetIterator iterator;
            static org.nd4j.linalg.dataset.api.iterator.DataSetIterator validation;
            static org.nd4j.linalg.dataset.DataSet testData;
            static org.nd4j.linalg.api.ndarray.INDArray features;
            """;

    private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\w*)\\n(.*?)^```$");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)|(?:href|src)=\"([^\"]+)\"");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$|\\bid=\"([^\"]+)\"");
    private static final Pattern SCRIPT = Pattern.compile("\\bsh ([\\w./-]+\\.sh)\\b");
    private static final Pattern TEST = Pattern.compile("-D(?:it\\.)?test=([A-Z]\\w+)");
    private static final Pattern EXAMPLE = Pattern.compile("-Dmain=\"?([A-Z]\\w+)");
    private static final Pattern STUDY = Pattern.compile("study\\.sh ([A-Z]\\w+)");

    static List<Path> documents() throws IOException {
        List<Path> all = new ArrayList<>(List.of(
                Path.of("README.md"),
                Path.of("CONTRIBUTING.md"),
                Path.of("CHANGELOG.md"),
                Path.of("studies/RESULTS.md"),
                Path.of("studies/tuning/README.md"),
                Path.of("weka-package/doc/index.html")));
        try (Stream<Path> docs = Files.list(Path.of("docs"))) {
            docs.filter(file -> file.toString().endsWith(".md")).sorted().forEach(all::add);
        }
        return all;
    }

    static List<Path> documentsWithJava() throws IOException {
        List<Path> some = new ArrayList<>();
        for (Path document : documents()) {
            if (Files.readString(document).contains("```java\n")) {
                some.add(document);
            }
        }
        return some;
    }

    @Test
    void theReadmeIsShort() throws Exception {
        assertThat(Files.size(Path.of("README.md"))).isLessThanOrEqualTo(README_BYTES);
    }

    @Test
    void theReadmeNamesThisVersion() throws Exception {
        assertThat(Files.readString(Path.of("README.md")))
                .contains("<version>" + Built.VERSION + "</version>", "target/gatedepth-" + Built.VERSION + "-");
    }

    @ParameterizedTest
    @MethodSource("documents")
    void itsLinksLeadToFilesAndHeadings(Path document) throws Exception {
        List<String> broken = new ArrayList<>();
        for (String link : groups(LINK, text(document))) {
            String[] parts = link.split("#", 2);
            if (link.matches("(https?|mailto):.*")) {
                continue;
            }
            Path target = parts[0].isEmpty()
                    ? document
                    : document.resolveSibling(parts[0]).normalize();
            if (!Files.exists(target) || (parts.length > 1 && !headings(target).contains(parts[1]))) {
                broken.add(link);
            }
        }

        assertThat(broken).as("links of %s", document).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("documents")
    void itsCommandsNameWhatIsThere(Path document) throws Exception {
        String text = Files.readString(document);
        List<String> missing = new ArrayList<>();
        groups(SCRIPT, text).stream()
                .filter(script -> !Files.exists(Path.of(script)))
                .forEach(missing::add);
        missing.addAll(classesThatAreNotIn("src/test/java", groups(TEST, text)));
        missing.addAll(classesThatAreNotIn("examples", groups(EXAMPLE, text)));
        missing.addAll(classesThatAreNotIn("studies", groups(STUDY, text)));

        assertThat(missing).as("named by commands of %s", document).isEmpty();
    }

    /** Everything else has an import in the snippets. */
    @ParameterizedTest
    @MethodSource("documentsWithJava")
    void itNamesThePackagesOfWhatTheReaderBrings(Path document) throws Exception {
        String page = Files.readString(document);
        Pattern.compile("static (\\S+)\\.\\w+ (\\w+);").matcher(GIVEN).results().forEach(given -> {
            if (Pattern.compile("\\b" + given.group(2) + "\\)").matcher(page).find()) {
                assertThat(page).as(document.toString()).contains(given.group(1));
            }
        });
    }

    @ParameterizedTest
    @MethodSource("documentsWithJava")
    void itsJavaCompiles(Path document) throws Exception {
        TreeSet<String> imports = new TreeSet<>();
        StringBuilder body = new StringBuilder();
        BLOCK.matcher(Files.readString(document))
                .results()
                .filter(block -> block.group(1).equals("java"))
                .flatMap(block -> block.group(2).lines())
                .forEach(line -> {
                    if (line.startsWith("import ")) {
                        imports.add(line);
                    } else {
                        body.append("        ").append(line).append('\n');
                    }
                });
        String page = document.getFileName().toString().replace(".md", "").replaceAll("\\W", "");
        Path folder = Built.emptyFolder("documents-test/" + page);
        Path source = folder.resolve("Snippets.java");
        Files.writeString(
                source,
                String.join("\n", imports) + "\n\nclass Snippets {\n" + GIVEN
                        + "    static void all() throws Exception {\n" + body + "    }\n}\n");

        Sources.compile(List.of(source), System.getProperty("java.class.path"), folder);
    }

    /** Without code, in which brackets are no links. */
    private static String text(Path document) throws IOException {
        return BLOCK.matcher(Files.readString(document)).replaceAll("");
    }

    /** The anchors of a page: ids in HTML, and in Markdown what GitHub makes of the headings. */
    private static List<String> headings(Path page) throws IOException {
        return groups(HEADING, text(page)).stream()
                .map(heading -> heading.toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\w\\- ]", "")
                        .replace(' ', '-'))
                .toList();
    }

    private static List<String> classesThatAreNotIn(String folder, List<String> names) throws IOException {
        try (Stream<Path> files = Files.exists(Path.of(folder)) ? Files.walk(Path.of(folder)) : Stream.empty()) {
            List<String> there =
                    files.map(file -> file.getFileName().toString()).toList();
            return names.stream()
                    .filter(name -> !there.contains(name + ".java"))
                    .map(name -> folder + ": " + name)
                    .toList();
        }
    }

    /** For each match its group that took part. */
    private static List<String> groups(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(DocumentsTest::group).toList();
    }

    private static String group(MatchResult match) {
        return match.group(1) != null ? match.group(1) : match.group(2);
    }
}
