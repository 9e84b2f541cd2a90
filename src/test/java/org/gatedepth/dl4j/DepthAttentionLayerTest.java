package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.report.DepthReport;
import org.gatedepth.report.Lesions;
import org.gatedepth.report.Shrink;
import org.gatedepth.testing.Arrays;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;

@ExtendWith(DoublePrecision.class)
class DepthAttentionLayerTest {

    private static DepthAttentionLayer.Builder layer(int depth) {
        return new DepthAttentionLayer.Builder().depth(depth).nOut(6);
    }

    @Test
    void theReportMeasuresItsBlocks() {
        MultiLayerNetwork net = Networks.network(Networks.builder(new Adam(.02)), layer(4).build());
        DataSet data = Networks.data(60, 1);
        for (int i = 0; i < 30; i++) {
            net.fit(data);
        }
        // The second block's transform gives nothing.
        net.getLayer(0).getParam("b2/F/W").assign(0);
        net.getLayer(0).getParam("b2/F/b").assign(-1);
        DepthReport report = DepthReport.of(net, data);

        assertThat(report.chains().get(0).blocks()).containsExactly("layer0/1", "layer0/2", "layer0/3", "layer0/4");
        assertThat(report.chains().get(0).now().change().get(1)).isZero();
        assertThat(report.lesions().single())
                .extracting(Lesions.Outcome::block)
                .contains("layer0/2")
                .hasSize(4);
        assertThat(report.lesions().single().get(1).changed()).isZero();
        assertThat(report.lesions().single().get(1).loss())
                .isEqualTo(report.lesions().intact().loss());
        assertThat(report.lesions().single().get(3).changed()).isPositive();
    }

    @Test
    void aLesionIsTheNetworkWithoutTheTransform() {
        MultiLayerNetwork net = Networks.network(Networks.builder(new Adam(.02)), layer(3).build());
        DataSet data = Networks.data(60, 1);
        net.fit(data);
        DepthReport report = DepthReport.of(net, data);
        net.getLayer(0).getParam("b2/F/W").assign(0);
        net.getLayer(0).getParam("b2/F/b").assign(0);

        assertThat(report.lesions().single().get(1).loss())
                .isCloseTo(net.score(data), org.assertj.core.api.Assertions.within(1e-9));
    }

    @Test
    void aBlockIsNotRemoved() {
        MultiLayerNetwork net = Networks.network(Networks.unchanging(), layer(2).build());
        assertThat(Shrink.without(net, List.of("layer0/1")).kept())
                .containsEntry(
                        "layer0/1",
                        "only a GatedStack, a TemporalStack or a GatedConvolution2D can be shortened,"
                                + " and its layer is a DepthAttentionLayer");
    }

    @Test
    void trainsThirtyBlocks() {
        MultiLayerNetwork net = new MultiLayerNetwork(Networks.configuration(
                new NeuralNetConfiguration.Builder()
                        .seed(1)
                        .dataType(DataType.FLOAT)
                        .updater(new FusedAdam(1e-2))
                        .gradientNormalization(GradientNormalization.ClipL2PerLayer),
                layer(30).heads(2).build()));
        net.init();
        DataSet data = Networks.data(200, 3);
        data.setFeatures(data.getFeatures().castTo(DataType.FLOAT));
        data.setLabels(data.getLabels().castTo(DataType.FLOAT));
        for (int i = 0; i < 100; i++) {
            net.fit(data);
        }
        assertThat(net.score(data)).isLessThan(0.05);
        INDArray query = net.getLayer(0).getParam("b30/Q/W");
        assertThat(query.amaxNumber().doubleValue()).isPositive();
    }

    @Test
    void oneAndManyRowsGiveTheSame() {
        MultiLayerNetwork net =
                Networks.network(Networks.unchanging(), layer(4).heads(3).build());
        INDArray x = Arrays.normal(5, 9, 4);
        INDArray all = net.output(x).dup();
        for (int row = 0; row < 9; row++) {
            Arrays.assertClose(net.output(x.getRow(row, true).dup()), all.getRow(row, true), 1e-12);
        }
    }

    @Test
    void refusesBadSettings() {
        assertThatThrownBy(() -> layer(0).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("depth must be at least 1, got 0");
        assertThatThrownBy(() -> layer(2).heads(4).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("heads must divide nOut = 6, got 4");
        assertThatThrownBy(() -> layer(2).heads(-1).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("heads must be at least 1, got -1");
        assertThatThrownBy(() -> new DepthAttentionLayer.Builder().depth(2).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("nOut must be at least 1, got 0");
        assertThatThrownBy(() -> Networks.network(
                        Networks.unchanging(),
                        layer(2).constrainWeights(new org.deeplearning4j.nn.conf.constraint.NonNegativeConstraint())
                                .build()))
                .isInstanceOf(DL4JInvalidConfigException.class)
                .hasMessageContaining("takes no constraints");
    }
}
