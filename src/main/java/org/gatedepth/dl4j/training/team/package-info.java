/** Threads that share work. Internal, not API. */
@NullMarked
package org.gatedepth.dl4j.training.team;

import org.jspecify.annotations.NullMarked;
