package org.gatedepth.weka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.StringReader;
import org.junit.jupiter.api.Test;
import weka.core.Instances;

class TableEncoderTest {

    private static Instances table(String text) throws Exception {
        Instances table = new Instances(new StringReader(text));
        table.setClassIndex(table.numAttributes() - 1);
        return TableEncoder.usableRows(table);
    }

    private static EncodedTable encode(String text) throws Exception {
        Instances rows = table(text);
        return TableEncoder.fit(rows).encode(rows);
    }

    @Test
    void standardisesNumbers() throws Exception {
        EncodedTable encoded = encode("@relation r\n@attribute a numeric\n@attribute c {p,q}\n@data\n1,p\n2,q\n3,p\n");

        assertThat(encoded.inputs()).isDeepEqualTo(new float[][] {{-1}, {0}, {1}});
        assertThat(encoded.targets()).isDeepEqualTo(new float[][] {{1, 0}, {0, 1}, {1, 0}});
    }

    @Test
    void givesEachLabelAColumn() throws Exception {
        EncodedTable encoded = encode("@relation r\n@attribute a {x,y,z}\n@attribute c {p,q}\n@data\nx,p\ny,q\nz,p\n");

        float low = (float) (-1 / Math.sqrt(3));
        float high = (float) (2 / Math.sqrt(3));
        assertThat(encoded.inputs()[1]).containsExactly(new float[] {low, high, low}, within(1e-6f));
    }

    @Test
    void replacesMissingNumberByTheMean() throws Exception {
        EncodedTable encoded = encode("@relation r\n@attribute a numeric\n@attribute c {p,q}\n@data\n1,p\n?,q\n3,p\n");

        assertThat(encoded.inputs()[1]).containsExactly(0);
    }

    @Test
    void standardisesNumericClassAndGivesItBack() throws Exception {
        Instances rows = table("@relation r\n@attribute a numeric\n@attribute c numeric\n@data\n1,10\n2,20\n3,30\n");
        TableEncoder encoder = TableEncoder.fit(rows);

        assertThat(encoder.encode(rows).targets()).isDeepEqualTo(new float[][] {{-1}, {0}, {1}});
        assertThat(encoder.toClassUnits(-1)).isCloseTo(10, within(1e-9));
    }

    @Test
    void scalesWeightsToMeanOne() throws Exception {
        EncodedTable encoded =
                encode("@relation r\n@attribute a numeric\n@attribute c {p,q}\n@data\n1,p,{6}\n2,q,{2}\n3,p,{4}\n");

        assertThat(encoded.weights()).containsExactly(1.5f, 0.5f, 1f);
    }

    @Test
    void givesTableInWhichNothingVariesOneColumnOfZeros() throws Exception {
        EncodedTable encoded = encode("@relation r\n@attribute a numeric\n@attribute c {p,q}\n@data\n7,p\n7,q\n");

        assertThat(encoded.inputs()).isDeepEqualTo(new float[][] {{0}, {0}});
    }

    // Each has a mask of its own in the data set: Weka's filters must give both the same columns.
    @Test
    void encodesSparseRowsAsDenseOnes() throws Exception {
        String header = "@relation r\n@attribute a numeric\n@attribute b {x,y,z}\n@attribute c {p,q}\n@data\n";

        EncodedTable dense = encode(header + "0,x,p\n2,z,q\n0,y,q\n");
        EncodedTable sparse = encode(header + "{}\n{0 2,1 z,2 q}\n{1 y,2 q}\n");

        assertThat(sparse.inputs()).isDeepEqualTo(dense.inputs());
    }
}
