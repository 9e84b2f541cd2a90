/** Whether rows have the attributes of the training table. */
@NullMarked
package org.gatedepth.weka.table.header;

import org.jspecify.annotations.NullMarked;
