/** Element-by-element operations as loops over tiles of Java arrays, without native calls. Internal, not API. */
@NullMarked
package org.gatedepth.plan.loop;

import org.jspecify.annotations.NullMarked;
