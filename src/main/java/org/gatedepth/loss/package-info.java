/**
 * Losses and the heads that carry them.
 *
 * <p>A {@link org.gatedepth.loss.Loss} is an equation on scores and labels; a {@link org.gatedepth.loss.Head} is a
 * small network with a loss and the weight that the loss has, epoch by epoch, in that of the whole network.
 */
@NullMarked
package org.gatedepth.loss;

import org.jspecify.annotations.NullMarked;
