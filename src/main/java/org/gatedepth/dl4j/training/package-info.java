/** A whole network as one compiled function, and the step that trains it; internal, not API. */
@NullMarked
package org.gatedepth.dl4j.training;

import org.jspecify.annotations.NullMarked;
