/**
 * Runs SameDiff functions without a session: each op once, in a fixed order, on fixed arrays.
 *
 * <p>{@link org.gatedepth.plan.CompiledFunction} is the way in: a function of placeholders and parameters that is run
 * forward, and then backward. It differentiates the graph ({@link org.gatedepth.plan.Differentiation}), compiles an
 * {@link org.gatedepth.plan.ExecutionPlan} for each shape of input that it meets, and falls back to SameDiff's own session
 * for graphs that a plan cannot express.
 */
@NullMarked
package org.gatedepth.plan;

import org.jspecify.annotations.NullMarked;
