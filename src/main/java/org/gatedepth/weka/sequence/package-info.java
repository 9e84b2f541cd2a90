/** Where a table has sequences: bags of steps, runs of numbers, texts; and what the user asked for. */
@NullMarked
package org.gatedepth.weka.sequence;

import org.jspecify.annotations.NullMarked;
