package org.gatedepth.weka.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import weka.core.Attribute;
import weka.core.DenseInstance;
import weka.core.Instance;
import weka.core.Instances;
import weka.core.SparseInstance;

/** The piecewise-linear encoding of numbers. */
class PieceColumnsTest {

    private static final float ROUNDING = 1e-6f;

    /** Rows of so many numbers with a numeric class, which is 0. */
    private static Instances empty(int numbers) {
        ArrayList<Attribute> attributes = new ArrayList<>();
        for (int a = 0; a < numbers; a++) {
            attributes.add(new Attribute("a" + a));
        }
        attributes.add(new Attribute("class"));
        Instances table = new Instances("table", attributes, 0);
        table.setClassIndex(numbers);
        return table;
    }

    private static Instances column(double... values) {
        Instances table = empty(1);
        for (double value : values) {
            table.add(new DenseInstance(1, new double[] {value, 0}));
        }
        return table;
    }

    private static Instances random(int numbers, int rows) {
        Random random = new Random(1);
        Instances table = empty(numbers);
        for (int i = 0; i < rows; i++) {
            double[] values = random.doubles(numbers + 1).toArray();
            table.add(new DenseInstance(0.5 + random.nextInt(3), values));
        }
        return table;
    }

    private static TableEncoder fit(Instances table) {
        Instances rows = UsableRows.of(table, List.of(), ClassWeights.NONE);
        return TableEncoder.fit(
                rows, List.of(), new InputOptions(Scaling.STANDARDISE, NumberEmbedding.PIECES, ClassWeights.NONE, 100));
    }

    private static float[][] encoded(TableEncoder encoder, Instances rows) {
        return encoder.rows(rows).batch(0, rows.size()).inputs();
    }

    // Ends 0, 1, 3 and 7; pieces of 1 are 1, 0, 0. Means: (0+1+1+1)/4, (0+0+1+1)/4, (0+0+0+1)/4.
    @Test
    void areThePartsOfThePiecesLessTheirMeans() {
        float[][] rows = encoded(fit(column(0, 1, 3, 7)), column(0, 1, 2, 3, 5, 7));

        assertThat(pieces(rows[0])).containsExactly(new float[] {-0.75f, -0.5f, -0.25f}, within(ROUNDING));
        assertThat(pieces(rows[1])).containsExactly(new float[] {0.25f, -0.5f, -0.25f}, within(ROUNDING));
        assertThat(pieces(rows[2])).containsExactly(new float[] {0.25f, 0, -0.25f}, within(ROUNDING));
        assertThat(pieces(rows[3])).containsExactly(new float[] {0.25f, 0.5f, -0.25f}, within(ROUNDING));
        assertThat(pieces(rows[4])).containsExactly(new float[] {0.25f, 0.5f, 0.25f}, within(ROUNDING));
        assertThat(pieces(rows[5])).containsExactly(new float[] {0.25f, 0.5f, 0.75f}, within(ROUNDING));
    }

    private static float[] pieces(float[] row) {
        return java.util.Arrays.copyOfRange(row, 1, row.length);
    }

    @Test
    void standBesideTheScaledValue() {
        float[][] rows = encoded(fit(column(1, 2, 3)), column(1, 2, 3));

        assertThat(new float[] {rows[0][0], rows[1][0], rows[2][0]})
                .containsExactly(new float[] {-1, 0, 1}, within(ROUNDING));
    }

    @Test
    void haveTheMeanZeroOverWeightedRows() {
        Instances table = random(3, 200);

        float[][] rows = encoded(fit(table), table);

        for (int column = 0; column < rows[0].length; column++) {
            double sum = 0;
            for (int i = 0; i < rows.length; i++) {
                sum += table.get(i).weight() * rows[i][column];
            }
            assertThat(sum / table.sumOfWeights()).as("column %d", column).isCloseTo(0, within(1e-6));
        }
    }

    @Test
    void areZeroWhereTheNumberIsMissingAsTheLastColumnSays() {
        float[][] rows = encoded(fit(column(0, 1, 3, 7, Double.NaN)), column(Double.NaN));

        assertThat(rows[0]).containsExactly(0, 0, 0, 0, 1.6f);
    }

    @Test
    void areThoseOfTheEndsOutsideOfTheTrainingRows() {
        float[][] rows = encoded(fit(column(0, 1, 3, 7)), column(-1e300, 0, 7, 1e300));

        assertThat(pieces(rows[0])).isEqualTo(pieces(rows[1]));
        assertThat(pieces(rows[3])).isEqualTo(pieces(rows[2]));
    }

    @Test
    void areAsManyAsTheDistancesOfFewValues() {
        TableEncoder encoder = fit(column(5, 6, 7, 5, 6, 7));

        assertThat(encoder.columns()).isEqualTo(1 + 2);
        assertThat(encoder.plainColumns()).isEqualTo(1);
    }

    @Test
    void areNoneOfTwoValues() {
        TableEncoder encoder = fit(column(5, 6, 5, 6));

        assertThat(encoder.columns()).isEqualTo(1);
        assertThat(encoder.hasPieces()).isFalse();
    }

    @Test
    void areSixteenOfManyValues() {
        assertThat(fit(random(2, 300)).columns()).isEqualTo(2 * (1 + 16));
    }

    @Test
    void areAtMost256() {
        for (int numbers : new int[] {16, 17, 50, 85}) {
            TableEncoder encoder = fit(random(numbers, 300));

            assertThat(encoder.columns() - encoder.plainColumns())
                    .as("%d numbers", numbers)
                    .isEqualTo(numbers * Math.min(16, 256 / numbers));
        }
    }

    @Test
    void areNoneOf86Numbers() {
        assertThat(fit(random(86, 300)).hasPieces()).isFalse();
    }

    @Test
    void areTheSameOfSparseRows() {
        Instances dense = random(3, 100);
        for (Instance row : dense) {
            int zero = (int) (3 * row.value(0));
            row.setValue(zero, 0);
        }
        Instances sparse = new Instances(dense, 0);
        dense.forEach(row -> sparse.add(new SparseInstance(row)));

        float[][] expected = encoded(fit(dense), dense);
        float[][] actual = encoded(fit(sparse), sparse);

        for (int i = 0; i < expected.length; i++) {
            assertThat(actual[i]).as("row %d", i).containsExactly(expected[i], within(ROUNDING));
        }
    }

    @Test
    void comeBeforeTheLabelsOfEmbeddings() {
        Instances table = new Instances(
                "table",
                new ArrayList<>(List.of(
                        new Attribute("labels", List.of("x", "y", "z")), new Attribute("a"), new Attribute("class"))),
                0);
        table.setClassIndex(2);
        IntStream.range(0, 9).forEach(i -> table.add(new DenseInstance(1, new double[] {i % 3, i, 0})));
        TableEncoder encoder = TableEncoder.fit(
                UsableRows.of(table, List.of(), ClassWeights.NONE),
                List.of(),
                new InputOptions(Scaling.STANDARDISE, NumberEmbedding.PIECES, ClassWeights.NONE, 3));

        float[][] rows = encoded(encoder, table);

        assertThat(rows[0]).hasSize(1 + 8 + 1);
        for (int i = 0; i < rows.length; i++) {
            assertThat(rows[i][9]).isEqualTo(rows[i % 3][9]);
        }
        assertThat(new float[] {rows[0][9], rows[1][9], rows[2][9]}).doesNotHaveDuplicates();
    }
}
