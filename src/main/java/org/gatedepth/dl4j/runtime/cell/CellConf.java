package org.gatedepth.dl4j.runtime.cell;

import org.gatedepth.block.recurrence.Cell;
import org.gatedepth.dl4j.runtime.TimeConf;

/** What a runtime asks of the configuration of a layer of a recurrent cell. */
public interface CellConf extends TimeConf {
    /** The cell that the layer runs. */
    Cell cell();
}
