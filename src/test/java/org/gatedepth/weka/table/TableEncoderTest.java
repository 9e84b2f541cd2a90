package org.gatedepth.weka.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.StringReader;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import weka.core.Instances;

class TableEncoderTest {

    private static Instances table(String text) throws Exception {
        Instances table = new Instances(new StringReader(text));
        table.setClassIndex(table.numAttributes() - 1);
        return UsableRows.of(table, List.of(), ClassWeights.NONE);
    }

    private static TableEncoder fit(Instances rows, Integer... auxiliary) {
        return TableEncoder.fit(
                rows,
                List.of(auxiliary),
                new InputOptions(Scaling.STANDARDISE, NumberEmbedding.NONE, ClassWeights.NONE, 100));
    }

    private static Batch encode(String text) throws Exception {
        Instances rows = table(text);
        return encode(fit(rows), rows);
    }

    private static Batch encode(TableEncoder encoder, Instances rows) {
        return encoder.rows(rows).batch(0, rows.size());
    }

    @Test
    void standardisesNumbers() throws Exception {
        Batch encoded = encode("@relation r\n@attribute a numeric\n@attribute c {p,q}\n@data\n1,p\n2,q\n3,p\n");

        assertThat(encoded.inputs()).isDeepEqualTo(new float[][] {{-1}, {0}, {1}});
        assertThat(encoded.targets()).isDeepEqualTo(new float[][] {{1, 0}, {0, 1}, {1, 0}});
    }

    @Test
    void givesEachLabelAColumn() throws Exception {
        Batch encoded = encode("@relation r\n@attribute a {x,y,z}\n@attribute c {p,q}\n@data\nx,p\ny,q\nz,p\n");

        float low = -2 / 3f;
        float high = 4 / 3f;
        assertThat(encoded.inputs()[1]).containsExactly(new float[] {low, high, low}, within(1e-6f));
    }

    @Test
    void replacesMissingNumberByTheMeanAndSaysThatItIsMissing() throws Exception {
        Batch encoded = encode("@relation r\n@attribute a numeric\n@attribute c {p,q}\n@data\n1,p\n?,q\n3,p\n");

        float absent = -2 / 3f;
        assertThat(encoded.inputs()).isDeepEqualTo(new float[][] {{-1, absent}, {0, 4 / 3f}, {1, absent}});
    }

    @Test
    void replacesMissingLabelByTheMostFrequentOneAndSaysThatItIsMissing() throws Exception {
        Batch encoded = encode("@relation r\n@attribute a {x,y}\n@attribute c {p,q}\n@data\nx,p\ny,q\ny,p\n?,p\n");

        assertThat(encoded.inputs())
                .isDeepEqualTo(new float[][] {{-1.5f, -.5f}, {.5f, -.5f}, {.5f, -.5f}, {.5f, 1.5f}});
    }

    @Test
    void readsWhetherAValueIsMissingWhereAllKnownValuesAreTheSame() throws Exception {
        Batch encoded = encode("""
                @relation r
                @attribute a {yes}
                @attribute b numeric
                @attribute c {p,q}
                @data
                yes,?,p
                ?,3,q
                yes,?,p
                ?,3,q
                """);

        assertThat(encoded.inputs()).isDeepEqualTo(new float[][] {{-1, 1}, {1, -1}, {-1, 1}, {1, -1}});
    }

    @Test
    void readsWhetherASparseValueIsMissing() throws Exception {
        Batch encoded = encode(
                "@relation r\n@attribute a numeric\n@attribute c {p,q}\n@data\n{0 2}\n{0 ?}\n{1 q}\n{0 ?,1 q}\n");

        assertThat(Arrays.stream(encoded.inputs()).map(row -> row[1])).containsExactly(-1f, 1f, -1f, 1f);
    }

    @Test
    void hasNoColumnForValuesOfWhichHardlyAnyAreMissing() throws Exception {
        String header = "@relation r\n@attribute a numeric\n@attribute c {p,q}\n@data\n?,p\n";

        assertThat(fit(table(header + "1,p\n2,q\n".repeat(49) + "3,q\n")).columns())
                .isEqualTo(2);
        assertThat(fit(table(header + "1,p\n2,q\n".repeat(50))).columns()).isEqualTo(1);
    }

