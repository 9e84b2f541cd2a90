package org.gatedepth.dl4j;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.gatedepth.block.Block;
import org.gatedepth.block.DenseSkipBlock;
import org.gatedepth.dl4j.base.BlockLayer;
import org.gatedepth.dl4j.runtime.BlockRuntime;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * A densely connected layer, {@code y = [x, F(x)]}, {@code F(x) = f(x·W + b)}.
 *
 * <ul>
 *   <li>input {@code [minibatch, nIn]}, output {@code [minibatch, nIn + growthRate]}; {@code nOut} is not given but
 *       follows
 *   <li>parameters {@code F/W [nIn, growthRate]}, {@code F/b [1, growthRate]}, with layer normalisation {@code F/gain,
 *       F/shift [1, nIn]}
 *   <li>initial values: weights by {@code weightInit}, biases 0
 *   <li>errors: {@code IllegalArgumentException} for a growth rate below 1
 * </ul>
 *
 * <p>Source: Huang et al. 2016, arXiv 1608.06993, with matrix products in place of convolutions.
 */
public class DenseSkipLayer extends BlockLayer {

    /** For JSON. */
    protected DenseSkipLayer() {}

    private DenseSkipLayer(Builder builder) {
        super(builder);
        complete(builder);
    }

    @Override
    protected Block block(long inputs) {
        return new DenseSkipBlock(transform(inputs, getNOut()));
    }

    @Override
    public BlockRuntime runtime(NeuralNetConfiguration conf, DataType dataType) {
        return new org.gatedepth.dl4j.runtime.named.DenseSkipLayer(conf, dataType);
    }

    /** Builds a {@link DenseSkipLayer}. */
    @SuppressWarnings("unchecked") // Deeplearning4j declares build() with a type of the caller's choice
    public static class Builder extends BlockLayer.Builder<Builder> {
        /** Features that the layer adds; 12 by default, as in Huang et al. */
        public Builder growthRate(long features) {
            return super.nOut(features);
        }

        /** A densely connected layer whose growth rate was not given adds 12 features. */
        public Builder() {
            super.nOut(12);
        }

        /** Refused: the output has {@code nIn + growthRate} features. */
        @Override
        public Builder nOut(long units) {
            throw new IllegalArgumentException(
                    "a DenseSkipLayer has nIn + growthRate outputs; call growthRate(" + units + ") instead of nOut");
        }

        @Override
        public DenseSkipLayer build() {
            return new DenseSkipLayer(this);
        }
    }
}
