package org.gatedepth.weka.progress;

/**
 * The loss of one output of a network.
 *
 * @param output its name: {@code output} for the network's own, else that of the head
 * @param loss cross-entropy in nats, or squared error of the standardised attribute
 */
public record OutputLoss(String output, double loss) {}
