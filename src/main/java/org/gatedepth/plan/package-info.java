/**
 * Runs SameDiff functions without a session: each op once, in a fixed order, on fixed arrays.
 *
 * <p>{@link org.gatedepth.plan.CompiledFunction} is the way in: a function of placeholders and parameters that is run
 * forward, and then backward. What it runs is made in passes, each a class of its own.
 *
 * <p>Once for a function, whatever the shapes of its inputs:
 *
 * <ol>
 *   <li>{@link org.gatedepth.plan.FunctionGraph} has the function write its ops into a graph.
 *   <li>{@link org.gatedepth.plan.Differentiation} adds the ops that give the gradients, by the table of
 *       {@link org.gatedepth.plan.GradientRules} or the op's own rule.
 *   <li>{@link org.gatedepth.plan.Schedule} picks the ops that are needed, adds those that cost less to compute again
 *       than to keep, and orders them, phase by phase: forward, then backward. A {@link org.gatedepth.plan.Node} is an
 *       op of the schedule, a {@link org.gatedepth.plan.Value} what nodes read and give.
 *   <li>{@link org.gatedepth.plan.KnownValues} finds the whole numbers that are known before anything is run, and
 *       {@link org.gatedepth.plan.Neighbours} the products that can be one. A graph whose shapes depend on other
 *       numbers, or with ops that a plan cannot express, is left to SameDiff's own session. All this is a
 *       {@link org.gatedepth.plan.Program}.
 * </ol>
 *
 * <p>Once for each shape of the inputs, by a {@link org.gatedepth.plan.PlanCompiler}, which runs nothing:
 *
 * <ol>
 *   <li>Lowering turns each node into calls. The first rule that takes a node has it:
 *       {@link org.gatedepth.plan.Products}, {@link org.gatedepth.plan.ElementwiseLowering},
 *       {@link org.gatedepth.plan.BackwardLowering}, {@link org.gatedepth.plan.NativeLowering}. A rule sees the
 *       {@link org.gatedepth.plan.Emitter} alone. It collects what works element by element in a
 *       {@link org.gatedepth.plan.LoopBuilder}, which makes one {@link org.gatedepth.plan.FusedLoop} of it.
 *   <li>The memory is planned apart from the calls: the {@link org.gatedepth.plan.Arena} of a plan says which arrays
 *       take the place of which, {@link org.gatedepth.plan.Memory} what plans share.
 * </ol>
 *
 * <p>The result is an {@link org.gatedepth.plan.ExecutionPlan}: lists of {@link org.gatedepth.plan.Call}s, which it
 * runs. The backward phase is compiled when it is first run. {@link org.gatedepth.plan.PlanCache} keeps the plans of a
 * function within bounds of number and of bytes, and closes the others.
 *
 * <p>A new kind of op gets a lowering rule of its own, in front of {@code NativeLowering}; a cheaper gradient a line in
 * {@code GradientRules}.
 */
@NullMarked
package org.gatedepth.plan;

import org.jspecify.annotations.NullMarked;
