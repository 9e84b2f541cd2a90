package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.block.Connection;
import org.gatedepth.loss.Head;
import org.gatedepth.loss.Loss;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Workers that each compute a part of a minibatch give the network of one worker. */
class TrainingWorkersTest {
    private static final int INPUTS = 5;
    private static final int CLASSES = 3;

    private static MultiLayerNetwork list(boolean normalised) {
        NeuralNetConfiguration.ListBuilder layers = new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .seed(4)
                .updater(new Adam(0.01))
                .l2(1e-3)
                .list()
                .layer(new GatedStack.Builder()
                        .connection(Connection.HIGHWAY)
                        .depth(3)
                        .nOut(6)
                        .dropOut(0.8)
                        .build());
        if (normalised) {
            layers.layer(new BatchNormalization());
        }
        MultiLayerNetwork network = new MultiLayerNetwork(layers.layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .nOut(CLASSES)
                        .build())
                .setInputType(InputType.feedForward(INPUTS))
                .build());
        network.init();
        return network;
    }

    /** With a head, an embedding and dropout; two outputs. */
    private static ComputationGraph graph() {
        ComputationGraph network =
                new ComputationGraph(GatedNetworks.configuration(NetworkSpec.classification(INPUTS, CLASSES)
                        .withSize(4, 8)
                        .withRegularisation(0.1, 0.1)
                        .withUpdater(new FusedAdam(0.01))
                        .withHeads(List.of(new AuxiliaryHead("aux", 2, Head.of(Loss.softmaxCrossEntropy(), CLASSES))))
                        .withEmbeddings(List.of(new Embedding(4, 2)))
                        .withSeed(3)));
        network.init();
        return network;
    }

    private static MultiDataSet minibatch(int rows, int outputs, DataType type, Random random) {
        INDArray features = Nd4j.create(type, rows, INPUTS);
        INDArray labels = Nd4j.create(type, rows, CLASSES);
        INDArray weights = Nd4j.create(type, rows, 1);
        for (int i = 0; i < rows; i++) {
            for (int c = 0; c < INPUTS - 1; c++) {
                features.putScalar(i, c, random.nextGaussian());
            }
            features.putScalar(i, INPUTS - 1, random.nextInt(4));
            labels.putScalar(i, random.nextInt(CLASSES), 1);
            weights.putScalar(i, 0, i % 3);
        }
        INDArray[] all = new INDArray[outputs];
        INDArray[] masks = new INDArray[outputs];
        for (int o = 0; o < outputs; o++) {
            all[o] = labels;
            masks[o] = o == 0 ? weights : null;
        }
        return new MultiDataSet(new INDArray[] {features}, all, null, masks);
    }

    /** Trains, and returns the losses and, after them, the parameters. */
    private static double[] trained(CompiledTrainer trainer, int outputs, DataType type, Supplier<INDArray> params) {
        Random random = new Random(1);
        Nd4j.getRandom().setSeed(7);
        double[] losses = new double[6];
        try (trainer) {
            // Also of fewer rows than there are workers.
            int[] sizes = {16, 16, 17, 2, 1, 16};
            for (int i = 0; i < sizes.length; i++) {
                losses[i] = trainer.fit(minibatch(sizes[i], outputs, type, random));
            }
        }
        return Nd4j.concat(
                        0,
                        Nd4j.createFromArray(losses),
                        params.get().castTo(DataType.DOUBLE).ravel())
                .toDoubleVector();
    }

    private static double[] ofList(int workers) {
        MultiLayerNetwork network = list(false);
        return trained(CompiledTrainer.of(network, workers), 1, DataType.DOUBLE, network::params);
    }

    private static double[] ofGraph(int workers) {
        ComputationGraph network = graph();
        return trained(CompiledTrainer.of(network, workers), 2, DataType.FLOAT, network::params);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void giveTheListOfOneWorker(int workers) {
        assertThat(ofList(workers)).containsExactly(ofList(1), within(1e-11));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void giveTheGraphOfOneWorker(int workers) {
        assertThat(ofGraph(workers)).containsExactly(ofGraph(1), within(2e-4));
    }

    /** Wide enough that the sum of the gradients, the clipping and the step are shared. */
    private static double[] ofWideGraph(int workers) {
        ComputationGraph network =
                new ComputationGraph(GatedNetworks.configuration(NetworkSpec.classification(INPUTS, CLASSES)
                        .withSize(2, 600)
                        .withRegularisation(0, 0.1)
                        .withUpdater(new FusedAdam(1e-3))
                        .withSeed(3)));
        network.init();
        return trained(CompiledTrainer.of(network, workers), 1, DataType.FLOAT, network::params);
    }

    @Test
    void giveTheWideGraphOfOneWorker() {
        double[] one = ofWideGraph(1);
        double[] two = ofWideGraph(2);

        double largest = 0;
        for (int i = 0; i < one.length; i++) {
            largest = Math.max(largest, Math.abs(two[i] - one[i]));
        }
        assertThat(largest).isLessThan(2e-4);
    }

    @Test
    void giveTheSameWideGraphEachTime() {
        assertThat(ofWideGraph(3)).isEqualTo(ofWideGraph(3));
    }

    @Test
    void goOnWhenTheThreadIsInterrupted() {
        double[] expected = ofList(2);

        Thread.currentThread().interrupt();
        double[] found;
        boolean interrupted;
        try {
            found = ofList(2);
        } finally {
            interrupted = Thread.interrupted();
        }

        assertThat(interrupted).isTrue();
        assertThat(found).isEqualTo(expected);
    }

    @Test
    void leaveNoThread() throws InterruptedException {
        Set<Thread> before = Thread.getAllStackTraces().keySet();

        ofList(3);

        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().equals("gatedepth-worker") && !before.contains(thread)) {
                thread.join(10_000);
                assertThat(thread.isAlive()).isFalse();
            }
        }
    }

    @Test
    void refuseWhatIsOfAllRowsOfAMinibatch() {
        assertThatThrownBy(() -> CompiledTrainer.of(list(true), 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("several workers do not know batch normalisation, whose statistics are of all rows of a"
                        + " minibatch; train this network with one worker");
    }

    @Test
    void areAtLeastOne() {
        assertThatThrownBy(() -> CompiledTrainer.of(graph(), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("workers must be at least 1, got 0");
    }
}
