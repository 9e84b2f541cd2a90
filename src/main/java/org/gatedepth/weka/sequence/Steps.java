package org.gatedepth.weka.sequence;

import weka.core.DenseInstance;
import weka.core.Instance;
import weka.core.Instances;

/** What sources of steps share. */
final class Steps {

    private Steps() {}

    /** A step, all of whose values are missing. */
    static Instance missing(Instances header) {
        Instance step = new DenseInstance(header.numAttributes());
        step.setDataset(header);
        return step;
    }

    /**
     * The table of a row, whose attributes hold its texts and bags.
     *
     * @throws IllegalArgumentException with one sentence, if it has none
     */
    static Instances table(Instance row, String attribute) {
        Instances table = row.dataset();
        if (table == null) {
            throw new IllegalArgumentException("A row belongs to no table, which holds the text or bag '" + attribute
                    + "' of its rows: add the row to a table with setDataset(..) first.");
        }
        return table;
    }
}
