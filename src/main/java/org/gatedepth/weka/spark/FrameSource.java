package org.gatedepth.weka.spark;

import java.io.IOException;
import java.io.InputStream;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.TimestampNTZType;
import org.apache.spark.sql.types.TimestampType;
import org.jspecify.annotations.Nullable;

/** CSV with a header, and Parquet, through Spark's readers. In CSV a blank cell and {@code ?} are missing values. */
final class FrameSource implements Source {
    /** Files are cut by their bytes alone, so that rows are in the same partitions on any cluster. */
    private static final int BYTES_OF_PARTITION = 32 << 20;

    private static final int BYTES_OF_ESTIMATE = 1 << 16;

    private final SparkSession spark;
    private final TableFiles.Format format;
    private final List<FileStatus> files;
    private final StructType schema;
    private final List<SourceColumn> columns;

    FrameSource(SparkSession session, TableFiles.Format format, List<FileStatus> files, Set<String> nominal) {
        spark = session.newSession();
        spark.conf().set("spark.sql.caseSensitive", true);
        spark.conf().set("spark.sql.files.maxPartitionBytes", BYTES_OF_PARTITION);
        spark.conf().set("spark.sql.files.openCostInBytes", BYTES_OF_PARTITION / 8);
        spark.conf().set("spark.sql.files.minPartitionNum", 1);
        this.format = format;
        this.files = files;
        String[] paths = TableFiles.paths(files);
        schema = schema(paths[0]);
        for (String path : Arrays.asList(paths).subList(1, paths.length)) {
            StructType other = schema(path);
            TableFiles.requireSame(
                    Arrays.asList(schema.fieldNames()), paths[0], Arrays.asList(other.fieldNames()), path);
            requireSameTypes(paths[0], other, path);
        }
        columns = Arrays.stream(schema.fields())
                .map(field -> SourceColumn.of(field.name(), type(field, nominal)))
                .toList();
    }

    private DataFrameReader reader() {
        return format == TableFiles.Format.PARQUET
                ? spark.read().format("parquet")
                : spark.read()
                        .format("csv")
                        .option("header", true)
                        .option("escape", "\"")
                        .option("mode", "FAILFAST")
                        .option("ignoreLeadingWhiteSpace", true)
                        .option("ignoreTrailingWhiteSpace", true);
    }

    private StructType schema(String path) {
        StructType found = reader().load(path).schema();
        if (found.isEmpty()) {
            throw new IllegalArgumentException("a table must have columns, got none in " + path);
        }
        return found;
    }

    private void requireSameTypes(String first, StructType other, String path) {
        for (int i = 0; i < schema.size(); i++) {
            StructField a = schema.apply(i);
            StructField b = other.apply(i);
            if (!a.dataType().equals(b.dataType())) {
                throw new IllegalArgumentException("all files must have columns of the same types, got the column '"
                        + a.name() + "' as " + b.dataType().simpleString() + " in " + path + " and as "
                        + a.dataType().simpleString() + " in " + first);
            }
        }
    }

    private SourceColumn.Type type(StructField field, Set<String> nominal) {
        DataType type = field.dataType();
        if (nominal.contains(field.name())
                || type instanceof BooleanType
                || (type instanceof StringType && format == TableFiles.Format.PARQUET)) {
            return SourceColumn.Type.LABEL;
        }
        if (type instanceof NumericType) {
            return SourceColumn.Type.NUMBER;
        }
        if (type instanceof DateType || type instanceof TimestampType || type instanceof TimestampNTZType) {
            return SourceColumn.Type.DATE;
        }
        if (type instanceof StringType) {
            return SourceColumn.Type.TEXT;
        }
        throw new IllegalArgumentException("a column must hold numbers, texts, dates or true and false, got "
                + type.simpleString() + " in the column '" + field.name() + "': leave it out of the files");
    }

    @Override
    public List<SourceColumn> columns() {
        return columns;
    }

    @Override
    public JavaRDD<RawRow> rows() {
        boolean[] labels = new boolean[columns.size()];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = columns.get(i).type() == SourceColumn.Type.LABEL;
        }
        return reader().schema(schema).load(TableFiles.paths(files)).javaRDD().map(row -> raw(row, labels));
    }

    private static RawRow raw(Row row, boolean[] labels) {
        @Nullable Object[] cells = new Object[labels.length];
        for (int i = 0; i < cells.length; i++) {
            cells[i] = row.isNullAt(i) ? null : cell(row.get(i), labels[i]);
        }
        return new RawRow(cells, 1);
    }

    private static @Nullable Object cell(Object value, boolean label) {
        if (value instanceof String text) {
            String trimmed = text.strip();
            return trimmed.isEmpty() || trimmed.equals("?") ? null : trimmed;
        }
        if (label) {
            return value instanceof Double number && number.isNaN() ? null : label(value);
        }
        double number = number(value);
        return Double.isNaN(number) ? null : number;
    }

    /** Whole numbers without a decimal point, however they are stored. */
    private static String label(Object value) {
        boolean whole = value instanceof Number number && number.doubleValue() == Math.rint(number.doubleValue());
        return whole && Math.abs(((Number) value).doubleValue()) < 1e15
                ? String.valueOf(((Number) value).longValue())
                : String.valueOf(value);
    }

    private static double number(Object value) {
        if (value instanceof Number number) {
            return number.doubleValue();
        }
        if (value instanceof Timestamp time) {
            return time.getTime();
        }
        if (value instanceof Instant time) {
            return time.toEpochMilli();
        }
        if (value instanceof LocalDateTime time) {
            return time.toInstant(ZoneOffset.UTC).toEpochMilli();
        }
        LocalDate day = value instanceof LocalDate date ? date : ((java.sql.Date) value).toLocalDate();
        return day.atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
    }

    @Override
    public long estimate() {
        if (format == TableFiles.Format.PARQUET) {
            // From the ends of the files, which say it.
            return reader().schema(schema).load(TableFiles.paths(files)).count();
        }
        return estimate(files, spark);
    }

    /** By the length of the first lines; 0 where files are compressed. */
    static long estimate(List<FileStatus> files, SparkSession spark) {
        FileStatus largest = files.stream()
                .max((a, b) -> Long.compare(a.getLen(), b.getLen()))
                .orElseThrow();
        if (files.stream().anyMatch(file -> file.getPath().getName().endsWith(".gz"))) {
            return 0;
        }
        try (InputStream in = largest.getPath()
                .getFileSystem(spark.sparkContext().hadoopConfiguration())
                .open(largest.getPath())) {
            byte[] start = in.readNBytes(BYTES_OF_ESTIMATE);
            long lines = 0;
            for (byte b : start) {
                lines += b == '\n' ? 1 : 0;
            }
            double bytesOfLine = start.length / (double) Math.max(1, lines);
            return (long) (files.stream().mapToLong(FileStatus::getLen).sum() / bytesOfLine);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "the table " + largest.getPath() + " cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public String toString() {
        return files.stream().map(file -> file.getPath().toString()).collect(Collectors.joining(", "));
    }
}
