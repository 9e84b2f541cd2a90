package org.gatedepth.weka.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import weka.core.Attribute;
import weka.core.DenseInstance;
import weka.core.Instances;
import weka.core.Statistics;

class ScalingTest {

    private static Instances table(double... values) {
        return weighted(
                values, DoubleStream.generate(() -> 1).limit(values.length).toArray());
    }

    private static Instances weighted(double[] values, double[] weights) {
        Instances table = new Instances(
                "table", new ArrayList<>(List.of(new Attribute("a"), new Attribute("class"))), values.length);
        table.setClassIndex(1);
        for (int i = 0; i < values.length; i++) {
            table.add(new DenseInstance(weights[i], new double[] {values[i], i}));
        }
        return UsableRows.of(table, List.of(), ClassWeights.NONE);
    }

    /** Fits on a table and scales values. */
    private static double[] scaled(Scaling scaling, Instances fitted, double... values) {
        TableEncoder encoder = TableEncoder.fit(
                fitted, List.of(), new InputOptions(scaling, NumberEmbedding.NONE, ClassWeights.NONE, 100));
        Instances rows = encoder.header();
        for (double value : values) {
            rows.add(new DenseInstance(1, new double[] {value, 0}));
        }
        float[][] inputs = encoder.rows(rows).batch(0, values.length).inputs();
        return IntStream.range(0, values.length).mapToDouble(i -> inputs[i][0]).toArray();
    }

    @Test
    void robustHasTheMedianAtZeroAndDividesByTheDistanceOfTheQuartiles() {
        Instances table = table(0, 1, 2, 3, 4, 5, 6, 7, 8);

        double[] z = scaled(Scaling.ROBUST, table, 4, 8);

        assertThat(z).containsExactly(new double[] {0, 1 / Math.sqrt(1 + 1 / 9.0)}, within(1e-6));
    }

    @Test
    void robustDrawsOutliersIn() {
        Instances table = table(0, 1, 2, 3, 4, 5, 6, 7, 1e9);

        double[] z = scaled(Scaling.ROBUST, table, 1e9, 1e300, -1e300, Double.MAX_VALUE);

        assertThat(z).containsExactly(new double[] {3, 3, -3, 3}, within(1e-6));
    }

    @Test
    void robustDividesByHalfTheRangeWhereTheQuartilesCoincide() {
        Instances table = table(0, 0, 0, 0, 0, 0, 0, 0, 4);

        assertThat(scaled(Scaling.ROBUST, table, 4)[0]).isCloseTo(2 / Math.sqrt(1 + 4 / 9.0), within(1e-6));
    }

    @Test
    void robustCountsRowsByWeight() {
        Instances table = weighted(new double[] {0, 10, 20, 30}, new double[] {1, 1, 1, 9});

        assertThat(scaled(Scaling.ROBUST, table, 30)[0]).isZero();
    }

    @Test
    void quantileMakesAnyDistributionNormal() {
        Random random = new Random(1);
        double[] values = DoubleStream.generate(() -> Math.exp(3 * random.nextGaussian()))
                .limit(5000)
                .toArray();

        double[] z = scaled(Scaling.QUANTILE, table(values), values);

        assertThat(DoubleStream.of(z).average().orElseThrow()).isCloseTo(0, within(0.01));
        assertThat(DoubleStream.of(z).map(x -> x * x).average().orElseThrow()).isCloseTo(1, within(0.02));
        assertThat(DoubleStream.of(z).allMatch(x -> Math.abs(x) <= 3)).isTrue();
    }

    @Test
    void quantileHasTheScoreOfTheRankAtEachOfFewValues() {
        double[] z = scaled(Scaling.QUANTILE, table(5, 5, 5, 7), 5, 6, 7);

        double low = Statistics.normalInverse(3 / 8.0);
        double high = Statistics.normalInverse(7 / 8.0);
        assertThat(z).containsExactly(new double[] {low, (low + high) / 2, high}, within(1e-6));
    }

