/** What runs layers and vertices inside a Deeplearning4j network. Internal, not API. */
@NullMarked
package org.gatedepth.dl4j.runtime;

import org.jspecify.annotations.NullMarked;
