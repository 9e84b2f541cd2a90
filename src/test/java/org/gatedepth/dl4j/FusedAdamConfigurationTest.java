package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

/** The updater as a setting: stored, copied and compared. */
class FusedAdamConfigurationTest {
    private static FusedAdam scheduled() {
        FusedAdam updater = new FusedAdam(0.5, 0.8, 0.95, 1e-6);
        updater.setLrAndSchedule(0.5, new StepSchedule(ScheduleType.EPOCH, 0.1, 0.5, 2));
        return updater;
    }

    private static MultiLayerConfiguration configuration(IUpdater updater) {
        return Networks.configuration(
                Networks.builder(updater), new DenseLayer.Builder().nOut(5).build());
    }

    private static void assertSameUpdater(MultiLayerConfiguration actual, MultiLayerConfiguration expected) {
        assertThat(actual).isEqualTo(expected);
        assertThat(((BaseLayer) actual.getConf(0).getLayer()).getIUpdater())
                .isInstanceOf(FusedAdam.class)
                .isEqualTo(((BaseLayer) expected.getConf(0).getLayer()).getIUpdater());
    }

    static Stream<FusedAdam> updaters() {
        return Stream.of(
                new FusedAdam(),
                new FusedAdam(0.02),
                new FusedAdam(0.02, 0.8, 0.95, 1e-6),
                new FusedAdam(new ExponentialSchedule(ScheduleType.ITERATION, 0.01, 0.98)),
                scheduled());
    }

    @ParameterizedTest
    @MethodSource("updaters")
    void survivesJson(FusedAdam updater) {
        MultiLayerConfiguration conf = configuration(updater);
        assertSameUpdater(MultiLayerConfiguration.fromJson(conf.toJson()), conf);
    }

    @ParameterizedTest
    @MethodSource("updaters")
    void survivesYaml(FusedAdam updater) {
        MultiLayerConfiguration conf = configuration(updater);
        assertSameUpdater(MultiLayerConfiguration.fromYaml(conf.toYaml()), conf);
    }

    @Test
    void survivesTheJsonOfAGraph() {
        ComputationGraphConfiguration conf = Networks.graph(
                        Networks.builder(scheduled()), Variants.highway(4).build())
                .getConfiguration();
        ComputationGraphConfiguration again = ComputationGraphConfiguration.fromJson(conf.toJson());
        assertThat(again).isEqualTo(conf);
        assertThat(again.toJson()).isEqualTo(conf.toJson()).contains(FusedAdam.class.getName());
    }

    @ParameterizedTest
    @MethodSource("updaters")
    void aCloneIsEqual(FusedAdam updater) {
        assertThat(updater.clone()).isNotSameAs(updater).isEqualTo(updater).hasSameHashCodeAs(updater);
    }

    @Test
    void aCloneIsIndependent() {
        FusedAdam updater = scheduled();
        FusedAdam clone = updater.clone();

        clone.setLrAndSchedule(0.25, null);
        clone.setBeta1(0.1);

        assertThat(updater).isEqualTo(scheduled());
        assertThat(clone).isNotEqualTo(updater);
    }

    // Deeplearning4j keeps the state of neighbouring layers with equal updaters in one block, whose layout is that of
    // Adam.
    @Test
    void isEqualToAdamOfTheSameValues() {
        Adam adam = new Adam(0.02, 0.8, 0.95, 1e-6);
        FusedAdam fused = new FusedAdam(0.02, 0.8, 0.95, 1e-6);

        assertThat(fused).isEqualTo(adam).hasSameHashCodeAs(adam);
        assertThat(adam).isEqualTo(fused);
        assertThat(configuration(fused)).isEqualTo(configuration(adam));
    }

    @Test
    void isNotEqualToAdamOfOtherValues() {
        assertThat(new FusedAdam(0.02)).isNotEqualTo(new Adam(0.03)).isNotEqualTo(new Sgd(0.02));
    }

    @Test
    void itsBuilderBuildsIt() {
        ISchedule schedule = new StepSchedule(ScheduleType.EPOCH, 0.1, 0.5, 2);

        Adam built = FusedAdam.builder()
                .learningRate(0.5)
                .learningRateSchedule(schedule)
                .beta1(0.8)
                .beta2(0.95)
                .epsilon(1e-6)
                .build();

        assertThat(built).isInstanceOf(FusedAdam.class).isEqualTo(scheduled());
        assertThat(new FusedAdam.Builder().build()).isEqualTo(new FusedAdam());
    }

    @Test
    void isTheUpdaterOfGatedNetworksByDefault() {
        assertThat(NetworkSpec.classification(5, 3).updater())
                .isInstanceOf(FusedAdam.class)
                .isEqualTo(new Adam(1e-3));
    }
}
