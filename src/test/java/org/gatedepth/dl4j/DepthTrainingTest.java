package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import org.deeplearning4j.nn.graph.ComputationGraph;
import org.gatedepth.block.Connection;
import org.gatedepth.block.HighwayBlock;
import org.gatedepth.testing.Letter;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;

/**
 * The experiment behind the library: 50 gated blocks train where 50 plain ones do not.
 *
 * <p>4,000 rows of {@code letter}, width 50, relu, 1,500 steps of 128 rows drawn with replacement, Adam. The figure is the
 * cross-entropy over all 4,000 rows after training; chance is 3.26.
 */
@Tag("slow")
class DepthTrainingTest {
    private static final int DEPTH = 50;
    private static final int STEPS = 1500;
    private static DataSet rows;

    @BeforeAll
    static void load() throws Exception {
        rows = Letter.rows(4000);
    }

    @Test
    void fiftyHighwayAndReZeroBlocksTrainWherePlainOnesDoNot() {
        double plain = Math.min(loss(Connection.PLAIN, 0, 1e-3), loss(Connection.PLAIN, 0, 3e-4));
        double standard = HighwayBlock.defaultGateBias(DEPTH);
        double highway = Math.min(loss(Connection.HIGHWAY, standard, 3e-3), loss(Connection.HIGHWAY, standard, 1e-3));
        double reZero = Math.min(loss(Connection.WEIGHTED, 0, 3e-3), loss(Connection.WEIGHTED, 0, 1e-3));
        assertThat(highway).as("highway against plain").isLessThan(plain / 5);
        assertThat(reZero).as("ReZero against highway").isLessThanOrEqualTo(highway);
    }

    private static double loss(Connection connection, double gateBias, double learningRate) {
        NetworkSpec spec = NetworkSpec.classification(16, 26)
                .withSize(DEPTH, 50)
                .withConnection(connection)
                .withUpdater(new Adam(learningRate));
        ComputationGraph network = new ComputationGraph(
                GatedNetworks.configuration(connection == Connection.HIGHWAY ? spec.withGateBias(gateBias) : spec));
        network.init();
        Letter.minibatches(rows, STEPS).forEach(network::fit);
        double loss = network.score(rows);
        Evaluation evaluation = new Evaluation(26);
        evaluation.eval(rows.getLabels(), network.outputSingle(rows.getFeatures()));
        System.out.printf(
                "%d %s blocks, gate bias %.2f, rate %.0e: training loss %.3f, accuracy %.3f%n",
                DEPTH, connection, gateBias, learningRate, loss, evaluation.accuracy());
        return loss;
    }
}
