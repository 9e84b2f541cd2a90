package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.gatedepth.testing.Arrays.assertClose;
import static org.gatedepth.testing.Arrays.distance;
import static org.gatedepth.testing.Arrays.normal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.EarlyStoppingResult;
import org.deeplearning4j.earlystopping.saver.InMemoryModelSaver;
import org.deeplearning4j.earlystopping.scorecalc.DataSetLossCalculator;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingGraphTrainer;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingTrainer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.parallelism.ParallelWrapper;
import org.gatedepth.loss.Head;
import org.gatedepth.loss.Loss;
import org.gatedepth.testing.Console;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.nd4j.evaluation.IEvaluation;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.dataset.adapter.MultiDataSetIteratorAdapter;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.schedule.FixedSchedule;

/** Training networks with heads with Deeplearning4j's own tools. */
@ExtendWith(DoublePrecision.class)
class HeadTrainingTest {

    private static ComputationGraph graph() {
        ComputationGraph graph = new ComputationGraph(
                GatedNetworks.configuration(NetworkSpec.classification(Networks.INPUTS, Networks.CLASSES)
                        .withSize(3, 8)
                        .withActivation(Activation.TANH)
                        .withUpdater(new Adam(0.02))
                        .withHeadsEvery(1, new FixedSchedule(0.3))));
        graph.init();
        return graph;
    }

    private static MultiLayerNetwork network() {
        GatedStack stack = new GatedStack.Builder()
                .depth(3)
                .nOut(8)
                .activation(Activation.TANH)
                .taps(1, 2)
                .build();
        MultiLayerNetwork net = new MultiLayerNetwork(Networks.builder(new Adam(0.02))
                .list()
                .layer(stack)
                .layer(new DeepSupervisionOutputLayer.Builder(Loss.softmaxCrossEntropy(), stack)
                        .nOut(Networks.CLASSES)
                        .head(1, Head.of(Loss.softmaxCrossEntropy(), Networks.CLASSES))
                        .head(2, Head.of(Loss.binaryCrossEntropy(), Networks.CLASSES))
                        .build())
                .setInputType(InputType.feedForward(Networks.INPUTS))
                .build());
        net.init();
        return net;
    }

    private static MultiDataSet labelled(DataSet data) {
        MultiDataSet all = new MultiDataSet(data.getFeatures(), data.getLabels());
        AuxiliaryLabels.same(3).preProcess(all);
        return all;
    }

