/** What runs layers of recurrent cells in a network. Internal, not API. */
@NullMarked
package org.gatedepth.dl4j.runtime.cell;

import org.jspecify.annotations.NullMarked;