    @Test
    void hasNoColumnForAnAttributeOfWhichHardlyAnyValueIsKnown() throws Exception {
        String header = "@relation r\n@attribute a {x}\n@attribute b numeric\n@attribute c {p,q}\n@data\nx,1,p\n";

        assertThat(fit(table(header + "?,2,p\n".repeat(100))).columns()).isEqualTo(1);
        assertThat(fit(table(header + "?,2,p\n".repeat(98))).columns()).isEqualTo(2);
    }

    @Test
    void standardisesNumericClassAndGivesItBack() throws Exception {
        Instances rows = table("@relation r\n@attribute a numeric\n@attribute c numeric\n@data\n1,10\n2,20\n3,30\n");
        TableEncoder encoder = fit(rows);

        assertThat(encode(encoder, rows).targets()).isDeepEqualTo(new float[][] {{-1}, {0}, {1}});
        assertThat(encoder.classColumn().toUnits(-1)).isCloseTo(10, within(1e-9));
    }

    @Test
    void scalesWeightsToMeanOne() throws Exception {
        Batch encoded =
                encode("@relation r\n@attribute a numeric\n@attribute c {p,q}\n@data\n1,p,{6}\n2,q,{2}\n3,p,{4}\n");

        assertThat(encoded.weights()).containsExactly(1.5f, 0.5f, 1f);
    }

    @Test
    void givesTableInWhichNothingVariesOneColumnOfZeros() throws Exception {
        Batch encoded = encode("@relation r\n@attribute a numeric\n@attribute c {p,q}\n@data\n7,p\n7,q\n");

        assertThat(encoded.inputs()).isDeepEqualTo(new float[][] {{0}, {0}});
    }

    private static final String AUXILIARY = """
            @relation r
            @attribute n numeric
            @attribute a numeric
            @attribute l {x,y}
            @attribute c {p,q}
            @data
            """;

    @Test
    void encodesAuxiliaryAttributesAsTargetsOnly() throws Exception {
        Instances rows = table(AUXILIARY + "10,1,x,p\n?,2,?,q\n30,3,y,p\n");

        Batch encoded = encode(fit(rows, 0, 2), rows);

        float known = (float) Math.sqrt(0.5);
        assertThat(encoded.inputs()).isDeepEqualTo(new float[][] {{-1}, {0}, {1}});
        assertThat(encoded.learned()).hasSize(3);
        assertThat(encoded.learned().get(1).values()).isDeepEqualTo(new float[][] {{-known}, {0}, {known}});
        assertThat(encoded.learned().get(1).weights()).containsExactly(1, 0, 1);
        assertThat(encoded.learned().get(2).values()).isDeepEqualTo(new float[][] {{1, 0}, {0, 0}, {0, 1}});
        assertThat(encoded.learned().get(2).weights()).containsExactly(1, 0, 1);
    }

    @Test
    void givesNumericAuxiliaryAttributeBackInItsUnits() throws Exception {
        Instances rows = table(AUXILIARY + "10,1,x,p\n?,2,?,q\n30,3,y,p\n");

        TargetColumn column = fit(rows, 0).targets().get(1);

        assertThat(column.toUnits(0)).isCloseTo(20, within(1e-9));
        assertThat(column.toUnits(1)).isCloseTo(20 + Math.sqrt(200), within(1e-9));
    }

    @Test
    void standardisesAuxiliaryAttributeWhoseRowsWeighLittle() throws Exception {
        Instances rows = table(AUXILIARY + "10,1,x,p,{0.1}\n30,2,x,q,{0.1}\n?,3,x,p,{100}\n");

        TargetColumn column = fit(rows, 0).targets().get(1);

        assertThat(column.scale()).isCloseTo(Math.sqrt(200), within(1e-9));
    }

    @Test
    void encodesSparseRowsAsDenseOnes() throws Exception {
        String header = "@relation r\n@attribute a numeric\n@attribute b {x,y,z}\n@attribute c {p,q}\n@data\n";

        Batch dense = encode(header + "0,x,p\n2,z,q\n0,y,q\n");
        Batch sparse = encode(header + "{}\n{0 2,1 z,2 q}\n{1 y,2 q}\n");

        assertThat(sparse.inputs()).isDeepEqualTo(dense.inputs());
    }
}
