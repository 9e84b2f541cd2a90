package org.gatedepth.plan.lowering;

import org.gatedepth.plan.graph.Node;

/** Lowers the ops over time steps that ND4J does not have, besides the products, which are in {@link Products}. */
public final class SequenceLowering {
    private SequenceLowering() {}

    /** Adds the calls for a node, or says that it is another op. */
    public static boolean lower(Node node, Emitter emitter) {
        return AttentionLowering.lower(node, emitter) || PositionLowering.lower(node, emitter);
    }
}
