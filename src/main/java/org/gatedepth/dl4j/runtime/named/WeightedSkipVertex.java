package org.gatedepth.dl4j.runtime.named;

import org.deeplearning4j.nn.conf.layers.samediff.SameDiffVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.gatedepth.dl4j.runtime.BlockVertexRuntime;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What runs a vertex of this name. */
public final class WeightedSkipVertex extends BlockVertexRuntime {
    private static final long serialVersionUID = 1L;

    /** The runtime of such a vertex. */
    public WeightedSkipVertex(
            SameDiffVertex config,
            ComputationGraph graph,
            String name,
            int index,
            @Nullable INDArray paramsView,
            boolean initialise,
            DataType dataType) {
        super(config, graph, name, index, paramsView, initialise, dataType);
    }
}
