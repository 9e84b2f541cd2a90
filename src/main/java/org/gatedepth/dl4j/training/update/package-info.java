/** What is done with the gradient of a network until it is subtracted from its parameters. Internal, not API. */
@NullMarked
package org.gatedepth.dl4j.training.update;

import org.jspecify.annotations.NullMarked;
