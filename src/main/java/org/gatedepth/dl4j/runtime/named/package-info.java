/**
 * The runtimes under the names of the layers and vertices that they run. Internal, not API.
 *
 * <p>{@code network.summary()} and {@code memoryInfo(..)} of Deeplearning4j call a layer or vertex by the class of its
 * runtime, and their own layers and runtimes have the same names.
 */
@NullMarked
package org.gatedepth.dl4j.runtime.named;

import org.jspecify.annotations.NullMarked;
