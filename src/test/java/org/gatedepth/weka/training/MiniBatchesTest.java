package org.gatedepth.weka.training;

import static org.assertj.core.api.Assertions.assertThat;

import org.gatedepth.weka.table.Batch;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class MiniBatchesTest {

    @Test
    void rowsThatWereEncodedBeforeAreThoseThatAreEncodedNow() throws Exception {
        PreparedRows prepared = Prepared.of(20);
        int[] order = {7, 3, 19, 0, 3};

        Batch before = new MiniBatches(prepared.training(), prepared.encoder().targets()).of(order, 1, 5);
        Batch now = new MiniBatches(prepared.training(), prepared.encoder().targets(), 0).of(order, 1, 5);

        assertThat(before.rows()).isEqualTo(4);
        assertThat(before.inputs()).isDeepEqualTo(now.inputs());
        assertThat(before.targets()).isDeepEqualTo(now.targets());
        assertThat(before.weights()).containsExactly(now.weights());
        assertThat(before.inputs()[0]).isNotEqualTo(before.inputs()[1]);
    }

    @Test
    void arraysAreWrittenAgainForAsManyRows() {
        StepArrays arrays = new StepArrays();

        INDArray first = arrays.matrix("inputs", new float[][] {{1, 2}, {3, 4}});
        INDArray weights = arrays.column("weights", new float[] {5, 6});
        INDArray longer = arrays.matrix("inputs", new float[][] {{7, 8}, {9, 10}, {11, 12}});
        INDArray second = arrays.matrix("inputs", new float[][] {{13, 14}, {15, 16}});

        assertThat(second).isSameAs(first);
        assertThat(second.toFloatMatrix()).isDeepEqualTo(new float[][] {{13, 14}, {15, 16}});
        assertThat(longer.toFloatMatrix()).isDeepEqualTo(new float[][] {{7, 8}, {9, 10}, {11, 12}});
        assertThat(weights.shape()).containsExactly(2, 1);
        assertThat(weights.toFloatVector()).containsExactly(5, 6);
    }
}
