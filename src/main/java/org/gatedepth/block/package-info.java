/**
 * What a block computes: immutable records that map {@code (SameDiff, x, params)} to a variable.
 *
 * <p>A {@link org.gatedepth.block.Block} states its parameters once ({@link org.gatedepth.block.ParamSpec}: name, role,
 * shape, initial value) and its equation once ({@code apply}). The Deeplearning4j layers, the stacks, the execution
 * plans and the tests all use that one definition. Blocks know nothing of training: they may be applied in any SameDiff
 * graph.
 *
 * <p>All blocks work on matrices {@code [rows, features]}; a sequence is given as one row a time step. With
 * {@link org.gatedepth.block.Taps} the products of a block read several steps, as a convolution over time does.
 */
@NullMarked
package org.gatedepth.block;

import org.jspecify.annotations.NullMarked;
