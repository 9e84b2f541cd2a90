package org.gatedepth.dl4j.runtime;

import java.util.List;

/** What a runtime asks of the configuration of an output layer of heads. */
public interface HeadsConf extends BlockConf {
    /** The heads, that of the output first. */
    List<PlacedHead> heads();
}
