/** What runs layers and vertices inside a Deeplearning4j network, and looks into its wrappers. Internal, not API. */
@NullMarked
package org.gatedepth.dl4j.runtime;

import org.jspecify.annotations.NullMarked;
