package org.gatedepth.bench;

/** A network that is ready to be timed. */
interface Workload {
    /** One training step on one minibatch. */
    void step();

    /** One inference pass over one minibatch; returns its result, so that it cannot be left out. */
    Object inference();
}
