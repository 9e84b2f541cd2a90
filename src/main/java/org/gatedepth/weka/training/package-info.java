/** The training run: it prepares rows, chooses settings, trains and measures. Internal, not API. */
@NullMarked
package org.gatedepth.weka.training;

import org.jspecify.annotations.NullMarked;
