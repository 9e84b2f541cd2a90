package org.gatedepth.weka.sequence;

import org.gatedepth.weka.table.step.StepSource;
import weka.core.Attribute;
import weka.core.DenseInstance;
import weka.core.Instance;
import weka.core.Instances;

/** What sources of steps share: the attributes of the steps, and how rows give their texts and bags. */
abstract class Steps implements StepSource {

    private static final long serialVersionUID = 1L;

    private final Instances header;

    /** @param header the attributes of the steps, without rows; its name is what messages call the sequence */
    Steps(Instances header) {
        this.header = header;
    }

    @Override
    public final String name() {
        return header.relationName();
    }

    @Override
    public final Instances header() {
        return new Instances(header, 0);
    }

    /** A step with these values. */
    final Instance step(double... values) {
        Instance step = new DenseInstance(1, values);
        step.setDataset(header);
        return step;
    }

    /** A step, all of whose values are missing. */
    final Instance missing() {
        Instance step = new DenseInstance(header.numAttributes());
        step.setDataset(header);
        return step;
    }

    /**
     * The attribute of a row's table, which holds the texts or bags of the rows.
     *
     * @throws IllegalArgumentException with one sentence, if the row has no table
     */
    final Attribute attribute(Instance row, int index) {
        Instances table = row.dataset();
        if (table == null) {
            throw new IllegalArgumentException("A row belongs to no table, which holds the text or bag '" + name()
                    + "' of its rows: add the row to a table with setDataset(..) first.");
        }
        return table.attribute(index);
    }
}
