package org.gatedepth.dl4j.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.gatedepth.block.Activations;
import org.gatedepth.block.Connection;
import org.gatedepth.dl4j.Embedding;
import org.gatedepth.dl4j.GatedNetworks;
import org.gatedepth.dl4j.NetworkSpec;
import org.gatedepth.plan.portable.RowProgram;
import org.gatedepth.plan.tile.FloatTile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.schedule.FixedSchedule;

/** Programs, compared with the networks that they come from. */
class PortableNetworkTest {
    private static final int ROWS = 37;
    private static final Embedding FIVE = new Embedding(5, 3);
    private static final Embedding FOUR = new Embedding(4, 2);

    static Stream<Arguments> connectionsAndActivations() {
        return Stream.of(Connection.values())
                .flatMap(connection ->
                        Activations.supported().stream().map(activation -> Arguments.of(connection, activation)));
    }

    @ParameterizedTest
    @MethodSource("connectionsAndActivations")
    void predictsAsTheNetwork(Connection connection, Activation activation) {
        NetworkSpec spec = NetworkSpec.classification(7, 3)
                .withSize(3, 6)
                .withConnection(connection)
                .withActivation(activation)
                .withEmbeddings(List.of(FIVE, FOUR));

        assertPredictsTheSame(network(spec), List.of(GatedNetworks.OUTPUT));
    }

    @ParameterizedTest
    @EnumSource
    void predictsWhatEachHeadPredicts(Connection connection) {
        NetworkSpec spec = NetworkSpec.classification(5, 4)
                .withSize(5, 8)
                .withConnection(connection)
                .withHeadsEvery(2, new FixedSchedule(0.3));

        assertPredictsTheSame(network(spec), List.of("head2", "head4", GatedNetworks.OUTPUT));
        assertPredictsTheSame(network(spec), List.of("head4", GatedNetworks.OUTPUT));
    }

    @ParameterizedTest
    @EnumSource
    void predictsNumbers(Connection connection) {
        NetworkSpec spec = NetworkSpec.regression(1, 1)
                .withSize(2, 3)
                .withConnection(connection)
                .withHeadsEvery(1, new FixedSchedule(0.3));

        assertPredictsTheSame(network(spec), List.of("head1", GatedNetworks.OUTPUT));
    }

