/** Who is told about a training run while it goes on. Internal, not API. */
@NullMarked
package org.gatedepth.weka.progress;

import org.jspecify.annotations.NullMarked;
