package org.gatedepth.dl4j.runtime.named;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.gatedepth.dl4j.runtime.cell.CellRuntime;
import org.nd4j.linalg.api.buffer.DataType;

/** What runs a layer of this name. */
public final class RecurrentHighwayLayer extends CellRuntime {
    private static final long serialVersionUID = 1L;

    /** The runtime of such a layer. */
    public RecurrentHighwayLayer(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
    }
}
