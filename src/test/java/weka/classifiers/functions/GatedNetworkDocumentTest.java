package weka.classifiers.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import weka.core.Option;

/** The page weka-package/doc/index.html. */
class GatedNetworkDocumentTest {

    private static final Path DOC = Path.of("weka-package", "doc");
    private static final Pattern ROW = Pattern.compile("<tr><td><code>(-[^<]+)</code></td><td>([^<]*)</td>");
    private static final Pattern DEFAULT = Pattern.compile("\\(default ([^)]+)\\)");
    private static final Pattern PICTURE = Pattern.compile("<img src=\"([^\"]+)\"");

    @Test
    void namesEveryOptionWithItsDefaultAndNoOther() throws Exception {
        List<String> onThePage = ROW.matcher(page())
                .results()
                .map(row -> row.group(1) + " " + row.group(2))
                .toList();

        assertThat(onThePage).containsExactlyInAnyOrderElementsOf(optionsWithDefaults());
    }

    /** Those that {@code -h} lists, with the value that a new classifier gives them. */
    private static List<String> optionsWithDefaults() {
        GatedNetwork network = new GatedNetwork();
        List<String> values = List.of(network.getOptions());
        List<String> all = new ArrayList<>();
        for (Option option : Collections.list(network.listOptions())) {
            String name = option.synopsis().split(" ", 2)[0];
            // Weka leaves out of getOptions() what is empty, a flag that is off, and its own defaults.
            int at = values.indexOf(name);
            String value = at >= 0
                    ? values.get(at + 1)
                    : option.numArguments() == 0 ? "false" : defaultInWords(option.description());
            all.add(name + " " + value.replaceFirst("\\.0$", "").replaceFirst("( -.*)$", ""));
        }
        return all;
    }

    private static String defaultInWords(String description) {
        Matcher matcher = DEFAULT.matcher(description);
        assertThat(matcher.find()).as(description).isTrue();
        return matcher.group(1);
    }

    @Test
    void showsThePicturesThatAreThereAndSmall() throws Exception {
        List<String> shown = PICTURE.matcher(page())
                .results()
                .map(picture -> picture.group(1))
                .toList();
        TreeSet<String> there = new TreeSet<>();
        try (var files = Files.newDirectoryStream(DOC, "*.png")) {
            for (Path file : files) {
                there.add(file.getFileName().toString());
                assertThat(Files.size(file)).as(file.toString()).isLessThan(120_000);
            }
        }

        assertThat(shown).isNotEmpty().containsExactlyInAnyOrderElementsOf(there);
    }

    @Test
    void asksForNothingFromElsewhere() throws Exception {
        assertThat(page()).doesNotContain("src=\"http", "href=\"http", "@import", "<script");
    }

    private static String page() throws Exception {
        return Files.readString(DOC.resolve("index.html"));
    }
}
