package org.gatedepth.dl4j.runtime;

import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What a runtime asks of the configuration of a layer of blocks over sequences. */
public interface SequenceConf extends BlockConf, TimeConf {
    /** In place of a number of steps: every step of a sequence. */
    long ALL = Long.MAX_VALUE;

    @Override
    long getNIn();

    @Override
    Map<String, INDArray> views(Map<String, INDArray> stored);

    /** Whether an output depends on no later step. */
    boolean isCausal();

    /** How many steps there are from the earliest to the latest that one output depends on; {@link #ALL} for all. */
    long receptiveField();

    /** The most steps that a sequence may have, those of the stored state with it; {@link #ALL} for any number. */
    default long maxSteps() {
        return ALL;
    }
}
