package org.gatedepth.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.gatedepth.testing.Arrays.normal;
import static org.gatedepth.testing.Arrays.oneHot;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.dl4j.GatedStack;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Sgd;

/** Rows of any type are measured, as they are fitted. */
class DataTypesTest {
    @ParameterizedTest
    @CsvSource({"FLOAT,DOUBLE", "DOUBLE,FLOAT", "HALF,FLOAT", "FLOAT,HALF", "DOUBLE,INT", "FLOAT,LONG"})
    void rowsOfAnotherTypeAreCast(DataType network, DataType rows) {
        MultiLayerNetwork own = network(network);
        DataSet given = new DataSet(
                normal(1, DataType.DOUBLE, 12, 4).mul(8).castTo(rows),
                oneHot(12, 3).castTo(rows));
        own.fit(given);
        DataSet cast = new DataSet(
                given.getFeatures().castTo(network), given.getLabels().castTo(network));
        assertThat(DepthReport.of(own, given)).isEqualTo(DepthReport.of(own, cast));
        assertThat(DepthReport.of(own.toComputationGraph(), given).lesions().intact())
                .isEqualTo(DepthReport.of(own, cast).lesions().intact());
    }

    private static MultiLayerNetwork network(DataType type) {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .dataType(type)
                .updater(new Sgd(.01))
                .list()
                .layer(new GatedStack.Builder().depth(2).nOut(4).build())
                .layer(new OutputLayer.Builder()
                        .nOut(3)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.feedForward(4))
                .build());
        network.init();
        return network;
    }
}
