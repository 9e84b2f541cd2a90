package org.gatedepth.weka.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.gatedepth.testing.LocalSpark;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What is read of files, and which are refused. */
class SourceTest {
    @RegisterExtension
    static final LocalSpark SPARK = new LocalSpark();

    @TempDir
    private Path folder;

    private Path write(String name, String... lines) throws IOException {
        return Files.write(folder.resolve(name), Arrays.asList(lines));
    }

    private static Source open(Set<String> nominal, Object... names) {
        SparkSession spark = SparkSession.builder().getOrCreate();
        List<String> all = Arrays.stream(names).map(String::valueOf).toList();
        return TableFiles.of(all, spark.sparkContext().hadoopConfiguration()).open(spark, nominal);
    }

    private static List<List<Object>> cells(Source source) {
        List<List<Object>> cells = new ArrayList<>();
        source.rows().collect().forEach(row -> cells.add(Arrays.asList(row.cells())));
        return cells;
    }

    @Test
    void csvHasTextsAndMissingValues() throws Exception {
        Path file = write("a.csv", "x,colour,y", "1.5, red ,2", "?,\"blue, light\",", "-1e3,\"say \"\"hi\"\"\",3");

        Source source = open(Set.of("y"), file);

        assertThat(source.columns())
                .extracting(SourceColumn::name, SourceColumn::type)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("x", SourceColumn.Type.TEXT),
                        org.assertj.core.groups.Tuple.tuple("colour", SourceColumn.Type.TEXT),
                        org.assertj.core.groups.Tuple.tuple("y", SourceColumn.Type.LABEL));
        assertThat(cells(source))
                .containsExactly(
                        Arrays.asList("1.5", "red", "2"),
                        Arrays.asList(null, "blue, light", null),
                        Arrays.asList("-1e3", "say \"hi\"", "3"));
    }

    @Test
    void parquetHasTypes() {
        StructType schema = new StructType()
                .add("x", DataTypes.FloatType)
                .add("n", DataTypes.IntegerType)
                .add("text", DataTypes.StringType)
                .add("yes", DataTypes.BooleanType)
                .add("when", DataTypes.TimestampType);
        List<Row> rows = List.of(
                RowFactory.create(0.5f, 7, "a", true, new Timestamp(1000)),
                RowFactory.create(Float.NaN, null, null, false, null));
        Path file = folder.resolve("table.parquet");
        SparkSession.builder()
                .getOrCreate()
                .createDataFrame(rows, schema)
                .coalesce(1)
                .write()
                .parquet(file.toString());

        Source source = open(Set.of("n"), file);

        assertThat(source.columns())
                .extracting(SourceColumn::type)
                .containsExactly(
                        SourceColumn.Type.NUMBER,
                        SourceColumn.Type.LABEL,
                        SourceColumn.Type.LABEL,
                        SourceColumn.Type.LABEL,
                        SourceColumn.Type.DATE);
        assertThat(cells(source))
                .containsExactly(
                        Arrays.asList(0.5, "7", "a", "true", 1000.0), Arrays.asList(null, null, null, "false", null));
        assertThat(source.estimate()).isEqualTo(2);
    }

    @Test
    void arffHasHeadersInEachFileWeightsAndSparseRows() throws Exception {
        String[] header = {"@relation t", "@attribute x numeric", "@attribute c {a,'b c'}", "% a remark", "@data"};
        List<String> first = new ArrayList<>(List.of(header));
        first.addAll(List.of("1,'b c',{2.5}", "% another", "?,a"));
        List<String> second = new ArrayList<>(List.of(header));
        second.add("{0 4}");
        Files.write(folder.resolve("1.arff"), first);
        Files.write(folder.resolve("2.arff"), second);

        Source source = open(Set.of(), folder.resolve("*.arff"));

        assertThat(source.columns().get(1).labels()).containsExactly("a", "b c");
        assertThat(cells(source))
                .containsExactly(Arrays.asList(1.0, "b c"), Arrays.asList(null, "a"), Arrays.asList(4.0, "a"));
        assertThat(source.rows().collect()).extracting(RawRow::weight).containsExactly(2.5, 1.0, 1.0);
    }

    @Test
    void compressedFilesAreReadToo() throws Exception {
        Path file = folder.resolve("z.arff.gz");
        try (var out = new java.util.zip.GZIPOutputStream(Files.newOutputStream(file))) {
            out.write("@relation t\n@attribute x numeric\n@data\n1\n2\n"
                    .getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }

        assertThat(cells(open(Set.of(), file))).containsExactly(List.of(1.0), List.of(2.0));
    }

    @Test
    void aFileThatIsNotThereIsRefused() {
        assertThatThrownBy(() -> open(Set.of(), folder.resolve("none.csv")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("none.csv")
                .hasMessageContaining("there is no such file");
        assertThatThrownBy(() -> open(Set.of(), "nowhere://host/a.csv"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nowhere://host/a.csv cannot be read");
    }

    @Test
    void filesOfOtherColumnsAreRefused() throws Exception {
        Path first = write("1.csv", "x,y,c", "1,2,a");
        Path without = write("2.csv", "x,c", "1,a");
        Path turned = write("3.csv", "y,x,c", "1,2,a");

        assertThatThrownBy(() -> open(Set.of(), first, without))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("got no column 'y' in")
                .hasMessageContaining("2.csv");
        assertThatThrownBy(() -> open(Set.of(), first, turned))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("got y, x, c in")
                .hasMessageContaining("3.csv");
    }

    @Test
    void arffFilesOfOtherLabelsAreRefused() throws Exception {
        Path first = write("1.arff", "@relation t", "@attribute c {a,b}", "@data", "a");
        Path other = write("2.arff", "@relation t", "@attribute c {b,a}", "@data", "a");

        assertThatThrownBy(() -> open(Set.of(), first, other))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("all files must have the attributes of the first one")
                .hasMessageContaining("2.arff");
    }

    @Test
    void formatsAndTypesThatAreNotKnownAreRefused() throws Exception {
        Path csv = write("1.csv", "x", "1");
        Path arff = write("2.arff", "@relation t", "@attribute s string", "@data", "a");
        Path text = write("3.txt", "x");

        assertThatThrownBy(() -> open(Set.of(), csv, arff)).hasMessageContaining("must be of one format");
        assertThatThrownBy(() -> open(Set.of(), text)).hasMessageContaining("ends with .csv, .parquet or .arff");
        assertThatThrownBy(() -> open(Set.of(), arff))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("got 's' of type string");
    }
}
