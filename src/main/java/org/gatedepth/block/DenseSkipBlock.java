package org.gatedepth.block;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One densely connected block, {@code y = [x, F(x)]}: the input is handed on, and {@code growth} features are added.
 *
 * <p>In a stack every block, and the output, reads the features of all blocks before. Parameters: {@code F/W, F/b} (and
 * {@code F/gain, F/shift}) of the transform. Source: Huang et al. 2016, <i>Densely Connected Convolutional
 * Networks</i>, arXiv 1608.06993, equation 2, with matrix products in place of convolutions.
 *
 * @param transform {@code F}; its output size is the growth rate
 */
public record DenseSkipBlock(Transform transform) implements Block {
    @Override
    public long inputSize() {
        return transform.inputSize();
    }

    @Override
    public long outputSize() {
        return transform.inputSize() + transform.outputSize();
    }

    @Override
    public List<ParamSpec> params() {
        return Skips.withScope("F", transform.params());
    }

    @Override
    public SDVariable apply(SameDiff sd, SDVariable x, Params p) {
        return sd.concat(1, x, transform.apply(sd, x, p.scoped("F")));
    }

    /** {@code [x, 0]}. */
    @Override
    public SDVariable bypass(SameDiff sd, SDVariable x, Params p) {
        return skip(sd, x, p);
    }

    /** {@code [x, 0]}, as the product of x with a unit matrix of more columns than rows. */
    @Override
    public SDVariable skip(SameDiff sd, SDVariable x, Params p) {
        INDArray unit = Nd4j.zeros(x.dataType(), inputSize(), outputSize());
        for (long i = 0; i < inputSize(); i++) {
            unit.putScalar(i, i, 1);
        }
        return x.mmul(sd.constant(unit));
    }

    @Override
    public long growth() {
        return transform.outputSize();
    }

    @Override
    public @Nullable SDVariable attention(SameDiff sd, SDVariable x, Params p) {
        return transform.attention(sd, x, p.scoped("F"));
    }
}
