package org.gatedepth.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.gatedepth.testing.Arrays.normal;
import static org.gatedepth.testing.Arrays.oneHot;

import java.util.List;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.dl4j.DeepSupervisionOutputLayer;
import org.gatedepth.dl4j.GatedStack;
import org.gatedepth.loss.Head;
import org.gatedepth.loss.Loss;
import org.gatedepth.testing.DoublePrecision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * The heads of a {@link DeepSupervisionOutputLayer} are listed in a list of layers, in a graph, and on masked steps.
 */
@ExtendWith(DoublePrecision.class)
class HeadsOfAnyNetworkTest {
    private static NeuralNetConfiguration.ListBuilder list() {
        return new NeuralNetConfiguration.Builder()
                .seed(1)
                .dataType(DataType.DOUBLE)
                .updater(new Sgd(.1))
                .list();
    }

    private static MultiLayerNetwork network(NeuralNetConfiguration.ListBuilder list, InputType type) {
        GatedStack stack = new GatedStack.Builder().depth(3).nOut(6).taps(1, 2).build();
        MultiLayerNetwork network = new MultiLayerNetwork(list.layer(stack)
                .layer(new DeepSupervisionOutputLayer.Builder(Loss.softmaxCrossEntropy(), stack)
                        .nOut(3)
                        .head(1, Head.of(Loss.softmaxCrossEntropy(), 3))
                        .head(2, Head.of(Loss.softmaxCrossEntropy(), 3))
                        .build())
                .setInputType(type)
                .build());
        network.init();
        return network;
    }

    @Test
    void aGraphListsTheHeadsThatTheListOfLayersHas() {
        DataSet data = new DataSet(normal(1, 30, 6), oneHot(30, 3));
        MultiLayerNetwork network = network(list(), InputType.feedForward(6));
        List<HeadReport> heads = DepthReport.of(network, data).heads();
        assertThat(heads).extracting(HeadReport::depth).containsExactly(1, 2, 3);
        assertThat(DepthReport.of(network.toComputationGraph(), data).heads()).isEqualTo(heads);
        // A DataSet is enough, as it is for evaluate.
        assertThat(heads.get(2).accuracy())
                .isCloseTo(
                        network.toComputationGraph()
                                .evaluate(new ListDataSetIterator<>(List.of(data)))
                                .accuracy(),
                        within(1e-12));
    }

    @Test
    void headsAreAskedWithTheMasks() {
        int steps = 5;
        MultiLayerNetwork network =
                network(list().layer(new LSTM.Builder().nOut(6).build()), InputType.recurrent(4));
        INDArray x = normal(1, 4, 4, steps);
        INDArray mask = Nd4j.ones(DataType.DOUBLE, 4, steps);
        mask.get(NDArrayIndex.interval(1, 3), NDArrayIndex.interval(0, 3)).assign(0);
        INDArray y = oneHot(4 * steps, 3);
        INDArray output = network.output(x, false, mask, null);
        double loss = 0;
        int counted = 0;
        for (int row = 0; row < 4 * steps; row++) {
            if (mask.getDouble(row % 4, row / 4) != 0) {
                loss -= Math.log(
                        output.getRow(row).mul(y.getRow(row)).sumNumber().doubleValue());
                counted++;
            }
        }
        DataSet data = new DataSet(x, y, mask, null);
        DepthReport report = DepthReport.of(network, data);
        assertThat(report.heads().get(2).loss()).isCloseTo(loss / counted, within(1e-9));
        assertThat(report.lesions().intact().loss()).isCloseTo(loss / counted, within(1e-9));
    }
}
