package org.gatedepth.report.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.block.Connection;
import org.gatedepth.dl4j.GatedStack;
import org.gatedepth.dl4j.TemporalStack;
import org.gatedepth.report.DepthReport;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions;

@ExtendWith(DoublePrecision.class)
class InputImportanceTest {

    /** A network that returns its two inputs: blocks whose weights are 0 add nothing to what they pass on. */
    private static MultiLayerNetwork identity() {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .list()
                .layer(new GatedStack.Builder()
                        .connection(Connection.RESIDUAL)
                        .depth(2)
                        .nOut(2)
                        .build())
                .layer(new LossLayer.Builder(LossFunctions.LossFunction.MSE)
                        .activation(Activation.IDENTITY)
                        .build())
                .setInputType(InputType.feedForward(2))
                .build());
        network.init();
        network.params().assign(0);
        return network;
    }

    private static DataSet numbers(double[][] features) {
        INDArray x = Nd4j.create(features);
        return new DataSet(x, x.dup());
    }

    @Test
    void theLossOfExchangedNumbersIsTheirMeanSquaredDistance() {
        // Of two examples, each exchange swaps them: (3 - 1)² for the first output, 0 for the second; half of the sum.
        DataSet data = numbers(new double[][] {{1, 5}, {3, 6}});

        List<InputImportance> importances = InputImportance.of(
                identity(), data, List.of(InputGroup.columns("second", 1), InputGroup.columns("first", 0)));

        assertThat(importances).extracting(InputImportance::input).containsExactly("first", "second");
        assertThat(importances.get(0).loss()).isCloseTo(4 / 2.0, within(1e-12));
        assertThat(importances.get(1).loss()).isCloseTo(1 / 2.0, within(1e-12));
        assertThat(importances.get(0).accuracy()).isNull();
        // The predictions vary by 1 + 1 and by .25 + .25 around their means.
        assertThat(importances.get(0).changed()).isCloseTo((4 + 4) / (2 + 0.5), within(1e-12));
    }

    @Test
    void aColumnThatNobodyReadsHasNoEffect() {
        DataSet data = Networks.data(60, 3);
        // The blocks pass the input on, and the output layer does not read its third column.
        MultiLayerNetwork network = Networks.network(
                Networks.unchanging(),
                new GatedStack.Builder()
                        .connection(Connection.RESIDUAL)
                        .depth(2)
                        .nOut(Networks.INPUTS)
                        .build());
        for (String block : List.of("b0", "b1")) {
            network.getLayer(0).setParam(block + "/F/W", Nd4j.zeros(DataType.DOUBLE, Networks.INPUTS, Networks.INPUTS));
        }
        network.getParam("1_W").getRow(2).assign(0);

        List<InputImportance> importances = InputImportance.of(
                network,
                data,
                List.of(
                        InputGroup.columns("a", 0),
                        InputGroup.columns("b", 1),
                        InputGroup.columns("c", 2),
                        InputGroup.columns("all", 0, 1, 2, 3)));

        InputImportance unread = importances.stream()
                .filter(one -> one.input().equals("c"))
                .findFirst()
                .orElseThrow();
        assertThat(unread.changed()).isZero();
        DepthReport report = DepthReport.of(network, data);
        assertThat(unread.loss()).isCloseTo(report.lesions().intact().loss(), within(1e-12));
        assertThat(unread.accuracy()).isEqualTo(report.lesions().intact().accuracy());
        // Exchanging a column that an untrained network reads may lower its loss, but changes predictions.
        assertThat(importances)
                .filteredOn(one -> one.input().equals("all"))
                .allMatch(one -> one.changed() > 0)
                .hasSize(1);
    }

    @Test
    void columnsOfOneGroupAreExchangedTogether() {
        INDArray x = Nd4j.create(new double[][] {{0, 0}, {1, 1}, {2, 2}, {3, 3}});
        org.nd4j.linalg.dataset.api.MultiDataSet data = new MultiDataSet(x, x.dup());
        INDArray exchanged = InputGroup.columns("both", 0, 1)
                .exchanged(data, new int[] {3, 0, 1, 2})
                .getFeatures(0);

        assertThat(exchanged).isEqualTo(Nd4j.create(new double[][] {{3, 3}, {0, 0}, {1, 1}, {2, 2}}));
        assertThat(data.getFeatures(0)).isEqualTo(data.getLabels(0));
    }

    @Test
    void sequencesAreExchangedWithTheirMasks() {
        INDArray steps = Nd4j.arange(12).reshape(2, 2, 3).castTo(Nd4j.defaultFloatingPointType());
        INDArray mask = Nd4j.create(new double[][] {{1, 1, 1}, {1, 0, 0}});
        MultiDataSet data = new MultiDataSet(
                new INDArray[] {steps}, new INDArray[] {Nd4j.zeros(2, 1)}, new INDArray[] {mask}, null);

        org.nd4j.linalg.dataset.api.MultiDataSet exchanged =
                InputGroup.arrays("series", 0, 1).exchanged(data, new int[] {1, 0});

        assertThat(exchanged.getFeatures(0).slice(0)).isEqualTo(steps.slice(1));
        assertThat(exchanged.getFeaturesMaskArray(0).toDoubleMatrix())
                .isDeepEqualTo(new double[][] {{1, 0, 0}, {1, 1, 1}});
    }

    @Test
    void refusesWhatTheExamplesDoNotHave() {
        DataSet data = numbers(new double[][] {{1, 5}, {3, 6}});

        assertThatThrownBy(() -> InputImportance.of(identity(), data, List.of(InputGroup.columns("third", 2))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the input third has the column 2, but the features have columns from 0 to 1");
        assertThatThrownBy(() -> InputImportance.of(identity(), data, List.of(InputGroup.arrays("series", 1, 1))))
                .hasMessage("the input series is in the arrays of features from 1 to 1, but the data set has 1: count"
                        + " them from 0");
    }

    @Test
    void refusesColumnsOfSequencesAndSequencesWithALabelForEachStep() {
        ComputationGraph tagger = new ComputationGraph(new NeuralNetConfiguration.Builder()
                .graphBuilder()
                .addInputs("in")
                .addLayer("stack", new TemporalStack.Builder().depth(2).nOut(3).build(), "in")
                .addLayer(
                        "out",
                        new org.deeplearning4j.nn.conf.layers.RnnLossLayer.Builder(LossFunctions.LossFunction.MSE)
                                .activation(Activation.IDENTITY)
                                .build(),
                        "stack")
                .setOutputs("out")
                .setInputTypes(InputType.recurrent(2))
                .build());
        tagger.init();
        MultiDataSet data = new MultiDataSet(Nd4j.zeros(4, 2, 5), Nd4j.zeros(4, 3, 5));

        assertThatThrownBy(() -> InputImportance.of(tagger, data, List.of(InputGroup.columns("first", 0))))
                .hasMessage("the input first is columns, which only rows have, but the features have the shape"
                        + " [4, 2, 5]: name whole arrays");
        assertThatThrownBy(() -> InputImportance.of(tagger, data, List.of(InputGroup.arrays("series", 0, 1))))
                .hasMessage("the input series is whole arrays, which are exchanged only where an example has one label"
                        + " for all of its steps, but the labels have the shape [4, 3, 5]");
    }
}
