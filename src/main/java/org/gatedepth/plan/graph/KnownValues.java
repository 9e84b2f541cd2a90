package org.gatedepth.plan.graph;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;

/**
 * Which whole numbers of a graph are known before it is run: constants, shapes, and what ops make of these alone.
 *
 * <p>The shape of some results depends on such numbers, as that of a reshape "to the shape of x". A plan can be
 * compiled if all of them are known.
 */
public final class KnownValues {
    private static final Set<String> OPS_ON_SHAPES = Set.of("shape_of", "shapes_of", "size", "size_at", "rank");
    /** Ops that count or choose elements: the shape of what they give depends on all that they read. */
    private static final Set<String> SHAPED_BY_VALUES = Set.of(
            "Where",
            "where_np",
            "unique",
            "unique_with_counts",
            "boolean_mask",
            "listdiff",
            "choose",
            "dynamic_partition",
            "non_max_suppression",
            "non_max_suppression_v3",
            "range",
            "lin_space");

    private final SameDiff sd;
    private final Set<String> computed = new HashSet<>();

    KnownValues(SameDiff sd) {
        this.sd = sd;
        // Ops stand in the order of their creation, which is a topological one.
        for (SameDiffOp op : sd.getOps().values()) {
            List<String> inputs = Node.inputsOf(op);
            boolean known = OPS_ON_SHAPES.contains(op.getOp().opName())
                    || (!inputs.isEmpty() && inputs.stream().allMatch(this::isKnown));
            if (known && op.getOutputsOfOp().stream().allMatch(this::isWhole)) {
                computed.addAll(op.getOutputsOfOp());
            }
        }
    }

    /** Whether an op can be run before the inputs of the graph are there. */
    public boolean areGivenBy(Node node) {
        return computed.contains(node.result().variable());
    }

    /** Whether the shapes of an op's results follow from the shapes of what it reads and from known numbers. */
    boolean determineShapesOf(Node node) {
        boolean all = SHAPED_BY_VALUES.contains(node.op().opName());
        return node.inputs().stream().map(Value::variable).allMatch(name -> isKnown(name) || !(all || isWhole(name)));
    }

    private boolean isKnown(String name) {
        SDVariable variable = sd.getVariable(name);
        return variable.getVariableType() == VariableType.CONSTANT || computed.contains(name);
    }

    private boolean isWhole(String name) {
        return sd.getVariable(name).dataType().isIntType();
    }
}
