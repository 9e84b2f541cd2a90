package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.gatedepth.block.Connection;
import org.gatedepth.loss.Head;
import org.gatedepth.loss.Loss;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

class TransformGatesTest {

    private static final INDArray ROWS = Nd4j.createFromArray(new float[][] {{1, -2, 3}, {0.5f, 1, -1}});

    private static ComputationGraph network(NetworkSpec spec) {
        ComputationGraph network = new ComputationGraph(GatedNetworks.configuration(spec));
        network.init();
        return network;
    }

    private static NetworkSpec spec(int depth) {
        return NetworkSpec.classification(3, 2).withSize(depth, 3);
    }

    @Test
    void areTheMeanSigmoidOfWhatTheGatesCompute() {
        ComputationGraph network = network(spec(2).withTransformGateBias(-0.5));
        INDArray first = gate(network, "b0", ROWS);
        INDArray transformed = Transforms.relu(
                ROWS.mmul(parameter(network, "b0/H/W")).addRowVector(parameter(network, "b0/H/b")), true);
        INDArray between = ROWS.add(first.mul(transformed.sub(ROWS)));

        List<Double> means = new TransformGates(network).means(ROWS);

        assertThat(means).hasSize(2);
        assertThat(means.get(0)).isCloseTo(first.meanNumber().doubleValue(), within(1e-6));
        assertThat(means.get(1))
                .isCloseTo(gate(network, "b1", between).meanNumber().doubleValue(), within(1e-6));
    }

    private static INDArray parameter(ComputationGraph network, String name) {
        return network.getLayer(GatedNetworks.STACK).getParam(name);
    }

    private static INDArray gate(ComputationGraph network, String block, INDArray x) {
        return Transforms.sigmoid(
                x.mmul(parameter(network, block + "/T/W")).addRowVector(parameter(network, block + "/T/b")), true);
    }

    @Test
    void areNearZeroWhereGatesAreClosedAndNearOneWhereTheyAreOpen() {
        assertThat(new TransformGates(network(spec(4).withTransformGateBias(-30.0))).means(ROWS))
                .hasSize(4)
                .allMatch(gate -> gate < 1e-6);
        assertThat(new TransformGates(network(spec(4).withTransformGateBias(30.0))).means(ROWS))
                .hasSize(4)
                .allMatch(gate -> gate > 1 - 1e-6);
    }

    @Test
    void areThoseOfTheWholeStackWhereHeadsCutIt() {
        AuxiliaryHead head = new AuxiliaryHead("head2", 2, Head.of(Loss.softmaxCrossEntropy(), 2));

        List<Double> means = new TransformGates(network(spec(5).withHeads(List.of(head)))).means(ROWS);

        assertThat(means).hasSize(5).allMatch(gate -> gate > 0 && gate < 1);
    }

    @Test
    void followTheParameters() {
        ComputationGraph network = network(spec(1));
        TransformGates gates = new TransformGates(network);
        double before = gates.means(ROWS).get(0);

        parameter(network, "b0/T/b").addi(1);

        assertThat(gates.means(ROWS).get(0)).isGreaterThan(before + 0.05);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "HIGHWAY")
    void areNoneOfOtherConnections(Connection connection) {
        assertThat(new TransformGates(network(spec(2).withConnection(connection))).means(ROWS))
                .isEmpty();
    }
}
