/**
 * Runs SameDiff functions without a session: each op once, in a fixed order, on fixed arrays.
 *
 * <p>{@link org.gatedepth.plan.CompiledFunction} is the way in: a function of placeholders and parameters that is run
 * forward, and then backward. From a body to its result the passes are, in this order:
 *
 * <ol>
 *   <li>{@code FunctionGraph} writes the body into a SameDiff graph, and {@code Differentiation} adds the gradients, by
 *       the table {@code GradientRules}
 *   <li>{@code Schedule} orders the ops that are needed, phase by phase, as {@code Node}s on {@code Value}s; a
 *       {@code Program} keeps what does not depend on the shapes of the inputs (package {@code graph})
 *   <li>{@code PlanCompiler} lowers each node to {@code Call}s for one set of shapes: {@code Products} and
 *       {@code Neighbours} join products, {@code ShiftedRows} does those over time steps, {@code SequenceLowering} the
 *       other ops over time steps, {@code ElementwiseLowering} and {@code BackwardLowering} make loops,
 *       {@code RowLowering} those over rows, and {@code NativeLowering} does the rest. {@code Emitter} is what they
 *       write to, {@code Arena} gives the arrays, out of the memory that the plans of a program share (package
 *       {@code memory}). These are in the package {@code lowering}
 *   <li>{@code ExecutionPlan} runs the calls of a phase. {@code PlanCache} keeps plans, closes what is not used, and
 *       takes a plan in when it is whole
 * </ol>
 *
 * <p>{@link org.gatedepth.plan.Scan} is the way in for recurrent functions: one step is compiled by the same passes,
 * and run on all steps; what the steps read and write lies on tapes (package {@code scan}).
 *
 * <p>A graph that a plan cannot express runs in SameDiff's own session.
 */
@NullMarked
package org.gatedepth.plan;

import org.jspecify.annotations.NullMarked;
