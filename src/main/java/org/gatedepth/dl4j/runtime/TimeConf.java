package org.gatedepth.dl4j.runtime;

import java.util.Map;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.gatedepth.block.ParamSpec;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What Deeplearning4j and a runtime ask of the configuration of any layer over sequences. */
public interface TimeConf {
    /** Number of inputs of a step. */
    long getNIn();

    /** Number of elements of all weights, or of all biases. */
    long length(ParamSpec.Role role);

    /** Sets the initial values of the parameters, as Deeplearning4j stores them. */
    void initialize(Map<String, INDArray> stored);

    /**
     * The parameters, or their gradients, by the names that the layer's block or cell gives them.
     *
     * @param stored the layer's arrays as Deeplearning4j stores them, by name
     * @return views of these arrays: what is written into them is written into the stored ones
     */
    Map<String, INDArray> views(Map<String, INDArray> stored);

    /** What runs the layer; see {@link TimeRuntime#attach}. */
    TimeRuntime timeRuntime(NeuralNetConfiguration conf, DataType dataType);
}
