package org.gatedepth.weka.training;

import static org.assertj.core.api.Assertions.assertThat;

import org.gatedepth.weka.table.Batch;
import org.junit.jupiter.api.Test;

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
}
