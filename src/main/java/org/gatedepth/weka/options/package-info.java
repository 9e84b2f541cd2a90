/** The options of a training run, checked, and the auxiliary heads that they make with a table. Internal, not API. */
@NullMarked
package org.gatedepth.weka.options;

import org.jspecify.annotations.NullMarked;
