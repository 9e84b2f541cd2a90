/** Blocks that let each step of a sequence look at other steps, and what belongs to them. */
@NullMarked
package org.gatedepth.block.attention;

import org.jspecify.annotations.NullMarked;
