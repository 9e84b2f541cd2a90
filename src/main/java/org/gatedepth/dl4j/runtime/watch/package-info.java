/** What a report asks of the runtimes of layers. Internal, not API. */
@NullMarked
package org.gatedepth.dl4j.runtime.watch;

import org.jspecify.annotations.NullMarked;
