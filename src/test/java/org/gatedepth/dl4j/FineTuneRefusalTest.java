package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.dropout.AlphaDropout;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.gatedepth.block.Connection;
import org.gatedepth.testing.DoublePrecision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.nd4j.linalg.activations.impl.ActivationLReLU;

/** What a fine-tune configuration asks of gated layers in vain is refused in one sentence. */
@ExtendWith(DoublePrecision.class)
class FineTuneRefusalTest {
    private static void assertRefused(
            UnaryOperator<FineTuneConfiguration.Builder> settings, Layer layer, String sentence) {
        assertThatThrownBy(() -> FineTuneTest.tunedLayer(settings, layer))
                .isInstanceOf(DL4JInvalidConfigException.class)
                .hasMessageContaining(sentence);
    }

    @Test
    void whatGatedLayersCannotHaveIsRefused() {
        Layer layer = Variants.highway(4).build();
        assertRefused(b -> b.biasInit(1), layer, "has no biasInit, since their biases are trained already");
        assertRefused(
                b -> b.weightNoise(new DropConnect(0.5)), layer, "has no weightNoise, since they have no weight noise");
        assertRefused(b -> b.dropout(new AlphaDropout(0.5)), layer, "use Dropout or GaussianDropout");
        assertRefused(
                b -> b.activation(new ActivationLReLU(0.3)),
                layer,
                "HighwayLayer \"layer0\" cannot have the activation leakyrelu(a=0.3)");
        assertRefused(
                b -> b.constraints(List.of(new MaxNormConstraint(0.3, Set.of("W"), 0))),
                layer,
                "a constraint of HighwayLayer \"layer0\" must name one of its parameters [H/W, T/W, H/b, T/b]");
        assertRefused(
                b -> b.constraints(List.of(new MaxNormConstraint(0.3, Set.of("W"), 0))),
                Variants.stack(Connection.HIGHWAY, 2).build(),
                "takes no constraints");
    }
}
