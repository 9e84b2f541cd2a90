/** What the plans of one program share, and use again after a plan has been closed. Internal, not API. */
@NullMarked
package org.gatedepth.plan.memory;

import org.jspecify.annotations.NullMarked;