    private static MultiDataSetIterator batches(int count) {
        List<DataSet> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(Networks.data(20, 100 + i));
        }
        MultiDataSetIterator batches = new MultiDataSetIteratorAdapter(new ListDataSetIterator<>(all, 1));
        batches.setPreProcessor(AuxiliaryLabels.same(3));
        return batches;
    }

    private static double accuracy(INDArray labels, INDArray predicted) {
        Evaluation evaluation = new Evaluation(Networks.CLASSES);
        evaluation.eval(labels, predicted);
        return evaluation.accuracy();
    }

    @Test
    void everyHeadOfAGraphLearns() {
        ComputationGraph graph = graph();
        DataSet data = Networks.data(60, 1);
        for (int i = 0; i < 100; i++) {
            graph.fit(labelled(data));
        }
        for (INDArray output : graph.output(data.getFeatures())) {
            assertThat(accuracy(data.getLabels(), output)).isGreaterThan(0.9);
        }
    }

    @Test
    void aNetworkWithDeepSupervisionLearns() {
        MultiLayerNetwork net = network();
        DataSet data = Networks.data(60, 1);
        for (int i = 0; i < 100; i++) {
            net.fit(data);
        }
        assertThat(accuracy(data.getLabels(), net.output(data.getFeatures()))).isGreaterThan(0.9);
        INDArray atTheFirstHead =
                new EarlyExit(net, 1e-9).predict(data.getFeatures()).output();
        assertThat(accuracy(data.getLabels(), atTheFirstHead)).isGreaterThan(0.9);
    }

    @Test
    void theMainOutputNeedsNoLabelsAndDoesNotReadThem() {
        ComputationGraph graph = graph();
        DataSet data = Networks.data(20, 1);
        INDArray fresh = graph.output(data.getFeatures())[0].dup();
        graph.setLabels(data.getLabels(), normal(1, 20, 3), normal(2, 20, 3));
        assertClose(graph.output(data.getFeatures())[0], fresh, 0);
    }

    @Test
    @SuppressWarnings("rawtypes") // of Deeplearning4j's evaluate
    void deeplearning4jEvaluatesEachHead() {
        ComputationGraph graph = graph();
        Map<Integer, IEvaluation[]> evaluations = Map.of(
                0, new IEvaluation[] {new Evaluation(3)},
                2, new IEvaluation[] {new Evaluation(3)});
        graph.evaluate(batches(2), evaluations);
        DataSet first = Networks.data(20, 100);
        DataSet second = Networks.data(20, 101);
        DataSet both = DataSet.merge(List.of(first, second));
        INDArray[] outputs = graph.output(both.getFeatures());
        assertThat(((Evaluation) evaluations.get(2)[0]).accuracy()).isEqualTo(accuracy(both.getLabels(), outputs[2]));
        assertThat(((Evaluation) evaluations.get(0)[0]).accuracy()).isEqualTo(accuracy(both.getLabels(), outputs[0]));
    }

    @Test
    void evaluationOfANetworkIsThatOfItsOutput() {
        MultiLayerNetwork net = network();
        DataSet data = Networks.data(40, 1);
        Evaluation evaluation = net.evaluate(new ListDataSetIterator<>(List.of(data), 1));
        assertThat(evaluation.accuracy()).isEqualTo(accuracy(data.getLabels(), net.output(data.getFeatures())));
    }

    @Test
    void listenersSeeEachStep() {
        ComputationGraph graph = graph();
        AtomicInteger steps = new AtomicInteger();
        AtomicInteger epochs = new AtomicInteger();
        graph.setListeners(new BaseTrainingListener() {
            @Override
            public void iterationDone(Model model, int iteration, int epoch) {
                steps.incrementAndGet();
                assertThat(model.score()).isPositive();
            }

            @Override
            public void onEpochEnd(Model model) {
                epochs.incrementAndGet();
            }
        });
        graph.fit(batches(3), 2);
        assertThat(steps).hasValue(6);
        assertThat(epochs).hasValue(2);
    }

    @Test
    void earlyStoppingTrainsAGraphAndRestoresItsBest() {
        EarlyStoppingConfiguration<ComputationGraph> stopping = new EarlyStoppingConfiguration.Builder<
                        ComputationGraph>()
                .epochTerminationConditions(new MaxEpochsTerminationCondition(3))
                .scoreCalculator(new DataSetLossCalculator(batches(1), true))
                .modelSaver(new InMemoryModelSaver<>())
                .build();
        EarlyStoppingResult<ComputationGraph> result =
                new EarlyStoppingGraphTrainer(stopping, graph(), batches(3), null).fit();
        assertThat(result.getTotalEpochs()).isEqualTo(3);
        assertThat(result.getBestModel().score(labelled(Networks.data(20, 100))))
                .isCloseTo(best(result), within(1e-12));
    }

    @Test
    void earlyStoppingTrainsANetwork() {
        EarlyStoppingConfiguration<MultiLayerNetwork> stopping = new EarlyStoppingConfiguration.Builder<
                        MultiLayerNetwork>()
                .epochTerminationConditions(new MaxEpochsTerminationCondition(3))
                .scoreCalculator(
                        new DataSetLossCalculator(new ListDataSetIterator<>(List.of(Networks.data(20, 9)), 1), true))
                .modelSaver(new InMemoryModelSaver<>())
                .build();
        EarlyStoppingResult<MultiLayerNetwork> result = new EarlyStoppingTrainer(
                        stopping, network(), new ListDataSetIterator<>(List.of(Networks.data(20, 8)), 1))
                .fit();
        assertThat(result.getBestModel().score(Networks.data(20, 9))).isCloseTo(best(result), within(1e-12));
    }

    private static double best(EarlyStoppingResult<?> result) {
        return result.getScoreVsEpoch().values().stream()
                .mapToDouble(Double::doubleValue)
                .min()
                .orElseThrow();
    }

    @Test
    void cloningGivesTheSameNetwork() {
        MultiLayerNetwork net = network();
        DataSet data = Networks.data(20, 1);
        net.fit(data);
        MultiLayerNetwork copy = net.clone();
        assertThat(copy.score(data)).isEqualTo(net.score(data));
        copy.fit(data);
        net.fit(data);
        assertClose(copy.params(), net.params(), 1e-12);
    }

    @Test
    void theHeadsTrainOnAFrozenTrunk() {
        ComputationGraph graph = new TransferLearning.GraphBuilder(graph())
                .setFeatureExtractor("stack3")
                .build();
        INDArray trunk = graph.getLayer("stack1").params().dup();
        INDArray head = graph.getLayer("head1").params().dup();
        graph.fit(labelled(Networks.data(20, 1)));
        assertClose(graph.getLayer("stack1").params(), trunk, 0);
        assertThat(distance(graph.getLayer("head1").params(), head)).isGreaterThan(1e-4);
    }

    @Test
    void parallelWrapperTrains() throws Exception {
        ComputationGraph graph = graph();
        double before = graph.score(labelled(Networks.data(20, 100)));
        ParallelWrapper wrapper = new ParallelWrapper.Builder<>(graph)
                .workers(2)
                .prefetchBuffer(0)
                .averagingFrequency(1)
                .trainingMode(ParallelWrapper.TrainingMode.AVERAGING)
                .build();
        for (int i = 0; i < 10; i++) {
            wrapper.fit(batches(4));
        }
        wrapper.close();
        assertThat(graph.score(labelled(Networks.data(20, 100)))).isLessThan(before);
    }

    @Test
    void nothingIsPrinted() throws Exception {
        String printed = Console.capture(() -> {
            ComputationGraph graph = graph();
            graph.fit(labelled(Networks.data(20, 1)));
            graph.output(Networks.data(20, 1).getFeatures());
            network().fit(Networks.data(20, 1));
            return null;
        });
        assertThat(printed).isEmpty();
    }
}
