package org.gatedepth.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.gatedepth.testing.Arrays.normal;

import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.dl4j.GatedStack;
import org.gatedepth.dl4j.TemporalStack;
import org.gatedepth.testing.Arrays;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.nd4j.linalg.dataset.DataSet;

/** A report measures the blocks of rows in a network that reads sequences, too. */
@ExtendWith(DoublePrecision.class)
class ReportBesideSequencesTest {
    @Test
    void measuresAStackAboveOneOverSequences() {
        MultiLayerNetwork net = new MultiLayerNetwork(Networks.unchanging()
                .list()
                .layer(new LastTimeStep(
                        new TemporalStack.Builder().depth(2).nOut(5).build()))
                .layer(new GatedStack.Builder().depth(3).nOut(5).build())
                .layer(Networks.output())
                .setInputType(InputType.recurrent(Networks.INPUTS))
                .build());
        net.init();

        DepthReport report = DepthReport.of(net, new DataSet(normal(1, 20, 4, 6), Arrays.oneHot(20, 3)));

        assertThat(report.gates()).hasSize(3);
    }
}
