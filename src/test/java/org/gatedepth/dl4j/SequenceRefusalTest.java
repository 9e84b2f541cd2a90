package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.gatedepth.dl4j.SequenceNetworks.input;
import static org.gatedepth.dl4j.SequenceNetworks.labelling;
import static org.gatedepth.dl4j.SequenceNetworks.network;
import static org.gatedepth.dl4j.SequenceNetworks.output;
import static org.gatedepth.dl4j.SequenceNetworks.stack;

import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.dropout.AlphaDropout;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.gatedepth.block.Connection;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.impl.ActivationLReLU;

/** What layers over sequences refuse, in one sentence each. */
@ExtendWith(DoublePrecision.class)
class SequenceRefusalTest {
    @Test
    void anUnknownParameterIsNamedWithThoseThatAreKnown() {
        MultiLayerNetwork net = labelling(stack(Connection.PLAIN).build());
        assertThatThrownBy(() -> net.getLayer(0).setParam("b7/W", input(1, 1, 1)))
                .hasMessageContaining("no parameter \"b7/W\", only [b0/W, b0/b, b1/W, b1/b, b2/W, b2/b]");
        assertThatThrownBy(() -> net.getLayer(0).setParam("b1/W", input(1, 1, 1)))
                .hasMessageContaining("parameter \"b1/W\" has the shape [6, 3], got [1, 4, 1]");
    }

    private static void refuses(String message, TemporalStack.Builder builder) {
        assertThatThrownBy(builder::build)
                .isInstanceOfAny(IllegalArgumentException.class, DL4JInvalidConfigException.class)
                .hasMessage(message);
    }

    @Test
    void refusesWhatNoStackCanHave() {
        refuses("nOut must be at least 1, got 0", stack(Connection.PLAIN).nOut(0));
        refuses(
                "nIn must be at least 1, or 0 to infer it, got -2",
                stack(Connection.PLAIN).nIn(-2));
        refuses("depth must be at least 1, got 0", stack(Connection.PLAIN).depth(0));
        refuses("kernel must be at least 1, got 0", stack(Connection.PLAIN).kernel(0));
        refuses("dilation must be at least 1, got 0", stack(Connection.PLAIN).dilations(1, 0));
        refuses(
                "dilations must be one for each of the 2 blocks, got [1, 2, 4]",
                stack(Connection.PLAIN).dilations(1, 2, 4));
        refuses(
                "dilations that double are for 31 blocks at most, got a depth of 40; call dilations(..), for example"
                        + " 1, 2, 4, 1, 2, 4",
                stack(Connection.PLAIN).depth(40));
        refuses("nOut must be at least 1, got 0", stack(Connection.DENSE).growthRate(0));
        refuses(
                "transform gate bias must be a finite number, got NaN",
                stack(Connection.HIGHWAY).transformGateBias(Double.NaN));
        refuses(
                "transformGateBias is for HIGHWAY, but the connection is DENSE",
                stack(Connection.DENSE).transformGateBias(-1));
    }

    @Test
    void refusesSettingsOfStockLayersThatItDoesNotHave() {
        String stack = "TemporalStack \"null\" takes no ";
        refuses(
                stack + "constraints, since its matrices are stored as one vector",
                stack(Connection.PLAIN).constrainRecurrent(new MaxNormConstraint(1, 1)));
        refuses(
                stack + "constraints, since its matrices are stored as one vector",
                stack(Connection.PLAIN).constrainWeights(new MaxNormConstraint(1, 1)));
        refuses(
                stack + "weightInitRecurrent, since it has no recurrent weights",
                stack(Connection.PLAIN).weightInitRecurrent(WeightInit.XAVIER));
        refuses(
                stack + "biasInit, since each block has the initial biases that fit it; set them by setParam(..)",
                stack(Connection.PLAIN).biasInit(1));
        refuses(
                stack + "gainInit, since gains start at 1; set them by setParam(..)",
                stack(Connection.PLAIN).gainInit(2));
        assertThatThrownBy(() -> stack(Connection.PLAIN)
                        .activation(new ActivationLReLU(0.3))
                        .build())
                .hasMessageContaining("cannot be expressed in SameDiff; use one of");
        assertThatThrownBy(() ->
                        stack(Connection.PLAIN).dropOut(new AlphaDropout(0.5)).build())
                .hasMessageContaining("use Dropout or GaussianDropout, got AlphaDropout");
        assertThatThrownBy(() -> network(
                        Networks.unchanging().weightNoise(new DropConnect(0.5)),
                        stack(Connection.PLAIN).name("past").build(),
                        output()))
                .hasMessage("TemporalStack \"past\" takes no weight noise, since its function reads the parameters in"
                        + " place; use dropOut(..)");
    }

    @Test
    void refusesAnInputTypeThatIsNoSequence() {
        assertThatThrownBy(() -> stack(Connection.PLAIN).nIn(4).build().getOutputType(2, InputType.feedForward(4)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "TemporalStack \"null\" reads sequences; it needs InputType.recurrent(..) or a pre-processor,"
                                + " got InputTypeFeedForward(4)");
    }

    @Test
    void aMissingNInIsNamed() {
        assertThatThrownBy(() -> new MultiLayerNetwork(Networks.unchanging()
                                .list()
                                .layer(stack(Connection.PLAIN).name("lower").build())
                                .layer(new org.deeplearning4j.nn.conf.layers.RnnOutputLayer.Builder()
                                        .nIn(3)
                                        .nOut(2)
                                        .activation(Activation.SOFTMAX)
                                        .build())
                                .build())
                        .init())
                .isInstanceOf(DL4JInvalidConfigException.class)
                .hasMessage("TemporalStack \"lower\" does not know its nIn: call nIn(..), or setInputType(..) on the"
                        + " network's builder");
    }
}
