package org.gatedepth.dl4j.training.update;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.gatedepth.dl4j.FusedAdam;
import org.gatedepth.dl4j.training.team.Team;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Threads that share the updates of a network give what one thread gives, bit by bit. */
class SharedUpdatesTest {
    private static final int STEPS = 3;

    /** What some steps on the same gradients leave. */
    private record Left(float[] params, float[] updates, float[] state, double penalty) {}

    private static Left one;
    private static Left three;

    /** Large enough that there is something to share; two updaters, since the layers' rates differ. */
    private static MultiLayerNetwork network() {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new FusedAdam(1e-3))
                .gradientNormalization(GradientNormalization.ClipL2PerLayer)
                .activation(Activation.TANH)
                .list()
                .layer(new DenseLayer.Builder().nOut(900).l1(1e-3).l2(1e-2).build())
                .layer(new DenseLayer.Builder()
                        .nOut(900)
                        .updater(new FusedAdam(1e-2))
                        .weightDecay(0.1)
                        .build())
                .layer(new OutputLayer.Builder()
                        .nOut(3)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.feedForward(901))
                .build());
        network.init();
        network.initGradientsView();
        return network;
    }

    private static Left updated(int threads) {
        MultiLayerNetwork network = network();
        INDArray gradients = network.getGradientsViewArray();
        BaseMultiLayerUpdater<?> updater = (BaseMultiLayerUpdater<?>) network.getUpdater();
        Random random = new Random(2);
        double penalty = 0;
        try (Team team = new Team(threads, "test")) {
            Updates updates = Updates.of(updater, network.params(), gradients, true, team);
            assertThat(updates).isInstanceOf(FusedUpdates.class);
            for (int step = 0; step < STEPS; step++) {
                float[] gradient = new float[(int) gradients.length()];
                for (int i = 0; i < gradient.length; i++) {
                    gradient[i] = (float) random.nextGaussian();
                }
                gradients.assign(Nd4j.createFromArray(gradient).reshape(gradients.shape()));
                Updates.Penalty one = updates.penalty(step, 0);
                one.work().run();
                penalty += one.value().getAsDouble();
                updates.apply(8, step, 0);
            }
        }
        return new Left(
                network.params().toFloatVector(),
                gradients.toFloatVector(),
                updater.getStateViewArray().toFloatVector(),
                penalty);
    }

    @BeforeAll
    static void update() {
        one = updated(1);
        three = updated(3);
    }

    @Test
    void theParametersAreThoseOfOneThread() {
        assertThat(three.params())
                .isEqualTo(one.params())
                .isNotEqualTo(network().params().toFloatVector());
    }

    @Test
    void theUpdatesAreWhereTheGradientsWere() {
        assertThat(three.updates()).isEqualTo(one.updates());
    }

    @Test
    void theStateIsThatOfOneThread() {
        assertThat(three.state()).isEqualTo(one.state());
    }

    @Test
    void thePenaltyIsThatOfOneThread() {
        assertThat(three.penalty()).isEqualTo(one.penalty()).isPositive();
    }
}
