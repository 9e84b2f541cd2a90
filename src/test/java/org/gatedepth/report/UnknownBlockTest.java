package org.gatedepth.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.block.Block;
import org.gatedepth.block.ParamSpec;
import org.gatedepth.block.Params;
import org.gatedepth.dl4j.base.BlockLayer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** The report and Shrink on blocks that only this test knows: they ask the block, and know no block by its class. */
class UnknownBlockTest {
    private static final int SIZE = 4;

    /** {@code y = t·tanh(x·W) + (1 − t)·x} with a gate {@code t = sigmoid(b)} that does not read x. */
    private record SharedGateBlock(long inputSize) implements Block {
        @Override
        public long outputSize() {
            return inputSize;
        }

        @Override
        public List<ParamSpec> params() {
            return List.of(
                    new ParamSpec("W", ParamSpec.Role.WEIGHT, inputSize, inputSize, new ParamSpec.Init.Constant(0)),
                    new ParamSpec("b", ParamSpec.Role.BIAS, 1, inputSize, new ParamSpec.Init.Constant(0)));
        }

        @Override
        public SDVariable apply(SameDiff sd, SDVariable x, Params p) {
            SDVariable f = sd.math.tanh(x.mmul(p.get("W")));
            return x.add(gate(sd, x, p).mul(f.sub(x)));
        }

        @Override
        public SDVariable bypass(SameDiff sd, SDVariable x, Params p) {
            return x;
        }

        @Override
        public SDVariable skip(SameDiff sd, SDVariable x, Params p) {
            return x.mul(gate(sd, x, p).rsub(1));
        }

        @Override
        public SDVariable gate(SameDiff sd, SDVariable x, Params p) {
            return sd.nn.sigmoid(x.mul(0).add(p.get("b")));
        }

        @Override
        public String transformGateBiasName() {
            return "b";
        }
    }

    /** The same equation, by a block that says no more of itself than it must. */
    private record SilentBlock(SharedGateBlock inner) implements Block {
        @Override
        public long inputSize() {
            return inner.inputSize();
        }

        @Override
        public long outputSize() {
            return inner.outputSize();
        }

        @Override
        public List<ParamSpec> params() {
            return inner.params();
        }

        @Override
        public SDVariable apply(SameDiff sd, SDVariable x, Params p) {
            return inner.apply(sd, x, p);
        }
    }

    private static final class TestLayer extends BlockLayer {
        private final boolean silent;

        private TestLayer(Builder builder) {
            super(builder);
            silent = builder.silent;
            complete(builder);
        }

        @Override
        protected Block block(long inputs) {
            SharedGateBlock block = new SharedGateBlock(getNOut());
            return silent ? new SilentBlock(block) : block;
        }

        @SuppressWarnings("unchecked") // Deeplearning4j declares build() with a type of the caller's choice
        private static final class Builder extends BlockLayer.Builder<Builder> {
            private final boolean silent;

            Builder(boolean silent) {
                this.silent = silent;
            }

            @Override
            public TestLayer build() {
                return new TestLayer(this);
            }
        }
    }

    private DataSet data;

    @BeforeEach
    void drawData() {
        Nd4j.getRandom().setSeed(3);
        data = new DataSet(Nd4j.randn(10, SIZE), Nd4j.eye(2).repeat(0, 5));
    }

    private static MultiLayerNetwork network(boolean silent) {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .list()
                .layer(new TestLayer.Builder(silent)
                        .name("first")
                        .nIn(SIZE)
                        .nOut(SIZE)
                        .build())
                .layer(new TestLayer.Builder(silent)
                        .name("second")
                        .nIn(SIZE)
                        .nOut(SIZE)
                        .build())
                .layer(new OutputLayer.Builder()
                        .nIn(SIZE)
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
        network.init();
        return network;
    }

    @Test
    void aBlockThatAnswersIsMeasured() {
        DepthReport report = DepthReport.of(network(false), data);

        // W = 0 and b = 0: y = x/2, and all of it passes the skip.
        Flow flow = report.chains().get(0).now();
        assertThat(report.chains().get(0).blocks()).containsExactly("first", "second");
        assertThat(flow.change()).allSatisfy(change -> assertThat(change).isCloseTo(0, within(1e-6)));
        assertThat(flow.jacobian()).allSatisfy(norm -> assertThat(norm).isCloseTo(0.5, within(1e-6)));
        assertThat(flow.effectiveDepth()).isCloseTo(0, within(1e-6));
        assertThat(report.gates()).extracting(Gates::block).containsExactly("first", "second");
        assertThat(report.gates()).allSatisfy(gates -> {
            assertThat(gates.mean()).isCloseTo(0.5, within(1e-6));
            assertThat(gates.bias()).isEqualTo(0.0);
        });
        assertThat(report.lesions().single()).extracting(Lesions.Outcome::block).containsExactly("first", "second");
    }

    @Test
    void aBlockThatAnswersCanBeRemoved() {
        Shrink.Result<MultiLayerNetwork> result = Shrink.without(network(false), List.of("first"));

        assertThat(result.removed()).containsExactly("first");
        assertThat(result.network().getnLayers()).isEqualTo(2);
    }

    @Test
    void ofASilentBlockAllIsTakenForItsTransform() {
        DepthReport report = DepthReport.of(network(true), data);

        Flow flow = report.chains().get(0).now();
        assertThat(flow.change()).containsExactly(1.0, 1.0);
        assertThat(flow.effectiveDepth()).isCloseTo(2, within(1e-6));
        assertThat(report.gates()).isEmpty();
        assertThat(report.lesions().single()).isEmpty();
    }

    @Test
    void aSilentBlockStaysAndTheReasonIsNamed() {
        Shrink.Result<MultiLayerNetwork> result = Shrink.without(network(true), List.of("first"));

        assertThat(result.removed()).isEmpty();
        assertThat(result.kept()).containsEntry("first", "it does not hand on its input when it is bypassed");
    }
}
