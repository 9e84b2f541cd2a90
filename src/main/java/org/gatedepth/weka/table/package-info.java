/** Rows of a table to arrays, in the way that was fitted on the training rows. Internal, not API. */
@NullMarked
package org.gatedepth.weka.table;

import org.jspecify.annotations.NullMarked;
