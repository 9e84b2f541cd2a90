package org.gatedepth.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.deeplearning4j.nn.graph.ComputationGraph;
import org.gatedepth.block.Connection;
import org.gatedepth.dl4j.GatedNetworks;
import org.gatedepth.dl4j.NetworkSpec;
import org.gatedepth.testing.Letter;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;

/** What the report says of untrained networks: 50 sigmoid blocks of 50 units on 1,000 rows of {@code letter}. */
class VanishingGradientTest {

    @Test
    void gradientsOfFiftyPlainBlocksVanishAndOfFiftyHighwayBlocksDoNot() throws Exception {
        DepthReport ofPlain = untrained(Connection.PLAIN);
        DepthReport ofHighway = untrained(Connection.HIGHWAY);
        Flow plain = ofPlain.chains().get(0).now();
        Flow highway = ofHighway.chains().get(0).now();
        System.out.printf(
                "Norm of the gradient before the first block divided by its norm after the last: plain %.2g, highway"
                        + " %.2g%n",
                plain.gradientRatio(), highway.gradientRatio());

        assertThat(plain.health()).isEqualTo(Flow.Health.VANISHING);
        assertThat(highway.health()).isEqualTo(Flow.Health.HEALTHY);
        assertThat(ofPlain.advice())
                .anyMatch(advice -> advice.matches("Use highway or residual blocks: none of the 50 blocks of .*"
                        + " has a skip, and the gradient before the first block is \\d\\.\\de-\\d\\d times that after"
                        + " the last\\."));
        assertThat(ofHighway.advice()).singleElement().asString().startsWith("Measure the network again");
    }

    private static DepthReport untrained(Connection connection) throws Exception {
        ComputationGraph network = new ComputationGraph(GatedNetworks.configuration(NetworkSpec.classification(16, 26)
                .withSize(50, 50)
                .withActivation(Activation.SIGMOID)
                .withConnection(connection)));
        network.init();
        return DepthReport.of(network, Letter.rows(1000));
    }
}
