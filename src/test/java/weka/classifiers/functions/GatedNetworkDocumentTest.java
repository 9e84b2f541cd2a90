package weka.classifiers.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import weka.core.OptionMetadata;

/** The page weka-package/doc/index.html. */
class GatedNetworkDocumentTest {

    private static final Path DOC = Path.of("weka-package", "doc");
    private static final Pattern ROW = Pattern.compile("<tr><td><code>(-[^<]+)</code></td><td>([^<]*)</td>");
    private static final Pattern PICTURE = Pattern.compile("<img src=\"([^\"]+)\"");

    @Test
    void namesEveryOptionWithItsDefaultAndNoOther() throws Exception {
        List<String> real = new ArrayList<>(List.of("-S 1"));
        GatedNetwork network = new GatedNetwork();
        for (Method method : GatedNetwork.class.getDeclaredMethods()) {
            OptionMetadata option = method.getAnnotation(OptionMetadata.class);
            if (option != null) {
                real.add("-" + option.commandLineParamName() + " " + text(method.invoke(network)));
            }
        }

        List<String> onThePage = ROW.matcher(page())
                .results()
                .map(row -> row.group(1) + " " + row.group(2))
                .toList();

        assertThat(onThePage).containsExactlyInAnyOrderElementsOf(real);
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

    private static String text(Object value) {
        if (value instanceof Double number && number == Math.rint(number)) {
            return String.valueOf(number.longValue());
        }
        String text = String.valueOf(value);
        return text.isEmpty() ? "none" : text;
    }
}
