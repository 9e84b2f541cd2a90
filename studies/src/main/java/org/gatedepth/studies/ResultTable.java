package org.gatedepth.studies;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVPrinter;
import org.apache.commons.csv.CSVRecord;

/**
 * The rows of a study's CSV file.
 *
 * @param rows values by column
 */
record ResultTable(List<Map<String, String>> rows) {

    /** The rows of a file; none if it is not there. */
    static ResultTable read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return new ResultTable(List.of());
        }
        CSVFormat format = CSVFormat.DEFAULT
                .builder()
                .setHeader()
                .setSkipHeaderRecord(true)
                .build();
        try (CSVParser parser = CSVParser.parse(Files.newBufferedReader(file), format)) {
            return new ResultTable(parser.stream().map(CSVRecord::toMap).toList());
        }
    }

    /** A row as it is written: real numbers with six digits. */
    static Map<String, String> texts(Map<String, Object> row) {
        Map<String, String> texts = new LinkedHashMap<>();
        row.forEach((name, value) -> texts.put(
                name, value instanceof Double number ? String.format(Locale.ROOT, "%.6g", number) : value.toString()));
        return texts;
    }

    /** With further rows, which must have the same columns. */
    ResultTable with(List<Map<String, String>> more) {
        return new ResultTable(Stream.concat(rows.stream(), more.stream()).toList());
    }

    /** Writes the file aside and then moves it, so that a stop loses nothing that was there. */
    void write(Path file) throws IOException {
        Path aside = file.resolveSibling(file.getFileName() + ".part");
        List<String> columns = List.copyOf(rows.get(0).keySet());
        try (Writer out = Files.newBufferedWriter(aside);
                CSVPrinter printer = new CSVPrinter(
                        out,
                        CSVFormat.DEFAULT.builder().setRecordSeparator('\n').build())) {
            printer.printRecord(columns);
            for (Map<String, String> row : rows) {
                if (!List.copyOf(row.keySet()).equals(columns)) {
                    throw new IllegalStateException(
                            "a row has the columns " + row.keySet() + ", and " + file + " has " + columns);
                }
                printer.printRecord(row.values());
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        Files.move(aside, file, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Whether there are rows of these settings. */
    boolean has(Map<String, String> settings) {
        return rows.stream().anyMatch(row -> row.entrySet().containsAll(settings.entrySet()));
    }

    /** Those rows whose column has the value. */
    ResultTable where(String column, Object value) {
        return where(row -> row.get(column).equals(value.toString()));
    }

    /** Those rows that are asked for. */
    ResultTable where(Predicate<Map<String, String>> wanted) {
        return new ResultTable(rows.stream().filter(wanted).toList());
    }

    /** The values of a column, each once, in the order in which they appear. */
    List<String> values(String column) {
        return rows.stream().map(row -> row.get(column)).distinct().toList();
    }

    /** The numbers of a column. */
    List<Double> numbers(String column) {
        return rows.stream().map(row -> Double.parseDouble(row.get(column))).toList();
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    /** The row with the smallest number in a column; those without a finite number come last. */
    Map<String, String> least(String column) {
        return rows.stream()
                .min(Comparator.comparingDouble(row -> {
                    double value = Double.parseDouble(row.get(column));
                    return Double.isNaN(value) ? Double.POSITIVE_INFINITY : value;
                }))
                .orElseThrow(() -> new IllegalStateException("no row to take the least " + column + " of"));
    }

    /** The rows with that value of {@code rate} at which the mean of {@code final_loss} is the least; none of none. */
    ResultTable bestRate() {
        return values("rate").stream()
                .map(rate -> where("rate", rate))
                .min(Comparator.comparingDouble(of -> {
                    double loss = of.mean("final_loss");
                    return Double.isNaN(loss) ? Double.POSITIVE_INFINITY : loss;
                }))
                .orElse(this);
    }

    /** The value of a column for each seed, times a factor. */
    String bySeed(String column, String format, double factor) {
        return values("seed").stream()
                .map(seed -> String.format(
                        Locale.ROOT,
                        format,
                        factor * where("seed", seed).numbers(column).get(0)))
                .collect(Collectors.joining(", "));
    }

    double mean(String column) {
        return numbers(column).stream().mapToDouble(v -> v).average().orElse(Double.NaN);
    }

    /** A table in Markdown; the first column to the left and the others to the right. */
    static String markdown(List<String> header, List<List<String>> lines) {
        List<String> text = new ArrayList<>();
        text.add("| " + String.join(" | ", header) + " |");
        text.add("| --- |" + " ---: |".repeat(header.size() - 1));
        lines.forEach(line -> text.add("| " + String.join(" | ", line) + " |"));
        return String.join("\n", text) + "\n";
    }
}
