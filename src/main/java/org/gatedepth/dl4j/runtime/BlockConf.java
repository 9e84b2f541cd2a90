package org.gatedepth.dl4j.runtime;

import java.util.Map;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.gatedepth.block.Block;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What a runtime asks of the configuration of its layer. */
public interface BlockConf {
    /** The block that the layer computes. */
    Block block();

    /** Number of inputs of the block. */
    long getNIn();

    /** Number of outputs of the layer. */
    default long outputs() {
        return block().outputSize();
    }

    /** The format of the images that the layer reads; null for a layer that reads none. */
    default @Nullable CNN2DFormat imageFormat() {
        return null;
    }

    /** What runs the layer; see {@link BlockRuntime#attach}. */
    default BlockRuntime runtime(NeuralNetConfiguration conf, DataType dataType) {
        return new BlockRuntime(conf, dataType);
    }

    /**
     * The block's parameters, or their gradients, by the names that the block gives them.
     *
     * @param stored the layer's arrays as Deeplearning4j stores them, by name
     * @return views of these arrays: what is written into them is written into the stored ones
     */
    Map<String, INDArray> views(Map<String, INDArray> stored);
}
