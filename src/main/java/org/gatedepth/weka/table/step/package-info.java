/** What a sequence of a row is: where its steps come from, and what they become. */
@NullMarked
package org.gatedepth.weka.table.step;

import org.jspecify.annotations.NullMarked;
