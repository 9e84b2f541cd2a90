package org.gatedepth.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.gatedepth.testing.Arrays.normal;

import java.util.List;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.dl4j.GatedAttentionLayer;
import org.gatedepth.dl4j.GatedStack;
import org.gatedepth.testing.Arrays;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** A network with attention below a stack can be reported on and shrunk. */
@ExtendWith(DoublePrecision.class)
class ReportBesideAttentionTest {
    @Test
    void measuresAndShrinksAStackAboveAttention() {
        MultiLayerNetwork net = new MultiLayerNetwork(Networks.unchanging()
                .list()
                .layer(new LastTimeStep(
                        new GatedAttentionLayer.Builder().heads(2).nOut(6).build()))
                .layer(new GatedStack.Builder().depth(3).nOut(6).build())
                .layer(Networks.output())
                .setInputType(InputType.recurrent(Networks.INPUTS))
                .build());
        net.init();
        DataSet data = new DataSet(normal(1, 20, 4, 6), Arrays.oneHot(20, 3));

        DepthReport report = DepthReport.of(net, data);
        MultiLayerNetwork less = Shrink.without(net, List.of("layer1/2")).network();

        assertThat(report.gates()).extracting(Gates::block).contains("layer1/1", "layer1/2", "layer1/3");
        INDArray before = net.getLayer(0).params();
        assertThat(less.getLayer(0).params()).isEqualTo(before);
        assertThat(less.output(data.getFeatures()).shape()).containsExactly(20, 3);
    }
}
