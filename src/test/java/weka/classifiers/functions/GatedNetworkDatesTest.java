package weka.classifiers.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import weka.core.Instances;
import weka.core.converters.CSVLoader;

/** Dates of a CSV file, which Weka reads as labels. */
class GatedNetworkDatesTest {

    private static final String NOTE = "labels are all dates";

    /** A table of a day in some format, a number, and a class, as Weka reads it from a CSV file. */
    private static Instances csv(int days, String format, String... options) throws Exception {
        StringBuilder text = new StringBuilder("value,day,class\n");
        for (int day = 0; day < days; day++) {
            LocalDateTime date = LocalDateTime.of(2023, 12, 20, 3, 4, 5).plusDays(day);
            String label = DateTimeFormatter.ofPattern(format, Locale.ENGLISH).format(date);
            text.append(day % 7 + ",\"" + label + "\"," + (day < days / 2 ? "early" : "late") + "\n");
        }
        CSVLoader loader = new CSVLoader();
        loader.setOptions(options);
        loader.setSource(new ByteArrayInputStream(text.toString().getBytes(StandardCharsets.UTF_8)));
        Instances table = loader.getDataSet();
        table.setClassIndex(2);
        return table;
    }

    private static String description(Instances table, String... options) throws Exception {
        GatedNetwork network = Tables.quick(options);
        network.buildClassifier(table);
        return network.toString();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "yyyy-MM-dd",
                "yyyy-MM-dd'T'HH:mm:ss",
                "yyyy-MM-dd HH:mm",
                "yyyy/MM/dd",
                "dd/MM/yyyy",
                "MM/dd/yyyy HH:mm:ss",
                "dd.MM.yyyy",
                "dd-MMM-yyyy",
                "MMM dd, yyyy"
            })
    void saysWhichOptionReadsLabelsAsDates(String format) throws Exception {
        assertThat(description(csv(25, format)))
                .contains("Attribute 'day' is nominal, but its 25 " + NOTE
                        + ", whose order is not learned: read the CSV"
                        + " file with the options -D 2 -format \"" + format + "\" of Weka's CSVLoader (in the Explorer:"
                        + " dateAttributes and dateFormat, after 'Invoke options dialog').");
    }

    @ParameterizedTest
    @ValueSource(strings = {"yyyy-MM-dd", "dd/MM/yyyy", "MMM dd, yyyy"})
    void isSilentOnceTheOptionIsGiven(String format) throws Exception {
        Instances table = csv(25, format, "-D", "2", "-format", format);

        assertThat(table.attribute(1).isDate()).isTrue();
        assertThat(description(table)).doesNotContain(NOTE);
    }

    @Test
    void namesBothFormatsWhereNoDayTellsThemApart() throws Exception {
        StringBuilder labels = new StringBuilder();
        StringBuilder rows = new StringBuilder();
        for (int year = 2000; year < 2020; year++) {
            labels.append(year == 2000 ? "" : ",").append("1/2/").append(year);
            rows.append("1/2/" + year + (year < 2010 ? ",p\n" : ",q\n"));
        }
        Instances table =
                Tables.arff("@relation r\n@attribute day {" + labels + "}\n@attribute c {p,q}\n@data\n" + rows);

        assertThat(description(table)).contains("-format \"dd/MM/yyyy\" or \"MM/dd/yyyy\" of");
    }

    @Test
    void saysNothingAboutFewDatesOrAttributesThatAreNoInputs() throws Exception {
        assertThat(description(csv(19, "yyyy-MM-dd"))).doesNotContain(NOTE);
        assertThat(description(csv(20, "yyyy-MM-dd"))).contains(NOTE);
        assertThat(description(csv(20, "yyyy-MM-dd"), "-aux-attributes", "2")).doesNotContain(NOTE);
    }

    @Test
    void saysNothingAboutLabelsThatAreNoDates() throws Exception {
        assertThat(description(csv(25, "'version 'yyyy-MM-dd"))).doesNotContain(NOTE);
        assertThat(description(csv(25, "'99.'MM.dd.yyyy"))).doesNotContain(NOTE);
    }
}
