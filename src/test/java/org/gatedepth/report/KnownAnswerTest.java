package org.gatedepth.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.gatedepth.block.Connection;
import org.gatedepth.dl4j.GatedStack;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Holds the measures to networks of which the answer is known. */
class KnownAnswerTest {
    private static final Offset<Double> EXACT = within(1e-9);
    private static final int DEPTH = 10;
    private static final DataSet DATA = Networks.data(60, 7);

    static {
        // So that a chain that explodes does not saturate the softmax after it.
        DATA.getFeatures().muli(.01);
    }

    private static GatedStack.Builder linear(Connection connection, int depth) {
        return new GatedStack.Builder()
                .connection(connection)
                .depth(depth)
                .nOut(Networks.INPUTS)
                .activation(Activation.IDENTITY);
    }

    private static MultiLayerNetwork network(GatedStack stack) {
        return Networks.network(Networks.unchanging(), stack);
    }

    /** Sets the matrices of all blocks to {@code w} times the identity. */
    private static MultiLayerNetwork withWeights(MultiLayerNetwork network, String param, double w) {
        Layer stack = network.getLayer(0);
        int depth = ((GatedStack) stack.conf().getLayer()).getDepth();
        for (int i = 0; i < depth; i++) {
            stack.setParam(
                    "b" + i + "/" + param,
                    Nd4j.eye(Networks.INPUTS).castTo(DataType.DOUBLE).mul(w));
        }
        return network;
    }

    private static Chain chain(MultiLayerNetwork network) {
        return DepthReport.of(network, DATA).chains().get(0);
    }

