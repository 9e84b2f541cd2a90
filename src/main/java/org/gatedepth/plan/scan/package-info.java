/** The parts of {@code Scan}: the graph of one step, and what lies over all steps. Internal, not API. */
@NullMarked
package org.gatedepth.plan.scan;

import org.jspecify.annotations.NullMarked;
