package org.gatedepth.weka.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.gatedepth.weka.options.AuxiliaryDecay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.schedule.ISchedule;

class AuxiliaryWeightsTest {

    private static double[] weights(AuxiliaryDecay decay) {
        ISchedule schedule = AuxiliaryWeights.schedule(decay, 0.4, 5);
        double[] weights = new double[5];
        for (int epoch = 0; epoch < weights.length; epoch++) {
            weights[epoch] = schedule.valueAt(1000 * epoch, epoch);
        }
        return weights;
    }

    @Test
    void keepsTheWeightWithoutDecay() {
        assertThat(weights(AuxiliaryDecay.NONE)).containsExactly(0.4, 0.4, 0.4, 0.4, 0.4);
    }

    @Test
    void fallsLinearlyToZeroInTheLastEpoch() {
        assertThat(weights(AuxiliaryDecay.LINEAR)).containsExactly(new double[] {0.4, 0.3, 0.2, 0.1, 0}, within(1e-12));
    }

    @Test
    void fallsGeometricallyToOneHundredthInTheLastEpoch() {
        double root = Math.sqrt(0.1);

        assertThat(weights(AuxiliaryDecay.EXPONENTIAL))
                .containsExactly(new double[] {0.4, 0.4 * root, 0.04, 0.04 * root, 0.004}, within(1e-12));
    }

    @ParameterizedTest
    @EnumSource(AuxiliaryDecay.class)
    void keepsTheWeightInTheOnlyEpoch(AuxiliaryDecay decay) {
        assertThat(AuxiliaryWeights.schedule(decay, 0.4, 1).valueAt(0, 0)).isEqualTo(0.4);
    }
}
