/** Cells, which pass a state from one time step to the next. */
@NullMarked
package org.gatedepth.block.recurrence;

import org.jspecify.annotations.NullMarked;
