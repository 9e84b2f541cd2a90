package org.gatedepth.dl4j.runtime;

import java.util.List;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.jspecify.annotations.Nullable;

/** What a runtime asks of the configuration of an output layer of heads. */
public interface HeadsConf extends BlockConf {
    /** The heads, that of the output first. */
    List<PlacedHead> heads();

    /** Where the features of sequences stand; null for rows of examples, and then sequences are NCW. */
    @Nullable
    RNNFormat getRnnDataFormat();
}
