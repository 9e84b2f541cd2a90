package org.gatedepth.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.gatedepth.testing.Arrays.normal;
import static org.gatedepth.testing.Arrays.oneHot;

import java.util.List;
import java.util.function.Supplier;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.dl4j.AuxiliaryLabels;
import org.gatedepth.dl4j.DeepSupervisionOutputLayer;
import org.gatedepth.dl4j.EarlyExit;
import org.gatedepth.dl4j.GatedConvolution2D;
import org.gatedepth.dl4j.GatedNetworks;
import org.gatedepth.dl4j.GatedStack;
import org.gatedepth.dl4j.NetworkSpec;
import org.gatedepth.dl4j.TransformGates;
import org.gatedepth.loss.Head;
import org.gatedepth.loss.Loss;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Faults;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.schedule.FixedSchedule;

/**
 * A report or a prediction that is cut short at any op leaves no trace: the next one is right, and the network trains
 * on as one that nobody measured.
 */
@Tag("slow")
@ExtendWith(DoublePrecision.class)
class CutReportTest {
    private static final int ROWS = 4;
    private static final INDArray X = normal(2, ROWS, Networks.INPUTS);
    private static final INDArray Y = oneHot(ROWS, 3);
    /** A whole report takes some time, so it is asked for again after each so many cuts. */
    private static final int REPORTS = 40;

    private static MultiLayerNetwork small() {
        return Networks.network(
                Networks.builder(new Adam(0.01)),
                new BatchNormalization(),
                new GatedStack.Builder().depth(1).nOut(4).dropOut(.9).build());
    }

    private static MultiLayerNetwork list() {
        GatedStack stack =
                new GatedStack.Builder().depth(2).nOut(4).taps(1).dropOut(.9).build();
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Adam(0.01))
                .dataType(DataType.DOUBLE)
                .list()
                .layer(new BatchNormalization())
                .layer(stack)
                .layer(new DeepSupervisionOutputLayer.Builder(Loss.softmaxCrossEntropy(), stack)
                        .nOut(3)
                        .head(1, Head.of(Loss.softmaxCrossEntropy(), 3))
                        .build())
                .setInputType(InputType.feedForward(Networks.INPUTS))
                .build());
        network.init();
        return network;
    }

    private static MultiLayerNetwork images() {
        MultiLayerNetwork network = new MultiLayerNetwork(Networks.builder(new Adam(0.01))
                .list()
                .layer(new GatedConvolution2D.Builder()
                        .depth(2)
                        .nOut(2)
                        .dropOut(.9)
                        .build())
                .layer(Networks.output())
                .setInputType(InputType.convolutionalFlat(2, 2, 1))
                .build());
        network.init();
        return network;
    }

    private static ComputationGraph graph() {
        ComputationGraph network =
                new ComputationGraph(GatedNetworks.configuration(NetworkSpec.classification(Networks.INPUTS, 3)
                        .withSize(2, 4)
                        .withHeadsEvery(1, new FixedSchedule(.3))
                        .withRegularisation(.1, 0)
                        .withSeed(1)));
        network.init();
        network = network.convertDataType(DataType.DOUBLE);
        return network;
    }

    private static MultiDataSet labelled(ComputationGraph network) {
        MultiDataSet data = new MultiDataSet(new INDArray[] {X}, new INDArray[] {Y});
        AuxiliaryLabels.same(network.getNumOutputArrays()).preProcess(data);
        return data;
    }

    private static void fit(Model network) {
        if (network instanceof MultiLayerNetwork list) {
            list.fit(X, Y);
        } else {
            ((ComputationGraph) network).fit(labelled((ComputationGraph) network));
        }
    }

    /**
     * Cuts at each op. A twin that nothing is asked of trains beside the network.
     *
     * @param step cuts are so many ops apart
     * @param every after each so many cuts it is asked again, and at the end
     */
    private static void cut(Model network, Model twin, int step, int every, Supplier<Object> asked) throws Exception {
        fitBoth(network, twin);
        Object right = asked.get();
        INDArray trained = network.params().dup();
        int cuts = 0;
        boolean cut = true;
        try (Faults faults = new Faults()) {
            while (cut) {
                int op = 1 + step * cuts++;
                cut = faults.cutShort(op, () -> assertThat(asked.get()).isNotNull());
                if (cuts % every == 0 || !cut) {
                    assertThat(asked.get()).as("after a cut at op %d", op).isEqualTo(right);
                }
                assertThat(network.params()).as("cut at op %d", op).isEqualTo(trained);
            }
        }
        fitBoth(network, twin);
        assertThat(network.params()).isEqualTo(twin.params());
        assertThat(cuts).isGreaterThan(10);
    }

    /** Dropout draws from the generator that all networks share. */
    private static void fitBoth(Model network, Model twin) {
        for (Model model : List.of(network, twin)) {
            Nd4j.getRandom().setSeed(7);
            fit(model);
        }
    }

    @Test
    void aReportOfLayers() throws Exception {
        MultiLayerNetwork network = small();
        DataSet data = new DataSet(X, Y);
        cut(network, small(), 1, REPORTS, () -> DepthReport.of(network, data));
    }

    @Test
    void aReportOfAGraph() throws Exception {
        ComputationGraph network = graph();
        MultiDataSet data = labelled(network);
        cut(network, graph(), 7, REPORTS, () -> DepthReport.of(network, data));
    }

    @Test
    void aReportOfImages() throws Exception {
        MultiLayerNetwork network = images();
        DataSet data = new DataSet(X, Y);
        cut(network, images(), 29, REPORTS, () -> DepthReport.of(network, data));
    }

    @Test
    void predictionsOfLayers() throws Exception {
        MultiLayerNetwork network = list();
        cut(network, list(), 1, 1, () -> network.output(X));
    }

    @Test
    void predictionsOfAGraph() throws Exception {
        ComputationGraph network = graph();
        cut(network, graph(), 1, 1, () -> List.of(network.output(X)));
    }

    @Test
    void earlyExitOfLayers() throws Exception {
        MultiLayerNetwork network = list();
        EarlyExit exit = new EarlyExit(network, .4);
        cut(network, list(), 1, 1, () -> answers(exit));
    }

    @Test
    void earlyExitOfAGraph() throws Exception {
        ComputationGraph network = graph();
        List<String> outputs = network.getConfiguration().getNetworkOutputs();
        EarlyExit exit = new EarlyExit(network, outputs.subList(1, outputs.size()), .4);
        cut(network, graph(), 1, 1, () -> answers(exit));
    }

    private static Object answers(EarlyExit exit) {
        EarlyExit.Result result = exit.predict(X);
        return List.of(result.output(), result.shares());
    }

    @Test
    void gatesOfLayers() throws Exception {
        MultiLayerNetwork network = list();
        TransformGates gates = new TransformGates(network);
        cut(network, list(), 1, 1, () -> gates.byBlock(X));
    }

    @Test
    void gatesOfAGraph() throws Exception {
        ComputationGraph network = graph();
        TransformGates gates = new TransformGates(network);
        cut(network, graph(), 1, 1, () -> gates.byBlock(X));
    }
}
