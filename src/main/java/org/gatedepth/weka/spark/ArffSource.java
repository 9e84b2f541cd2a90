package org.gatedepth.weka.spark;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.LongWritable;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;
import org.apache.hadoop.mapreduce.lib.input.TextInputFormat;
import org.apache.spark.api.java.JavaNewHadoopRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import scala.Tuple2;
import weka.core.Attribute;
import weka.core.Instance;
import weka.core.Instances;
import weka.core.converters.ArffLoader.ArffReader;

/** ARFF: the driver reads the header of each file with Weka's reader, and the tasks read the lines after it. */
final class ArffSource implements Source {
    private final SparkSession spark;
    private final List<FileStatus> files;
    private final List<Header> headers = new ArrayList<>();
    private final List<SourceColumn> columns;

    /**
     * The start of a file.
     *
     * @param attributes Weka's table without rows
     * @param bytes how long it is
     */
    private record Header(Instances attributes, long bytes) {}

    ArffSource(SparkSession spark, List<FileStatus> files, Set<String> nominal) {
        this.spark = spark;
        this.files = files;
        if (!nominal.isEmpty()) {
            throw new IllegalArgumentException(
                    "--nominal is for CSV and Parquet, since an ARFF file names the types itself, got " + nominal);
        }
        for (FileStatus file : files) {
            headers.add(header(file.getPath()));
            Instances first = headers.get(0).attributes;
            Instances other = headers.get(headers.size() - 1).attributes;
            String name = file.getPath().toString();
            TableFiles.requireSame(names(first), files.get(0).getPath().toString(), names(other), name);
            String difference = first.equalHeadersMsg(other);
            if (difference != null) {
                throw new IllegalArgumentException("all files must have the attributes of the first one, got others in "
                        + name + ": " + difference.strip().replaceAll("\\s*\\R\\s*", " "));
            }
        }
        columns = attributes(headers.get(0).attributes).stream()
                .map(ArffSource::column)
                .toList();
    }

    private static List<Attribute> attributes(Instances table) {
        return Collections.list(table.enumerateAttributes());
    }

    private static List<String> names(Instances table) {
        return attributes(table).stream().map(Attribute::name).toList();
    }

    private static SourceColumn column(Attribute attribute) {
        return switch (attribute.type()) {
            case Attribute.NUMERIC -> SourceColumn.of(attribute.name(), SourceColumn.Type.NUMBER);
            case Attribute.DATE ->
                new SourceColumn(attribute.name(), SourceColumn.Type.DATE, List.of(), attribute.getDateFormat());
            case Attribute.NOMINAL ->
                new SourceColumn(
                        attribute.name(),
                        SourceColumn.Type.LABEL,
                        Collections.list(attribute.enumerateValues()).stream()
                                .map(String::valueOf)
                                .toList(),
                        "");
            default ->
                throw new IllegalArgumentException(
                        "a table on Spark must have numeric, nominal and date attributes, got '" + attribute.name()
                                + "' of type " + Attribute.typeToString(attribute)
                                + ": remove it, or train on one machine");
        };
    }

    private Header header(Path file) {
        try (InputStream in = new BufferedInputStream(open(file))) {
            ByteArrayOutputStream text = new ByteArrayOutputStream();
            boolean ended = false;
            while (!ended) {
                int lineStart = text.size();
                int next = in.read();
                while (next >= 0 && next != '\n') {
                    text.write(next);
                    next = in.read();
                }
                if (next < 0) {
                    throw new IOException("it has no line @data");
                }
                text.write(next);
                byte[] bytes = text.toByteArray();
                String line = new String(bytes, lineStart, bytes.length - lineStart, StandardCharsets.UTF_8);
                ended = line.strip().toLowerCase(Locale.ROOT).equals("@data");
            }
            Instances attributes =
                    new ArffReader(new StringReader(text.toString(StandardCharsets.UTF_8)), 1).getStructure();
            return new Header(attributes, text.size());
        } catch (IOException e) {
            throw new IllegalArgumentException("the header of " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private InputStream open(Path file) throws IOException {
        var hadoop = spark.sparkContext().hadoopConfiguration();
        InputStream in = file.getFileSystem(hadoop).open(file);
        CompressionCodec codec = new CompressionCodecFactory(hadoop).getCodec(file);
        return codec == null ? in : codec.createInputStream(in);
    }

    @Override
    public List<SourceColumn> columns() {
        return columns;
    }

    @Override
    public JavaRDD<RawRow> rows() {
        JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
        JavaRDD<RawRow> all = context.emptyRDD();
        for (int f = 0; f < files.size(); f++) {
            String file = files.get(f).getPath().toString();
            Instances attributes = headers.get(f).attributes;
            long begin = headers.get(f).bytes;
            JavaNewHadoopRDD<LongWritable, Text> lines =
                    (JavaNewHadoopRDD<LongWritable, Text>) context.newAPIHadoopFile(
                            file, TextInputFormat.class, LongWritable.class, Text.class, context.hadoopConfiguration());
            JavaRDD<RawRow> rows = lines.mapPartitionsWithInputSplit(
                    (split, part) -> rows(new Instances(attributes, 1), file, after(part, begin)), true);
            all = f == 0 ? rows : all.union(rows);
        }
        return all;
    }

    private static Iterator<String> after(Iterator<Tuple2<LongWritable, Text>> lines, long begin) {
        return new Ahead<>() {
            @Override
            @Nullable
            String find() {
                while (lines.hasNext()) {
                    Tuple2<LongWritable, Text> line = lines.next();
                    if (line._1().get() >= begin) {
                        return line._2().toString();
                    }
                }
                return null;
            }
        };
    }

    private static Iterator<RawRow> rows(Instances attributes, String file, Iterator<String> lines) throws IOException {
        ArffReader reader = new ArffReader(new LinesReader(lines), attributes, 0, 1);
        return new Ahead<>() {
            @Override
            @Nullable
            RawRow find() {
                try {
                    Instance row = reader.readInstance(attributes);
                    return row == null ? null : raw(row);
                } catch (IOException e) {
                    throw new IllegalArgumentException("a row of " + file + " cannot be read: " + e.getMessage(), e);
                }
            }
        };
    }

    private static RawRow raw(Instance row) {
        @Nullable Object[] cells = new Object[row.numAttributes()];
        for (int a = 0; a < cells.length; a++) {
            double value = row.value(a);
            if (!Double.isNaN(value)) {
                cells[a] = row.attribute(a).isNominal() ? row.attribute(a).value((int) value) : (Object) value;
            }
        }
        return new RawRow(cells, row.weight());
    }

    @Override
    public long estimate() {
        return FrameSource.estimate(files, spark);
    }
}
