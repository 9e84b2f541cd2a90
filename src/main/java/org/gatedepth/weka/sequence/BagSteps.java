package org.gatedepth.weka.sequence;

import java.util.List;
import weka.core.Attribute;
import weka.core.Instance;
import weka.core.Instances;

/**
 * The rows of a relational attribute's bag, in their order. A missing bag is one step, all of whose values are missing.
 */
final class BagSteps extends Steps {

    private static final long serialVersionUID = 1L;

    private final int attribute;
    private final List<Integer> learned;

    /**
     * The bags of an attribute.
     *
     * @param learned indices of the attributes of the steps that are learned at each step
     */
    BagSteps(Attribute relational, List<Integer> learned) {
        super(header(relational));
        attribute = relational.index();
        this.learned = List.copyOf(learned);
    }

    private static Instances header(Attribute relational) {
        Instances header = new Instances(relational.relation(), 0);
        header.setRelationName(relational.name());
        return header;
    }

    @Override
    public List<Integer> attributes() {
        return List.of(attribute);
    }

    @Override
    public List<Integer> learned() {
        return learned;
    }

    @Override
    public List<Instance> steps(Instance row) {
        if (row.isMissing(attribute)) {
            return List.of(missing());
        }
        Instances bag = attribute(row, attribute).relation((int) row.value(attribute));
        if (bag.isEmpty()) {
            throw new IllegalArgumentException("The bag '" + name() + "' of a row is empty: give it at least one step,"
                    + " or mark it as missing.");
        }
        return bag;
    }
}
