/** Copies of a network whose blocks are watched, bypassed and measured. Internal, not API. */
@NullMarked
package org.gatedepth.dl4j.probe;

import org.jspecify.annotations.NullMarked;
