package org.gatedepth.report;

import org.jspecify.annotations.Nullable;

/**
 * The words for what a user can change. They depend on where the network is configured. Each method returns the
 * beginning of a sentence that tells the user what to do; after it comes a colon and the reason in numbers.
 */
public interface Remedies {

    /** Words for programs that use Deeplearning4j. */
    Remedies DEEPLEARNING4J = new Advice.ForPrograms();

    /** To use connections that have a skip. */
    String useSkips();

    /**
     * To start the gates at the bias that fits the depth.
     *
     * @param bias that bias
     */
    String startGatesAt(double bias);

    /**
     * To keep the network from learning its training examples by rote.
     *
     * @param bestEpoch the epoch with the lowest validation loss, from 1
     * @return null if nothing is known that may help
     */
    @Nullable
    String regularise(int bestEpoch);

    /**
     * To use fewer blocks.
     *
     * @param blocks how many, at least 1
     */
    String useBlocks(int blocks);

    /**
     * To let examples leave at heads.
     *
     * @param confidence probability at which they leave
     * @return null if they do so already
     */
    @Nullable
    String exitAt(double confidence);

    /** To hold examples out of training. */
    String holdOut();
}
