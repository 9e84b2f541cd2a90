package org.gatedepth.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.gatedepth.block.Connection;
import org.gatedepth.dl4j.GatedNetworks;
import org.gatedepth.dl4j.NetworkSpec;
import org.gatedepth.testing.Letter;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;

/**
 * What the papers say of deep networks, found by the report on {@code letter}: 50 blocks of 50 units, relu, 1,000 steps of 128
 * rows on at most 4,000 rows; measured on at most 1,000 others.
 */
@Tag("slow")
class PublishedShapesTest {
    private static final int DEPTH = 50;
    private static final int LETTERS = 26;
    private static Split all;
    private static Split few;

    private record Split(DataSet training, DataSet others) {
        static Split of(DataSet data) {
            int rows = data.numExamples();
            int training = Math.min(4000, rows * 2 / 3);
            return new Split(
                    rows(data, IntStream.range(0, training)),
                    rows(data, IntStream.range(training, Math.min(rows, training + 1000))));
        }
    }

    @BeforeAll
    static void load() throws Exception {
        DataSet letters = Letter.rows(20000);
        all = Split.of(letters);
        few = Split.of(rows(
                letters,
                IntStream.range(0, letters.numExamples())
                        .filter(i -> letters.getLabels().getRow(i).argMax().getInt(0) < 3)));
    }

    private static DataSet rows(DataSet data, IntStream positions) {
        int[] rows = positions.toArray();
        return new DataSet(data.getFeatures().getRows(rows), data.getLabels().getRows(rows));
    }

    private static ComputationGraph network(Connection connection, Activation activation, double learningRate) {
        ComputationGraph network =
                new ComputationGraph(GatedNetworks.configuration(NetworkSpec.classification(16, LETTERS)
                        .withSize(DEPTH, 50)
                        .withActivation(activation)
                        .withConnection(connection)
                        .withUpdater(new Adam(learningRate))));
        network.init();
        return network;
    }

    private static DepthReport trained(String name, Connection connection, double learningRate, Split rows) {
        ComputationGraph network = network(connection, Activation.RELU, learningRate);
        Letter.minibatches(rows.training(), 1000).forEach(network::fit);
        DepthReport report = DepthReport.of(network, rows.others());
        System.out.println(name + ":");
        report.verdict().forEach(sentence -> System.out.println("  " + sentence));
        return report;
    }

    private static Chain chain(DepthReport report) {
        return report.chains().get(0);
    }

    @Test
    void gradientsOfFiftyPlainBlocksVanishAndOfFiftyHighwayBlocksDoNot() {
        DepthReport plain = DepthReport.of(network(Connection.PLAIN, Activation.SIGMOID, 1e-3), all.others());
        DepthReport highway = DepthReport.of(network(Connection.HIGHWAY, Activation.SIGMOID, 1e-3), all.others());
        System.out.println(
                "Untrained, sigmoid: norm of the gradient before the first block by that behind the last: plain "
                        + chain(plain).now().gradientRatio() + ", highway "
                        + chain(highway).now().gradientRatio());

        assertThat(chain(plain).now().health()).isEqualTo(Flow.Health.VANISHING);
        assertThat(chain(highway).now().health()).isEqualTo(Flow.Health.HEALTHY);
    }

    /** Veit et al. 2016: in a trained residual network of 54 blocks most of the gradient passes 5 to 17 of them. */
    @Test
    void aTrainedResidualStackIsEffectivelyShallow() {
        DepthReport report = trained("Residual", Connection.RESIDUAL, 1e-3, all);

        assertThat(chain(report).now().effectiveDepth()).isLessThan(DEPTH / 2.0);
    }

    /** Srivastava et al. 2015, 1507.06228, section 4.3: on an easy set bypassing many of the blocks changes little. */
    @Test
    void aDeepHighwayStackIsIdleInPartWhereTheTaskIsEasy() {
        DepthReport hard = trained("Highway, 26 letters", Connection.HIGHWAY, 3e-3, all);
        DepthReport easy = trained("Highway, A to C", Connection.HIGHWAY, 3e-3, few);

        assertThat(chain(hard).now().health()).isEqualTo(Flow.Health.HEALTHY);
        assertThat(easy.lesions().idle()).hasSizeGreaterThan(DEPTH / 2);
        assertThat(hard.lesions().idle()).hasSizeLessThan(easy.lesions().idle().size());
    }
}