    @Test
    void quantileEndsWithTheTrainingRows() {
        double[] z = scaled(Scaling.QUANTILE, table(1, 2, 3), -1e300, 1, 3, 1e300);

        assertThat(z[0]).isEqualTo(z[1]);
        assertThat(z[3]).isEqualTo(z[2]);
    }

    @Test
    void missingNumberIsTheMedian() {
        for (Scaling scaling : List.of(Scaling.ROBUST, Scaling.QUANTILE)) {
            double[] z = scaled(scaling, table(1, 2, 30, Double.NaN), Double.NaN, 2);

            assertThat(z).as(scaling.name()).containsExactly(new double[] {0, 0}, within(1e-6));
        }
    }

    @Test
    void standardisesDatesInDoublePrecision() {
        Instances table = new Instances(
                "table", new ArrayList<>(List.of(new Attribute("a", "yyyy-MM-dd"), new Attribute("class"))), 3);
        table.setClassIndex(1);
        double start = 1.7675e12;
        for (int i = 0; i < 3; i++) {
            table.add(new DenseInstance(1, new double[] {start + i, i}));
        }

        double[] z = scaled(Scaling.STANDARDISE, table, start, start + 1, start + 2);

        assertThat(z).containsExactly(new double[] {-1, 0, 1}, within(1e-6));
    }

    @Test
    void takesQuantilesOfLargeTablesFromASample() {
        int rows = 3 * Distributions.ROWS;
        double[] values =
                IntStream.range(0, rows).mapToDouble(i -> (i * 7919L) % rows).toArray();

        double[] z = scaled(Scaling.QUANTILE, table(values), 0.1 * rows, 0.5 * rows, rows - 1);

        assertThat(z).containsExactly(new double[] {Statistics.normalInverse(0.1), 0, 3}, within(0.02));
    }

    @Test
    void autoIsBetweenTwoScalesForSkewedNumbers() {
        Random random = new Random(1);
        double[] skewed = random.doubles(500).map(share -> -Math.log(1 - share)).toArray();
        double[] negative = DoubleStream.of(skewed).map(value -> -value).toArray();

        for (double[] values : List.of(skewed, negative)) {
            assertThat(scaled(Scaling.AUTO, table(values), values)).containsExactly(blended(values), within(1e-6));
        }
    }

    private static double[] blended(double... values) {
        double[] standardised = scaled(Scaling.STANDARDISE, table(values), values);
        double[] ranked = scaled(Scaling.QUANTILE, table(values), values);
        return IntStream.range(0, values.length)
                .mapToDouble(i -> {
                    double z = standardised[i];
                    return (z / Math.sqrt(1 + z * z / 9) + ranked[i]) / 2;
                })
                .toArray();
    }

    @Test
    void autoPullsExtremeValuesIn() {
        double[] skewed = {0, 0, 0, 0, 0, 0, 0, 0, 1, 9};

        double[] z = scaled(
                Scaling.AUTO,
                table(skewed),
                1e300,
                -1e300,
                Double.POSITIVE_INFINITY,
                Double.NEGATIVE_INFINITY,
                Double.NaN);

        assertThat(z[0]).isEqualTo(z[2]).isBetween(2.0, 3.0);
        assertThat(z[1]).isEqualTo(z[3]).isBetween(-3.0, -1.0);
        assertThat(z[4]).isZero();
    }

    @Test
    void autoStandardisesOtherNumbers() {
        double[] values = new Random(1).doubles(500).toArray();

        assertThat(scaled(Scaling.AUTO, table(values), values))
                .isEqualTo(scaled(Scaling.STANDARDISE, table(values), values));
    }

    // Without weights the skewness is 2.7; with them it is 0.
    @Test
    void autoMeasuresSkewnessByWeight() {
        double[] values = {0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
        double[] weights = {1, 1, 1, 1, 1, 1, 1, 1, 1, 9};

        assertThat(scaled(Scaling.AUTO, weighted(values, weights), 0, 1))
                .isEqualTo(scaled(Scaling.STANDARDISE, weighted(values, weights), 0, 1));
        assertThat(scaled(Scaling.AUTO, table(values), values)).containsExactly(blended(values), within(1e-6));
    }
}
