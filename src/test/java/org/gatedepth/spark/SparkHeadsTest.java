package org.gatedepth.spark;

import static org.gatedepth.spark.Trained.assertEqualParams;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.dl4j.AuxiliaryOutputLayer;
import org.gatedepth.dl4j.DeepSupervisionOutputLayer;
import org.gatedepth.dl4j.GatedStack;
import org.gatedepth.loss.Head;
import org.gatedepth.loss.LinearDecay;
import org.gatedepth.loss.Loss;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.LocalSpark;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** Auxiliary heads on Spark equal one machine, also where some rows have no label for them. */
@ExtendWith(DoublePrecision.class)
class SparkHeadsTest {
    @RegisterExtension
    static final LocalSpark SPARK = new LocalSpark();

    private static final Loss SOFTMAX = Loss.softmaxCrossEntropy();

    /** Rows of which more have a label the later the seed. */
    private static List<MultiDataSet> minibatches(int from, boolean twice) {
        return IntStream.range(from, from + 3)
                .mapToObj(seed -> {
                    DataSet rows = Networks.data(8, seed);
                    INDArray mask = Nd4j.ones(8, 1);
                    for (int i = 0; i < 8; i++) {
                        mask.putScalar(i, 0, (i * seed) % 5 < seed % 6 ? 1 : 0);
                    }
                    INDArray labels = rows.getLabels();
                    return (MultiDataSet) new org.nd4j.linalg.dataset.MultiDataSet(
                            new INDArray[] {rows.getFeatures()},
                            twice ? new INDArray[] {labels, labels} : new INDArray[] {labels},
                            null,
                            twice ? new INDArray[] {Nd4j.ones(8, 1), mask} : new INDArray[] {mask});
                })
                .toList();
    }

    /** One minibatch of two. {@code MultiDataSet.merge} makes masks of single labels of masks of rows. */
    private static MultiDataSet merged(MultiDataSet one, MultiDataSet two) {
        return new org.nd4j.linalg.dataset.MultiDataSet(
                merged(one.getFeatures(), two.getFeatures()),
                merged(one.getLabels(), two.getLabels()),
                null,
                merged(one.getLabelsMaskArrays(), two.getLabelsMaskArrays()));
    }

    private static INDArray[] merged(INDArray[] one, INDArray[] two) {
        INDArray[] all = new INDArray[one.length];
        Arrays.setAll(all, i -> Nd4j.vstack(one[i], two[i]));
        return all;
    }

    private static SparkTrainer trainer() {
        return new SparkTrainer.Builder().rounds(6).stepsPerRound(1).build();
    }

    private static ComputationGraph graph() {
        return Networks.init(Networks.builder(new Sgd(0.1))
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.feedForward(Networks.INPUTS))
                .addLayer("lower", new GatedStack.Builder().depth(2).nOut(5).build(), "in")
                .addLayer("upper", new GatedStack.Builder().depth(2).nOut(5).build(), "lower")
                .addLayer("out", Networks.output(), "upper")
                .addLayer(
                        "head",
                        new AuxiliaryOutputLayer.Builder(SOFTMAX)
                                .nOut(Networks.CLASSES)
                                .weight(new LinearDecay(0.5, 0.1, 2))
                                .build(),
                        "lower")
                .setOutputs("out", "head"));
    }

    private static MultiLayerNetwork layers() {
        GatedStack stack = new GatedStack.Builder().depth(3).nOut(5).taps(1).build();
        MultiLayerNetwork network = new MultiLayerNetwork(Networks.builder(new Sgd(0.1))
                .list()
                .layer(stack)
                .layer(new DeepSupervisionOutputLayer.Builder(SOFTMAX, stack)
                        .nOut(Networks.CLASSES)
                        .head(1, Head.of(SOFTMAX, Networks.CLASSES).withWeight(new LinearDecay(0.5, 0.1, 2)))
                        .build())
                .setInputType(InputType.feedForward(Networks.INPUTS))
                .build());
        network.init();
        return network;
    }

    @Test
    void ofAGraph() {
        List<MultiDataSet> one = minibatches(1, true);
        List<MultiDataSet> two = minibatches(11, true);
        ComputationGraph expected = graph();
        for (int i = 0; i < 6; i++) {
            expected.fit(merged(one.get(i % 3), two.get(i % 3)));
            if (i % 3 == 2) {
                expected.incrementEpochCount();
            }
        }
        ComputationGraph network = graph();

        trainer().fit(network, SPARK.partitions(one, two), null);

        assertEqualParams(network, expected, 1e-12);
    }

    @Test
    void ofAListOfLayers() {
        List<MultiDataSet> one = minibatches(1, false);
        List<MultiDataSet> two = minibatches(11, false);
        MultiLayerNetwork expected = layers();
        for (int i = 0; i < 6; i++) {
            MultiDataSet whole = merged(one.get(i % 3), two.get(i % 3));
            expected.fit(new DataSet(whole.getFeatures(0), whole.getLabels(0), null, whole.getLabelsMaskArray(0)));
            if (i % 3 == 2) {
                expected.incrementEpochCount();
            }
        }
        MultiLayerNetwork network = layers();

        trainer().fit(network, SPARK.partitions(one, two), null);

        assertEqualParams(network, expected, 1e-12);
    }
}