    // Embeddings alone; a width that is that of the input, so without a projection; wider than a tile; two classes.
    @Test
    void predictsTheSameInUnusualSizes() {
        NetworkSpec two = NetworkSpec.classification(2, 2);

        assertPredictsTheSame(network(two.withEmbeddings(List.of(FIVE, FOUR))), List.of(GatedNetworks.OUTPUT));
        assertPredictsTheSame(network(two.withSize(1, 2)), List.of(GatedNetworks.OUTPUT));
        assertPredictsTheSame(network(two.withSize(2, 1100)), List.of(GatedNetworks.OUTPUT));
        assertPredictsTheSame(
                network(NetworkSpec.classification(1500, 1200).withSize(1, 5)), List.of(GatedNetworks.OUTPUT));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.3})
    void leavesDropoutOut(double probability) {
        NetworkSpec spec = NetworkSpec.classification(4, 3).withSize(4, 6).withRegularisation(probability, 0);

        assertPredictsTheSame(network(spec), List.of(GatedNetworks.OUTPUT));
    }

    @ParameterizedTest
    @EnumSource
    void predictsTheMeanOfMembers(NetworkSpec.Task task) {
        NetworkSpec spec =
                task == NetworkSpec.Task.REGRESSION ? NetworkSpec.regression(5, 1) : NetworkSpec.classification(5, 4);
        ComputationGraph network = network(spec.withSize(3, 6).withMembers(3));
        RowProgram program = Objects.requireNonNull(
                PortableNetwork.of(network, List.of(network.getConfiguration().getNetworkOutputs())));
        INDArray features = features(network);

        float[] predicted = run(program, features).get(0);

        float[] expected =
                GatedNetworks.mean(network.output(features)).dup('c').data().asFloat();
        assertThat(predicted).containsExactly(expected, within(1e-6f));
    }

    @Test
    void copiesTheParameters() {
        ComputationGraph network = network(NetworkSpec.classification(3, 2).withSize(2, 4));
        RowProgram program = program(network, List.of(GatedNetworks.OUTPUT));
        INDArray features = features(network);
        List<float[]> before = run(program, features);

        network.params().muli(2);

        assertThat(run(program, features).get(0)).containsExactly(before.get(0));
        assertPredictsTheSame(network, List.of(GatedNetworks.OUTPUT));
    }

    @Test
    void saysThatItDoesNotKnowLayerNormalisation() {
        NetworkSpec spec = NetworkSpec.classification(3, 2).withSize(2, 4).withLayerNorm(true);

        assertThat(PortableNetwork.of(network(spec), List.of(List.of(GatedNetworks.OUTPUT))))
                .isNull();
    }

    private static ComputationGraph network(NetworkSpec spec) {
        ComputationGraph network = new ComputationGraph(GatedNetworks.configuration(spec));
        network.init();
        // Biases and weights of skips begin at 0.
        INDArray noise = Nd4j.create(network.params().shape());
        Random random = new Random(5);
        for (long i = 0; i < noise.length(); i++) {
            noise.putScalar(i, 0.05 * random.nextGaussian());
        }
        network.params().addi(noise);
        return network;
    }

    private static RowProgram program(ComputationGraph network, List<String> outputs) {
        return Objects.requireNonNull(
                PortableNetwork.of(network, outputs.stream().map(List::of).toList()));
    }

    /** Random rows; the columns of embeddings, which are the last, hold label indices. */
    private static INDArray features(ComputationGraph network) {
        RowProgram program = program(network, List.of(GatedNetworks.OUTPUT));
        Random random = new Random(3);
        INDArray features = Nd4j.create(ROWS, program.inputs());
        boolean labels = network.getConfiguration().getVertices().containsKey("embedding.2");
        for (int row = 0; row < ROWS; row++) {
            for (int column = 0; column < program.inputs(); column++) {
                features.putScalar(row, column, 0.5 * random.nextGaussian());
            }
            for (int e = 0; e < 2 && labels; e++) {
                features.putScalar(row, program.inputs() - 1 - e, random.nextInt(e == 0 ? 4 : 5));
            }
        }
        return features;
    }

    private static void assertPredictsTheSame(ComputationGraph network, List<String> outputs) {
        INDArray features = features(network);
        List<String> all = network.getConfiguration().getNetworkOutputs();
        INDArray[] expected = network.output(features);

        List<float[]> predicted = run(program(network, outputs), features);

        for (int o = 0; o < outputs.size(); o++) {
            double[] wanted =
                    expected[all.indexOf(outputs.get(o))].dup('c').data().asDouble();
            assertThat(predicted.get(o)).hasSize(wanted.length);
            for (int i = 0; i < wanted.length; i++) {
                assertThat((double) predicted.get(o)[i])
                        .as(outputs.get(o) + " " + i)
                        .isEqualTo(wanted[i], within(1e-6 * Math.max(1, Math.abs(wanted[i]))));
            }
        }
    }

    /** All rows in as many runs as they take, each output by itself. */
    private static List<float[]> run(RowProgram program, INDArray features) {
        float[] rows = features.dup('c').data().asFloat();
        List<float[]> outputs = new ArrayList<>();
        for (int o = 0; o < program.outputs(); o++) {
            outputs.add(new float[ROWS * program.columns(o)]);
        }
        FloatTile registers = program.registers();
        for (int from = 0; from < ROWS; from += program.rowsAtOnce()) {
            int count = Math.min(program.rowsAtOnce(), ROWS - from);
            System.arraycopy(
                    rows, from * program.inputs(), registers.register(RowProgram.INPUT), 0, count * program.inputs());
            for (int o = 0; o < outputs.size(); o++) {
                int columns = program.columns(o);
                System.arraycopy(program.run(registers, count, o), 0, outputs.get(o), from * columns, count * columns);
            }
        }
        return outputs;
    }
}
