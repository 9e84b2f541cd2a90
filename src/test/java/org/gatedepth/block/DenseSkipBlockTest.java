package org.gatedepth.block;

import static org.assertj.core.api.Assertions.assertThat;

import org.gatedepth.testing.Arrays;
import org.gatedepth.testing.BlockFunction;
import org.gatedepth.testing.DoublePrecision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

@ExtendWith(DoublePrecision.class)
class DenseSkipBlockTest {
    private final DenseSkipBlock block = new DenseSkipBlock(new DenseBlock(2, 3, Activation.RELU, false));

    @Test
    void appendsTheTransformToTheInput() {
        BlockFunction f = BlockFunction.zero(block);
        f.set("F/W", 2).set("F/b", Arrays.row(1, -20, 0));
        // F = relu(2·(3 + 4) + b) = (15, 0, 14).
        Arrays.assertClose(f.output(Arrays.row(3, 4)), Arrays.row(3, 4, 15, 0, 14), 1e-12);
    }

    @Test
    void handsTheInputOnUnchanged() {
        INDArray x = Arrays.normal(7, 6, 2);
        INDArray y = BlockFunction.random(block, 8).output(x);
        Arrays.assertClose(y.get(NDArrayIndex.all(), NDArrayIndex.interval(0, 2)), x, 0);
    }

    @Test
    void givesInputPlusGrowthFeatures() {
        assertThat(block.inputSize()).isEqualTo(2);
        assertThat(block.outputSize()).isEqualTo(5);
    }

    @Test
    void hasTheParametersOfItsTransform() {
        assertThat(block.params())
                .extracting(ParamSpec::name, ParamSpec::rows, ParamSpec::columns)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("F/W", 2L, 3L),
                        org.assertj.core.groups.Tuple.tuple("F/b", 1L, 3L));
    }
}
