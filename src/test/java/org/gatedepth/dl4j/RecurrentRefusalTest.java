package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.gatedepth.dl4j.RecurrentNetworks.highway;
import static org.gatedepth.dl4j.SequenceNetworks.labelling;
import static org.gatedepth.dl4j.SequenceNetworks.network;
import static org.gatedepth.dl4j.SequenceNetworks.output;
import static org.gatedepth.testing.Arrays.normal;

import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.dropout.AlphaDropout;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.nd4j.linalg.activations.impl.ActivationLReLU;

/** What recurrent highway layers refuse, in one sentence each. */
@ExtendWith(DoublePrecision.class)
class RecurrentRefusalTest {
    private static void refuses(String message, RecurrentHighwayLayer.Builder builder) {
        assertThatThrownBy(builder::build)
                .isInstanceOfAny(IllegalArgumentException.class, DL4JInvalidConfigException.class)
                .hasMessage(message);
    }

    @Test
    void refusesWhatNoLayerCanHave() {
        refuses("nOut must be at least 1, got 0", highway().nOut(0));
        refuses("nIn must be at least 1, or 0 to infer it, got -2", highway().nIn(-2));
        refuses("recurrence depth must be at least 1, got 0", highway().recurrenceDepth(0));
        refuses(
                "recurrence depth must be at least 1, got -1",
                new RecurrentHighwayLayer.Builder().nOut(3).recurrenceDepth(-1));
        refuses(
                "transform gate bias must be a finite number, got NaN",
                highway().transformGateBias(Double.NaN));
    }

    @Test
    void refusesSettingsOfStockLayersThatItDoesNotHave() {
        String layer = "RecurrentHighwayLayer \"null\" takes no ";
        refuses(
                layer + "constraints, since its matrices are stored as one vector",
                highway().constrainRecurrent(new MaxNormConstraint(1, 1)));
        refuses(
                layer + "biasInit, since each block has the initial biases that fit it; set them by setParam(..)",
                highway().biasInit(1));
        refuses(
                layer + "gainInit, since gains start at 1; set them by setParam(..)",
                highway().gainInit(2));
        assertThatThrownBy(() -> highway().activation(new ActivationLReLU(0.3)).build())
                .hasMessageContaining("cannot be expressed in SameDiff; use one of");
        assertThatThrownBy(() -> highway().dropOut(new AlphaDropout(0.5)).build())
                .hasMessageContaining("use Dropout or GaussianDropout, got AlphaDropout");
        assertThatThrownBy(() -> network(
                        Networks.unchanging().weightNoise(new DropConnect(0.5)),
                        highway().name("memory").build(),
                        output()))
                .hasMessage("RecurrentHighwayLayer \"memory\" takes no weight noise, since its function reads the"
                        + " parameters in place; use dropOut(..)");
    }

    @Test
    void anUnknownParameterIsNamedWithThoseThatAreKnown() {
        MultiLayerNetwork net = labelling(highway().build());
        assertThatThrownBy(() -> net.getLayer(0).setParam("R7/H", normal(1, 1, 1)))
                .hasMessageContaining(
                        "no parameter \"R7/H\", only [W/H, W/T, R1/H, R1/T, b1/H, b1/T, R2/H, R2/T, b2/H," + " b2/T]");
        assertThatThrownBy(() -> net.getLayer(0).setParam("W/T", normal(1, 1, 1)))
                .hasMessageContaining("parameter \"W/T\" has the shape [4, 3], got [1, 1]");
    }

    @Test
    void refusesAnInputTypeThatIsNoSequenceAndAMissingNIn() {
        assertThatThrownBy(() -> highway().nIn(4).build().getOutputType(2, InputType.feedForward(4)))
                .hasMessage("RecurrentHighwayLayer \"null\" reads sequences; it needs InputType.recurrent(..) or a"
                        + " pre-processor, got InputTypeFeedForward(4)");
        assertThatThrownBy(() -> highway().name("lower").build().cell())
                .isInstanceOf(DL4JInvalidConfigException.class)
                .hasMessage(
                        "RecurrentHighwayLayer \"lower\" does not know its nIn: call nIn(..), or setInputType(..) on"
                                + " the network's builder");
    }
}
