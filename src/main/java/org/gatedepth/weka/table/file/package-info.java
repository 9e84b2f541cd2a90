/** Tables whose rows are in files, and not in memory. */
@NullMarked
package org.gatedepth.weka.table.file;

import org.jspecify.annotations.NullMarked;
