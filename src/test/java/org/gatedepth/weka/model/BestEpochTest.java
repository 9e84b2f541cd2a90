package org.gatedepth.weka.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class BestEpochTest {

    @Test
    void keepsACopyOfTheParametersOfTheLowestLoss() {
        BestEpoch best = new BestEpoch();
        INDArray parameters = Nd4j.createFromArray(1f, 2f);
        best.offer(1, 0.5, parameters::toFloatVector);
        best.offer(2, 0.3, parameters.addi(1)::toFloatVector);
        best.offer(3, 0.4, parameters.addi(1)::toFloatVector);

        assertThat(best.epoch()).isEqualTo(2);
        assertThat(best.loss()).isEqualTo(0.3);
        assertThat(best.parameters()).containsExactly(2, 3);
    }

    @Test
    void losesPatienceAfterSoManyEpochs() {
        BestEpoch best = new BestEpoch();
        best.offer(3, 0.5, () -> new float[] {1});

        assertThat(best.isPatienceOver(4, 2)).isFalse();
        assertThat(best.isPatienceOver(5, 2)).isTrue();
    }
}
