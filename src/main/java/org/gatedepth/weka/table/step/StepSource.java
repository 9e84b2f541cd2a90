package org.gatedepth.weka.table.step;

import java.io.Serializable;
import java.util.List;
import weka.core.Instance;
import weka.core.Instances;

/** Where a table has a sequence in each row, and how the steps of one become rows of a table of steps. */
public interface StepSource extends Serializable {

    /** What messages call the sequence. */
    String name();

    /** Indices of the attributes of the table that it reads. */
    List<Integer> attributes();

    /** The attributes of the steps, without rows. */
    Instances header();

    /** Indices of the attributes of the steps that are not inputs, but learned at each step; none unless overridden. */
    default List<Integer> learned() {
        return List.of();
    }

    /**
     * The steps of a row, in their order.
     *
     * @param row a row that knows its table
     * @return at least one step; its values are those of {@link #header}
     * @throws IllegalArgumentException with one sentence, if the row has none
     */
    List<Instance> steps(Instance row);
}