    private static double[] binomial(int n, double p) {
        double[] shares = new double[n + 1];
        for (int k = 0; k <= n; k++) {
            double ways = 1;
            for (int j = 0; j < k; j++) {
                ways *= (double) (n - j) / (j + 1);
            }
            shares[k] = ways * Math.pow(p, k) * Math.pow(1 - p, n - k);
        }
        return shares;
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 1, 1.5})
    void gradientsOfAChainOfLinearUnitsArePowersOfTheirWeight(double w) {
        Flow flow = chain(withWeights(network(linear(Connection.PLAIN, DEPTH).build()), "W", w))
                .now();

        double top = flow.gradient().get(DEPTH);
        for (int i = 0; i <= DEPTH; i++) {
            assertThat(flow.gradient().get(i) / top)
                    .isCloseTo(Math.pow(w, DEPTH - i), within(1e-9 * Math.pow(w, DEPTH - i)));
            assertThat(flow.activation().get(i) / flow.activation().get(0))
                    .isCloseTo(Math.pow(w, i), within(1e-9 * Math.pow(w, i)));
            assertThat(flow.product().get(i)).isCloseTo(Math.pow(w, DEPTH - i), within(1e-9 * Math.pow(w, DEPTH - i)));
        }
        assertThat(flow.gradientRatio()).isCloseTo(Math.pow(w, DEPTH), within(1e-9 * Math.pow(w, DEPTH)));
    }

    @Test
    void theJacobianOfALinearUnitHasItsWeightAsNorm() {
        Flow flow = chain(withWeights(network(linear(Connection.PLAIN, DEPTH).build()), "W", .5))
                .now();

        // Random vectors: 60 rows of 4 elements.
        assertThat(flow.jacobian())
                .hasSize(DEPTH)
                .allSatisfy(norm -> assertThat(norm).isCloseTo(.5, within(.15)));
    }

    @Test
    void smallWeightsVanishLargeOnesExplodeAndOnesAreHealthy() {
        assertThat(List.of(0.4, 1.0, 2.1))
                .extracting(w -> chain(withWeights(
                                network(linear(Connection.PLAIN, DEPTH).build()), "W", w))
                        .now()
                        .health())
                .containsExactly(Flow.Health.VANISHING, Flow.Health.HEALTHY, Flow.Health.EXPLODING);
    }

    @Test
    void aPlainNetworkHasPathsOfItsFullDepthOnly() {
        Flow flow = chain(withWeights(network(linear(Connection.PLAIN, DEPTH).build()), "W", .1))
                .now();

        assertThat(flow.effectiveDepth()).isCloseTo(DEPTH, EXACT);
        assertThat(flow.pathShares().get(DEPTH)).isCloseTo(1, EXACT);
        assertThat(flow.change()).allMatch(change -> change == 1);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.25, 1, 3})
    void pathsOfALinearResidualNetworkFollowTheBinomialLaw(double w) {
        Flow flow = chain(withWeights(network(linear(Connection.RESIDUAL, DEPTH).build()), "F/W", w))
                .now();

        double[] expected = binomial(DEPTH, w / (1 + w));
        for (int k = 0; k <= DEPTH; k++) {
            assertThat(flow.pathShares().get(k)).isCloseTo(expected[k], EXACT);
        }
        assertThat(flow.effectiveDepth()).isCloseTo(DEPTH * w / (1 + w), EXACT);
    }

    /**
     * With orthogonal-like random weights a transform keeps the norm in the mean, as He's for relu: paths are
     * binomial(n, ½).
     */
    @Test
    void pathsOfAnUntrainedResidualNetworkFollowTheBinomialLaw() {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(3)
                .list()
                .layer(new GatedStack.Builder()
                        .connection(Connection.RESIDUAL)
                        .depth(30)
                        .nOut(100)
                        .activation(Activation.IDENTITY)
                        .build())
                .layer(Networks.output())
                .setInputType(InputType.feedForward(Networks.INPUTS))
                .build());
        network.init();

        Flow flow =
                DepthReport.of(network, Networks.data(60, 7)).chains().get(0).now();

        double[] expected = binomial(30, .5);
        double distance = IntStream.rangeClosed(0, 30)
                .mapToDouble(k -> Math.abs(flow.pathShares().get(k) - expected[k]))
                .sum();
        assertThat(distance).isLessThan(.1);
        assertThat(flow.effectiveDepth()).isCloseTo(15, within(.5));
    }

    @Test
    void aClosedHighwayStackHasNoEffectiveDepth() {
        Flow flow = chain(network(
                        linear(Connection.HIGHWAY, DEPTH).transformGateBias(-50).build()))
                .now();

        assertThat(flow.effectiveDepth()).isCloseTo(0, EXACT);
        assertThat(flow.gradientRatio()).isCloseTo(1, EXACT);
        assertThat(flow.change()).allSatisfy(change -> assertThat(change).isCloseTo(0, EXACT));
    }

    @Test
    void lesionsOfAClosedHighwayStackChangeNothing() {
        Lesions lesions = DepthReport.of(
                        network(linear(Connection.HIGHWAY, DEPTH)
                                .transformGateBias(-50)
                                .build()),
                        DATA)
                .lesions();

        assertThat(lesions.single()).hasSize(DEPTH).allSatisfy(outcome -> {
            assertThat(outcome.changed()).isZero();
            assertThat(outcome.loss()).isCloseTo(lesions.intact().loss(), EXACT);
        });
        assertThat(lesions.idle()).hasSize(DEPTH);
    }

    @Test
    void anOpenHighwayStackIsAsDeepAsAPlainOne() {
        Flow flow = chain(network(
                        linear(Connection.HIGHWAY, DEPTH).transformGateBias(50).build()))
                .now();

        assertThat(flow.effectiveDepth()).isCloseTo(DEPTH, within(1e-6));
    }

    /** All other transforms are zero. */
    @ParameterizedTest
    @ValueSource(ints = {1, 4, 10})
    void theLesionStudyFindsTheOneUsefulBlock(int useful) {
        MultiLayerNetwork network =
                withWeights(network(linear(Connection.RESIDUAL, DEPTH).build()), "F/W", 0);
        INDArray turn = Nd4j.create(new double[][] {{-2, 0, 0, 0}, {0, -2, 0, 0}, {0, 0, -2, 0}, {0, 0, 0, -2}});
        network.getLayer(0).setParam("b" + (useful - 1) + "/F/W", turn.castTo(DataType.DOUBLE));

        Lesions lesions = DepthReport.of(network, DATA).lesions();

        assertThat(lesions.single())
                .filteredOn(outcome -> outcome.changed() > 0)
                .extracting(Lesions.Outcome::block)
                .containsExactly("layer0/" + useful);
        assertThat(lesions.idle()).hasSize(DEPTH - 1).doesNotContain("layer0/" + useful);
    }

    @ParameterizedTest
    @EnumSource(names = {"PLAIN", "RESIDUAL", "WEIGHTED", "HIGHWAY", "DENSE"})
    void lesionsOfAllBlocksLeaveTheInput(Connection connection) {
        MultiLayerNetwork network = network(linear(connection, 3).growthRate(2).build());

        Lesions lesions = DepthReport.of(network, DATA).lesions();

        INDArray features = DATA.getFeatures();
        INDArray read = connection == Connection.DENSE
                ? Nd4j.concat(1, features, Nd4j.zeros(DataType.DOUBLE, features.size(0), 6))
                : features;
        INDArray expected = network.getLayer(1).activate(read, false, LayerWorkspaceMgr.noWorkspaces());
        double loss =
                -DATA.getLabels().mul(Transforms.log(expected)).sumNumber().doubleValue() / features.size(0);
        assertThat(lesions.cumulative().get(2).loss()).isCloseTo(loss, within(1e-6));
    }

    @Test
    void theIntactOutcomeIsThatOfTheNetwork() {
        MultiLayerNetwork network = network(linear(Connection.HIGHWAY, 3).build());

        Lesions.Outcome intact = DepthReport.of(network, DATA).lesions().intact();

        assertThat(intact.loss()).isCloseTo(network.score(DATA), within(1e-9));
        Evaluation evaluation = new Evaluation();
        evaluation.eval(DATA.getLabels(), network.output(DATA.getFeatures()));
        assertThat(intact.accuracy()).isEqualTo(evaluation.accuracy());
        assertThat(intact.changed()).isZero();
    }

    @Test
    void gradientsByDepthAreThoseOfTheLoss() {
        MultiLayerNetwork network = network(linear(Connection.HIGHWAY, 3).build());
        Flow flow = chain(network).now();

        // The gradient at the input by differences, for the first example.
        double eps = 1e-5;
        double[] norms = new double[(int) DATA.getFeatures().size(0)];
        for (int i = 0; i < norms.length; i++) {
            for (int k = 0; k < Networks.INPUTS; k++) {
                double up = loss(network, i, k, eps);
                double down = loss(network, i, k, -eps);
                norms[i] += Math.pow((up - down) / (2 * eps), 2);
            }
        }
        double mean = DoubleStream.of(norms).map(Math::sqrt).average().orElseThrow();
        assertThat(flow.gradient().get(0)).isCloseTo(mean, within(1e-6));
    }

    private static double loss(MultiLayerNetwork network, int row, int column, double step) {
        DataSet one = new DataSet(
                DATA.getFeatures().getRow(row, true).dup(), DATA.getLabels().getRow(row, true));
        one.getFeatures().putScalar(0, column, one.getFeatures().getDouble(0, column) + step);
        return network.score(one);
    }
}
