package org.gatedepth.weka.sequence;

import java.util.List;
import org.gatedepth.weka.table.step.StepSource;
import weka.core.Attribute;
import weka.core.Instance;
import weka.core.Instances;

/**
 * The rows of a relational attribute's bag, in their order. A missing bag is one step, all of whose values are missing.
 */
final class BagSteps implements StepSource {

    private static final long serialVersionUID = 1L;

    private final int attribute;
    private final Instances header;
    private final List<Integer> learned;

    /**
     * The bags of an attribute.
     *
     * @param learned indices of the attributes of the steps that are learned at each step
     */
    BagSteps(Attribute relational, List<Integer> learned) {
        attribute = relational.index();
        header = new Instances(relational.relation(), 0);
        header.setRelationName(relational.name());
        this.learned = List.copyOf(learned);
    }

    @Override
    public String name() {
        return header.relationName();
    }

    @Override
    public List<Integer> attributes() {
        return List.of(attribute);
    }

    @Override
    public Instances header() {
        return new Instances(header, 0);
    }

    @Override
    public List<Integer> learned() {
        return learned;
    }

    @Override
    public List<Instance> steps(Instance row) {
        if (row.isMissing(attribute)) {
            return List.of(Steps.missing(header));
        }
        Instances bag = Steps.table(row, name()).attribute(attribute).relation((int) row.value(attribute));
        if (bag.isEmpty()) {
            throw new IllegalArgumentException("The bag '" + name() + "' of a row is empty: give it at least one step,"
                    + " or mark it as missing.");
        }
        return bag;
    }
}
