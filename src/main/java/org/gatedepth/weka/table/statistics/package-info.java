/** What is known of all rows of a table where only a sample of them is at hand. */
@NullMarked
package org.gatedepth.weka.table.statistics;

import org.jspecify.annotations.NullMarked;
