package org.gatedepth.dl4j.runtime.named;

import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.gatedepth.dl4j.runtime.ImageRuntime;
import org.nd4j.linalg.api.buffer.DataType;

/** What runs a layer of this name. */
public final class GatedConvolution2D extends ImageRuntime {
    private static final long serialVersionUID = 1L;

    /** The runtime of such a layer. */
    public GatedConvolution2D(NeuralNetConfiguration conf, DataType dataType, CNN2DFormat format) {
        super(conf, dataType, format);
    }
}
