package org.gatedepth.bench;

import java.io.IOException;

/** The same network in another library, which runs in a process of its own. */
interface Peer {
    /**
     * Milliseconds.
     *
     * @param step of a training step
     * @param inference of an inference pass
     */
    record Times(double step, double inference) {
        /** Reads the two numbers that a process printed. */
        static Times parse(String printed) {
            String[] numbers = printed.strip().split("\\s+", -1);
            return new Times(Double.parseDouble(numbers[0]), Double.parseDouble(numbers[1]));
        }
    }

    /** What the tables call it. */
    String title();

    /** Measures the network once. */
    Times run(Size size, int seconds) throws IOException, InterruptedException;
}
