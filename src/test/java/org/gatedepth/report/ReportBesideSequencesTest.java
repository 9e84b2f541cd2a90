package org.gatedepth.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.gatedepth.testing.Arrays.normal;

import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.dl4j.GatedStack;
import org.gatedepth.dl4j.RecurrentHighwayLayer;
import org.gatedepth.dl4j.TemporalStack;
import org.gatedepth.testing.Arrays;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** A report measures the blocks of rows in a network that reads sequences, too. */
@ExtendWith(DoublePrecision.class)
class ReportBesideSequencesTest {
    private static MultiLayerNetwork network(Layer sequences) {
        MultiLayerNetwork net = new MultiLayerNetwork(Networks.unchanging()
                .list()
                .layer(new LastTimeStep(sequences))
                .layer(new GatedStack.Builder().depth(3).nOut(5).name("stack").build())
                .layer(Networks.output())
                .setInputType(InputType.recurrent(Networks.INPUTS))
                .build());
        net.init();
        return net;
    }

    static Stream<Layer> layers() {
        return Stream.of(
                new TemporalStack.Builder().depth(2).nOut(5).build(),
                new RecurrentHighwayLayer.Builder().nOut(5).build());
    }

    @ParameterizedTest
    @MethodSource("layers")
    void measuresAStackAboveOneOverSequences(Layer layer) {
        MultiLayerNetwork net = network(layer);

        DepthReport report = DepthReport.of(net, new DataSet(normal(1, 20, 4, 6), Arrays.oneHot(20, 3)));

        // A recurrent layer has levels and no blocks.
        boolean blocks = layer instanceof TemporalStack;
        assertThat(report.gates()).hasSize(blocks ? 2 + 3 : 3);
        assertThat(report.chains())
                .extracting(Chain::name)
                .containsExactlyElementsOf(blocks ? List.of("layer0", "stack") : List.of("stack"));
        assertThat(report.time().maps().get(0).gated()).hasSize(blocks ? 2 : 3);
    }

    @ParameterizedTest
    @MethodSource("layers")
    void theStackAboveIsShrunk(Layer layer) {
        MultiLayerNetwork net = network(layer);
        net.getLayer(1).setParam("b1/T/b", Arrays.row(-800, -800, -800, -800, -800));
        INDArray x = normal(1, 20, 4, 6);

        Shrink.Result<MultiLayerNetwork> lean = Shrink.without(net, List.of("stack/2"));

        assertThat(lean.removed()).containsExactly("stack/2");
        Arrays.assertClose(lean.network().output(x), net.output(x), 1e-12);
    }
}
