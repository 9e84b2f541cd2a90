package org.gatedepth.weka.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import weka.core.Attribute;
import weka.core.DenseInstance;
import weka.core.Instance;
import weka.core.Instances;
import weka.core.SparseInstance;
import weka.filters.Filter;
import weka.filters.MultiFilter;
import weka.filters.unsupervised.attribute.NominalToBinary;
import weka.filters.unsupervised.attribute.RemoveUseless;
import weka.filters.unsupervised.attribute.ReplaceMissingValues;
import weka.filters.unsupervised.attribute.Standardize;

/** What Weka's own filters make of a table is what the encoder makes of it, but for the scale of labels. */
class TableEncoderFiltersTest {

    /** The attributes of which some values are missing. */
    private static final int[] MISSING = {0, 3, 5, 7};

    private static final float ROUNDING = 1e-5f;

    @Test
    void encodesDenseRowsAsTheFiltersDo() throws Exception {
        assertEncodedAsByFilters(table(200, 1, false));
    }

    @Test
    void encodesSparseRowsAsTheFiltersDo() throws Exception {
        assertEncodedAsByFilters(table(200, 1, true));
    }

    @Test
    void encodesSparseRowsAsDenseOnes() {
        for (Scaling scaling : Scaling.values()) {
            Instances dense = table(200, 2, false);
            InputOptions options = new InputOptions(scaling, NumberEmbedding.NONE, ClassWeights.NONE, 4);

            float[][] expected = encode(dense, options);
            float[][] actual = encode(table(200, 2, true), options);

            for (int i = 0; i < expected.length; i++) {
                assertThat(actual[i]).as("%s, row %d", scaling, i).containsExactly(expected[i], within(ROUNDING));
            }
        }
    }

    private static float[][] encode(Instances rows, InputOptions options) {
        TableEncoder encoder = TableEncoder.fit(rows, List.of(), options);
        return encoder.rows(rows).batch(0, rows.size()).inputs();
    }

    private static void assertEncodedAsByFilters(Instances rows) throws Exception {
        RemoveUseless varying = new RemoveUseless();
        varying.setMaximumVariancePercentageAllowed(101);
        Instances plain = filtered(rows, new ReplaceMissingValues(), new NominalToBinary(), varying);
        Instances standardised = filtered(plain, new Standardize());

        float[][] inputs =
                encode(rows, new InputOptions(Scaling.STANDARDISE, NumberEmbedding.NONE, ClassWeights.NONE, 100));

        for (int i = 0; i < inputs.length; i++) {
            float[] expected = new float[plain.numAttributes() - 1 + MISSING.length];
            int column = 0;
            for (int a = 0; a < plain.numAttributes(); a++) {
                if (a != plain.classIndex()) {
                    String attribute = plain.attribute(a).name().replaceAll("=.*", "");
                    expected[column++] = (float)
                            (rows.attribute(attribute).isNominal()
                                    ? 2 * (plain.get(i).value(a) - plain.meanOrMode(a))
                                    : standardised.get(i).value(a));
                }
            }
            for (int a : MISSING) {
                double known = rows.get(i).isMissing(a) ? 0 : 1;
                expected[column++] = (float) (2 * (knownShare(rows, a) - known));
            }
            assertThat(inputs[i]).as("row %d", i).containsExactly(expected, within(ROUNDING));
        }
    }

    private static double knownShare(Instances rows, int attribute) {
        double known = 0;
        for (Instance row : rows) {
            known += row.isMissing(attribute) ? 0 : row.weight();
        }
        return known / rows.sumOfWeights();
    }

    private static Instances filtered(Instances rows, Filter... filters) throws Exception {
        MultiFilter filter = new MultiFilter();
        filter.setFilters(filters);
        filter.setInputFormat(rows);
        return Filter.useFilter(rows, filter);
    }

    /** Weighted rows with missing values, constants, a label that no row has, and a class in the middle. */
    private static Instances table(int rows, long seed, boolean sparse) {
        Random random = new Random(seed);
        ArrayList<Attribute> attributes = new ArrayList<>(List.of(
                new Attribute("number"),
                new Attribute("large"),
                new Attribute("constant"),
                new Attribute("two", List.of("a", "b")),
                new Attribute("class", List.of("p", "q")),
                new Attribute("four", List.of("a", "b", "c", "never")),
                new Attribute("one", List.of("a")),
                new Attribute("rare"),
                new Attribute("six", List.of("a", "b", "c", "d", "e", "f"))));
        Instances table = new Instances("table", attributes, rows);
        table.setClassIndex(4);
        for (int i = 0; i < rows; i++) {
            double[] values = {
                random.nextGaussian(),
                1e6 + random.nextInt(5),
                7,
                random.nextInt(2),
                random.nextInt(2),
                random.nextInt(3),
                0,
                i % 50 == 0 ? random.nextGaussian() : 0,
                random.nextInt(6)
            };
            for (int a : MISSING) {
                if (random.nextInt(5) == 0) {
                    values[a] = Double.NaN;
                }
            }
            Instance row = new DenseInstance(0.1 + random.nextDouble(), values);
            table.add(sparse ? new SparseInstance(row) : row);
        }
        return UsableRows.of(table, List.of(), ClassWeights.NONE);
    }
}
