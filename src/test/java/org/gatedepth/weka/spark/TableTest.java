package org.gatedepth.weka.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.apache.spark.sql.SparkSession;
import org.gatedepth.spark.Workers;
import org.gatedepth.testing.LocalSpark;
import org.gatedepth.weka.table.ClassWeights;
import org.gatedepth.weka.table.InputOptions;
import org.gatedepth.weka.table.NumberEmbedding;
import org.gatedepth.weka.table.Scaling;
import org.gatedepth.weka.table.TableEncoder;
import org.gatedepth.weka.table.UsableRows;
import org.gatedepth.weka.table.statistics.ColumnStatistics;
import org.gatedepth.weka.table.statistics.TableSample;
import org.gatedepth.weka.table.step.Sequences;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import weka.core.AttributeStats;
import weka.core.Instances;
import weka.core.converters.ConverterUtils.DataSource;

/** The one pass over a table: the same numbers as a table in memory gives. */
class TableTest {
    private static final int ROWS = 6000;

    @RegisterExtension
    static final LocalSpark SPARK = new LocalSpark();

    @TempDir
    private static Path folder;

    private static Table survey(String file, int classIndex, Lots lots, int sample) {
        SparkSession spark = SparkSession.builder().getOrCreate();
        Source source = TableFiles.of(List.of(file), spark.sparkContext().hadoopConfiguration())
                .open(spark, Set.of());
        try (Workers workers = new Workers(spark.sparkContext(), "survey", Duration.ofMinutes(1))) {
            return Table.survey(workers, source, new Survey.Plan(source.columns(), classIndex, lots, 3, sample, 1));
        }
    }

    private static Instances read(String file) throws Exception {
        Instances table = DataSource.read(file);
        table.setClassIndex(table.numAttributes() - 1);
        return table;
    }

    /** Skewed numbers, missing values, labels of which one is rare, weights, and a numeric class. */
    private static String large() throws Exception {
        Path file = folder.resolve("large.arff");
        if (Files.exists(file)) {
            return file.toString();
        }
        Random random = new Random(5);
        List<String> lines = new ArrayList<>(List.of(
                "@relation large",
                "@attribute normal numeric",
                "@attribute skewed numeric",
                "@attribute label {a,b,rare,never}",
                "@attribute y numeric",
                "@data"));
        for (int i = 0; i < ROWS; i++) {
            double normal = 1e6 + random.nextGaussian();
            lines.add((i % 11 == 0 ? "?" : normal) + "," + Math.exp(2 * random.nextGaussian()) + ","
                    + (i == 4321 ? "rare" : i % 3 == 0 ? "a" : "b") + "," + (normal + i % 7) + ",{"
                    + (1 + i % 4) + "}");
        }
        Files.write(file, lines);
        return file.toString();
    }

    private static float[][] encoded(TableSample table, Scaling scaling, Instances rows) {
        InputOptions options = new InputOptions(scaling, NumberEmbedding.NONE, ClassWeights.NONE, 100);
        TableEncoder encoder = TableEncoder.fit(
                table.with(UsableRows.of(table.rows(), List.of(), ClassWeights.NONE)),
                List.of(),
                Sequences.NONE,
                options);
        return encoder.rows(rows).batch(0, rows.size()).inputs();
    }

