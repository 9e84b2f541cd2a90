package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.EarlyStoppingResult;
import org.deeplearning4j.earlystopping.saver.InMemoryModelSaver;
import org.deeplearning4j.earlystopping.scorecalc.DataSetLossCalculator;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.termination.MaxScoreIterationTerminationCondition;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingGraphTrainer;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingTrainer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.adapter.MultiDataSetIteratorAdapter;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Training by {@code fit} where a network is not known, and early stopping. */
class CompiledFallbackTest {
    private static final int INPUTS = 4;
    private static final int CLASSES = 3;

    private static MultiLayerNetwork network(boolean layerNorm) {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .seed(4)
                .updater(new Adam(1e-2))
                .l2(1e-2)
                .list()
                .layer(new DenseLayer.Builder()
                        .nOut(6)
                        .hasLayerNorm(layerNorm)
                        .activation(Activation.TANH)
                        .build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.feedForward(INPUTS))
                .build());
        network.init();
        return network;
    }

    private static DataSet minibatch(int number) {
        DataSet data = TrainedTwice.rows(DataType.DOUBLE, number, INPUTS, CLASSES, true);
        INDArray mask = Nd4j.ones(DataType.DOUBLE, data.numExamples(), 1);
        mask.putScalar(1, 0, 0);
        data.setLabelsMaskArray(mask);
        return data;
    }

    private static DataSetIterator data() {
        List<DataSet> all = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            all.add(TrainedTwice.rows(DataType.DOUBLE, i, INPUTS, CLASSES, true));
        }
        return new ListDataSetIterator<>(DataSet.merge(all).asList(), 8);
    }

    @Test
    void networkThatIsNotKnownIsTrainedByFit() {
        MultiLayerNetwork by = network(true);
        MultiLayerNetwork other = network(true);
        try (CompiledTrainer trainer = CompiledTrainer.orFit(other)) {
            assertThat(trainer.isCompiled()).isFalse();
            for (int i = 0; i < 10; i++) {
                by.fit(minibatch(i));
                trainer.fit(minibatch(i));
            }
            trainer.fit(data(), 2);
        }
        by.fit(data(), 2);

        assertThat(other.params()).isEqualTo(by.params());
        assertThat(other.getEpochCount()).isEqualTo(2);
    }

    @Test
    void graphThatIsNotKnownIsTrainedByFit() {
        ComputationGraph by = network(true).toComputationGraph();
        ComputationGraph other = network(true).toComputationGraph();
        try (CompiledTrainer trainer = CompiledTrainer.orFit(other)) {
            assertThat(trainer.isCompiled()).isFalse();
            for (int i = 0; i < 10; i++) {
                by.fit(minibatch(i));
                trainer.fit(minibatch(i));
            }
        }

        assertThat(other.params()).isEqualTo(by.params());
    }

    @Test
    void networkThatIsKnownIsCompiled() {
        try (CompiledTrainer trainer = CompiledTrainer.orFit(network(false))) {
            assertThat(trainer.isCompiled()).isTrue();
        }
        try (CompiledTrainer trainer = CompiledTrainer.orFit(network(false).toComputationGraph())) {
            assertThat(trainer.isCompiled()).isTrue();
        }
    }

    @Test
    void lossIsWithoutPenaltiesInBothWays() {
        MultiLayerNetwork network = network(false);
        double loss;
        try (CompiledTrainer trainer = CompiledTrainer.of(network)) {
            loss = trainer.fit(minibatch(1));
        }
        MultiLayerNetwork same = network(false);
        same.setInput(minibatch(1).getFeatures());
        same.setLabels(minibatch(1).getLabels());
        same.setLayerMaskArrays(null, minibatch(1).getLabelsMaskArray());
        same.computeGradientAndScore();
        double expected = same.score() - same.calcRegularizationScore(true);

        assertThat(loss).isCloseTo(expected, within(1e-9));
    }

    @Test
    void anotherErrorThanAnUnknownPartIsNotTakenForOne() {
        MultiLayerNetwork network = new MultiLayerNetwork(
                network(false).getLayerWiseConfigurations().clone());
        assertThatThrownBy(() -> CompiledTrainer.orFit(network)).hasMessageContaining("call init() first");
    }

    private static <T extends org.deeplearning4j.nn.api.Model> EarlyStoppingConfiguration<T> stopping(int epochs) {
        return new EarlyStoppingConfiguration.Builder<T>()
                .epochTerminationConditions(new MaxEpochsTerminationCondition(epochs))
                .iterationTerminationConditions(new MaxScoreIterationTerminationCondition(50))
                .scoreCalculator(new DataSetLossCalculator(data(), true))
                .modelSaver(new InMemoryModelSaver<>())
                .build();
    }

    @Test
    void earlyStoppingIsThatOfDeeplearning4j() {
        MultiLayerNetwork by = network(false);
        MultiLayerNetwork compiled = network(false);

        EarlyStoppingResult<MultiLayerNetwork> expected = new EarlyStoppingTrainer(stopping(4), by, data()).fit();
        EarlyStoppingResult<MultiLayerNetwork> result =
                CompiledTrainer.earlyStopping(stopping(4), compiled, data()).fit();

        assertThat(result.getTerminationReason()).isEqualTo(expected.getTerminationReason());
        assertThat(result.getTotalEpochs()).isEqualTo(4);
        assertThat(result.getBestModelEpoch()).isEqualTo(expected.getBestModelEpoch());
        assertThat(distance(by.params(), compiled.params())).isLessThan(1e-12);
        assertThat(distance(
                        expected.getBestModel().params(), result.getBestModel().params()))
                .isLessThan(1e-12);
    }

    @Test
    void earlyStoppingOfAGraphIsThatOfDeeplearning4j() {
        ComputationGraph by = network(false).toComputationGraph();
        ComputationGraph compiled = network(false).toComputationGraph();

        new EarlyStoppingGraphTrainer(stopping(3), by, data()).fit();
        CompiledTrainer.earlyStopping(stopping(2), compiled, data()).fit();
        assertThat(distance(by.params(), compiled.params())).isGreaterThan(1e-6);
        ComputationGraph again = network(false).toComputationGraph();
        CompiledTrainer.earlyStopping(stopping(3), again, new MultiDataSetIteratorAdapter(data()))
                .fit();

        assertThat(distance(by.params(), again.params())).isLessThan(1e-12);
        assertThatThrownBy(() -> CompiledTrainer.earlyStopping(
                                stopping(3), compiled, new MultiDataSetIteratorAdapter(data()))
                        .pretrain())
                .hasMessageContaining("does not pretrain layers");
    }

    private static double distance(INDArray a, INDArray b) {
        return a.sub(b).amaxNumber().doubleValue();
    }
}
