package org.gatedepth.bench;

import java.util.List;

/**
 * The size of a measured network, written {@code 50x128x50}.
 *
 * @param width features of the input and units of every block
 * @param batch rows of a minibatch
 * @param blocks number of blocks
 */
record Size(int width, int batch, int blocks) {
    /** Classes of the output layer. */
    static final int CLASSES = 10;

    /** The sizes at which the implementations are compared. */
    static final List<Size> COMPARED =
            List.of(new Size(50, 128, 50), new Size(256, 128, 20), new Size(64, 32, 6), new Size(32, 64, 6));

    /** Reads what {@link #toString()} writes. */
    static Size parse(String text) {
        List<Integer> numbers =
                List.of(text.split("x", -1)).stream().map(Integer::valueOf).toList();
        if (numbers.size() != 3) {
            throw new IllegalArgumentException("a size is WIDTHxBATCHxBLOCKS, got \"" + text + "\"");
        }
        return new Size(numbers.get(0), numbers.get(1), numbers.get(2));
    }

    /** In words. */
    String description() {
        return "width " + width + ", batch " + batch + ", " + blocks + " blocks";
    }

    @Override
    public String toString() {
        return width + "x" + batch + "x" + blocks;
    }
}
