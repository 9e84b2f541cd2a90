package org.gatedepth.plan.graph;

/**
 * What the calls of a plan read and give: a variable of the graph, or something on the way to one.
 *
 * @param variable name of the graph's variable
 * @param role what this is of that variable
 */
public record Value(String variable, Role role) {
    /** What a value is of a variable. */
    public enum Role {
        /** The variable itself. */
        RESULT,
        /** The same numbers, computed again in a later phase. */
        RESULT_AGAIN,
        /** The summands of a gradient, before they are summed to the shape of what was repeated. */
        SUMMANDS,
        /** The scalar argument of the op that gives the variable. */
        SCALAR,
        /** Its shape alone: nobody has to keep its numbers for that. */
        SHAPE
    }

    /** A variable itself. */
    public static Value of(String variable) {
        return new Value(variable, Role.RESULT);
    }

    /** Something else of the same variable. */
    public Value as(Role other) {
        return new Value(variable, other);
    }

    @Override
    public String toString() {
        return role == Role.RESULT ? variable : variable + " (" + role + ")";
    }
}
