/** Networks as programs over Java arrays, which run and are read from a stream where ND4J is not. Internal, not API. */
@NullMarked
package org.gatedepth.plan.portable;

import org.jspecify.annotations.NullMarked;
