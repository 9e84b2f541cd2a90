/** The rules that turn a node of a graph into calls on fixed arrays, for known shapes. Internal, not API. */
@NullMarked
package org.gatedepth.plan.lowering;

import org.jspecify.annotations.NullMarked;