    @Test
    void aTableOfNoMoreRowsThanTheSampleIsTheTable() throws Exception {
        String file = "examples/data/credit-g.arff";
        Instances expected = read(file);

        Table table = survey(file, 20, new Lots(1, 0, 0), 100_000);

        assertThat(table.header().equalHeaders(expected)).isTrue();
        assertThat(table.sample().isWhole()).isTrue();
        assertThat(table.sample().rows()).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            assertThat(table.sample().rows().get(i).toDoubleArray())
                    .isEqualTo(expected.get(i).toDoubleArray());
        }
        for (Scaling scaling : Scaling.values()) {
            assertThat(encoded(table.sample(), scaling, expected))
                    .isDeepEqualTo(encoded(TableSample.whole(expected), scaling, expected));
        }
    }

    @Test
    void statisticsOfAllRowsAreExact() throws Exception {
        String file = large();
        Instances rows = read(file);
        rows.forEach(row -> row.setWeight(1 + rows.indexOf(row) % 4));

        TableSample sample = survey(file, 3, new Lots(1, 0, 0), 500).sample();

        assertThat(sample.isWhole()).isFalse();
        assertThat(sample.rows()).hasSize(500);
        assertThat(sample.count()).isEqualTo(ROWS);
        for (int a : new int[] {0, 1, 3}) {
            ColumnStatistics found = sample.columns().get(a);
            double mean = rows.meanOrMode(a);
            assertThat(found.numbers().mean()).isCloseTo(mean, within(1e-12 * Math.abs(mean)));
            double squares = 0;
            for (int i = 0; i < ROWS; i++) {
                double difference = rows.get(i).value(a) - mean;
                squares += Double.isNaN(difference) ? 0 : rows.get(i).weight() * difference * difference;
            }
            assertThat(found.numbers().squares()).isCloseTo(squares, within(1e-9 * squares));
            AttributeStats stats = rows.attributeStats(a);
            assertThat(found.numbers().lowest()).isEqualTo(stats.numericStats.min);
            assertThat(found.numbers().highest()).isEqualTo(stats.numericStats.max);
            assertThat(found.numbers().count()).isEqualTo(ROWS - stats.missingCount);
        }
        assertThat(sample.columns().get(2).labels()).isEqualTo(rows.attributeStats(2).nominalWeights);
    }

    /** Means, deviations and labels are those of all rows; the columns differ by the rounding of floats. */
    @Test
    void aSampledTableIsStandardisedByAllRows() throws Exception {
        String file = large();
        Instances rows = read(file);
        Instances some = new Instances(rows, 4300, 100);

        float[][] found = encoded(survey(file, 3, new Lots(1, 0, 0), 500).sample(), Scaling.STANDARDISE, some);

        float[][] expected = encoded(TableSample.whole(rows), Scaling.STANDARDISE, some);
        for (int i = 0; i < expected.length; i++) {
            assertThat(found[i]).hasSameSizeAs(expected[i]).containsExactly(expected[i], within(1e-5f));
        }
    }

    /** The rank of a value is that of a sample of 2,000 rows: within 4 of its standard errors, sqrt(p(1−p)/2,000). */
    @Test
    void quantilesOfASampledTableAreNear() throws Exception {
        String file = large();
        Instances rows = read(file);

        float[][] found = encoded(survey(file, 3, new Lots(1, 0, 0), 2000).sample(), Scaling.QUANTILE, rows);

        float[][] expected = encoded(TableSample.whole(rows), Scaling.QUANTILE, rows);
        for (int i = 0; i < ROWS; i++) {
            for (int column = 0; column < 2; column++) {
                assertThat(rank(found[i][column])).isCloseTo(rank(expected[i][column]), within(0.045));
            }
        }
    }

    private static double rank(double score) {
        return weka.core.Statistics.normalProbability(score);
    }

    @Test
    void theSampleIsTheSameHoweverManyRowsItsPartsKeep() throws Exception {
        String file = large();
        Survey.Plan plan;
        SparkSession spark = SparkSession.builder().getOrCreate();
        Source source = TableFiles.of(List.of(file), spark.sparkContext().hadoopConfiguration())
                .open(spark, Set.of());
        plan = new Survey.Plan(source.columns(), 3, new Lots(1, 0, 0), 3, 100, 1);
        List<RawRow> rows = source.rows().collect();
        Draw all = new Draw(100, 1);
        Draw few = new Draw(100, 0.1);
        Draw first = new Draw(100, 1);
        Draw second = new Draw(100, 1);
        for (int i = 0; i < rows.size(); i++) {
            long lot = plan.lots().draw(i);
            all.offer(lot, i, rows.get(i));
            few.offer(lot, i, rows.get(i));
            (i < 1000 ? first : second).offer(lot, i, rows.get(i));
        }
        second.add(first);

        assertThat(few.rows()).isEqualTo(all.rows()).hasSize(100);
        assertThat(second.rows()).isEqualTo(all.rows());
    }

    @Test
    void rowsAreDealtOutBySeed() throws Exception {
        Table table = survey(large(), 3, new Lots(7, 0.2, 0.1), 500);

        long training = Arrays.stream(table.trainingRows()).sum();
        long validation = Arrays.stream(table.validationRows()).sum();
        assertThat(table.heldOutRows()).isBetween(1100L, 1300L);
        assertThat(validation).isBetween(400L, 560L);
        assertThat(training + validation + table.heldOutRows()).isEqualTo(ROWS);
        assertThat(Arrays.stream(table.trainingRows()).min().orElseThrow()).isGreaterThan(1300);
        assertThat(table.equalWeights()).isFalse();
        assertThat(survey(large(), 3, new Lots(8, 0.2, 0.1), 500).heldOutRows()).isNotEqualTo(table.heldOutRows());
    }

    @Test
    void textsAreNumbersIfAllAre() throws Exception {
        Path file = folder.resolve("texts.csv");
        Files.write(file, List.of("a,b,c,d", "1,1,10,x", "2.5,?,9,", ",1d,10,x", "-3e1,2,9,y"));

        Table table = survey(file.toString(), 3, new Lots(1, 0, 0), 10);

        Instances header = table.header();
        assertThat(header.attribute(0).isNumeric()).isTrue();
        assertThat(header.attribute(1).toString()).isEqualTo("@attribute b {1,2,1d}");
        assertThat(header.attribute(2).isNumeric()).isTrue();
        assertThat(header.attribute(3).toString()).isEqualTo("@attribute d {x,y}");
        assertThat(table.leftOut()).isEqualTo(1);
    }

    @Test
    void aClassThatOnlyHeldOutRowsHaveIsNamed() throws Exception {
        Lots lots = new Lots(1, 0.5, 0);
        int heldOut = 0;
        while (lots.kind(Lots.place(0, heldOut)) != Lots.Kind.HELD_OUT) {
            heldOut++;
        }
        List<String> lines = new ArrayList<>(List.of("x,c"));
        for (int i = 0; i < 30; i++) {
            lines.add(i + "," + (i == heldOut ? "rare" : "often"));
        }
        Path file = Files.write(folder.resolve("unseen.csv"), lines);

        Table table = survey(file.toString(), 1, lots, 100);

        assertThat(table.unseen()).containsExactly("rare");
        assertThat(table.header().classAttribute().toString()).isEqualTo("@attribute c {often,rare}");
        assertThat(survey("examples/data/glass.arff", 9, new Lots(1, 0, 0), 1000)
                        .unseen())
                .isEmpty();
    }

    @Test
    void tablesThatCannotBeLearnedAreRefused() throws Exception {
        Path empty = Files.write(folder.resolve("empty.csv"), List.of("x,c", "1,?", "2,"));
        Path infinite = Files.write(folder.resolve("infinite.csv"), List.of("x,c", "1e200,a"));
        Path weight = Files.write(
                folder.resolve("weight.arff"),
                List.of("@relation t", "@attribute x numeric", "@attribute c {a}", "@data", "1,a,{-1}"));
        Path bad = Files.write(
                folder.resolve("bad.arff"),
                List.of("@relation t", "@attribute x numeric", "@attribute c {a}", "@data", "1,b"));
        Path ids = folder.resolve("ids.csv");
        List<String> lines = new ArrayList<>(List.of("id,c"));
        for (int i = 0; i <= ColumnSurvey.MOST_LABELS; i++) {
            lines.add("u" + i + ",a");
        }
        Files.write(ids, lines);
        Lots lots = new Lots(1, 0, 0);

        assertThatThrownBy(() -> survey(empty.toString(), 1, lots, 10))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the table must have training rows with a value of the class 'c', got none and 2 rows"
                        + " without one");
        assertThatThrownBy(() -> survey(infinite.toString(), 1, lots, 10))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("numbers must be from -1E150 to 1E150, got 1.0E200 in the column 'x'");
        assertThatThrownBy(() -> survey(weight.toString(), 1, lots, 10))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not negative, got -1.0");
        assertThatThrownBy(() -> survey(bad.toString(), 1, lots, 10))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a row of")
                .hasMessageContaining("bad.arff cannot be read: nominal value not declared in header");
        assertThatThrownBy(() -> survey(ids.toString(), 1, lots, 10))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(
                        "a column of labels must have at most 10000 of them, got more in the column 'id'");
        assertThatThrownBy(() -> survey("examples/data/iris.arff", 4, new Lots(1, 1e-9, 0), 10))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--hold-out must leave a row to evaluate with, got none of 150 rows");
    }
}
