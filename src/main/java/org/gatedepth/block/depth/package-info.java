/** Blocks that read the outputs of all blocks before them by attention. */
@NullMarked
package org.gatedepth.block.depth;

import org.jspecify.annotations.NullMarked;
