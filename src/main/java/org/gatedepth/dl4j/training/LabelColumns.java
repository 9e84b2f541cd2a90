package org.gatedepth.dl4j.training;

/** A pre-processor that gives an embedding one column of label indices. */
public interface LabelColumns {
    /** The column's place in the network's input, from 0. */
    int column();

    /** Columns of that input. */
    int columns();
}
