package org.gatedepth.dl4j.runtime;

import java.util.List;
import org.gatedepth.block.Heads;
import org.gatedepth.loss.Head;

/**
 * A head and what it reads.
 *
 * @param name scope of its parameters; empty for none
 * @param depth number of the block whose output it reads; 0 for the head of the output, which reads the last
 * @param from its first column of the input
 * @param inputs its number of columns of the input
 * @param labels its first column of the labels
 * @param head the head
 */
public record PlacedHead(String name, int depth, long from, long inputs, long labels, Head head) {

    /** The block that some heads are together, on an input of so many columns. */
    public static Heads block(long inputs, List<PlacedHead> heads) {
        return new Heads(
                inputs,
                heads.stream()
                        .map(placed -> new Heads.Part(
                                placed.name(), placed.from(), placed.head().block(placed.inputs())))
                        .toList());
    }
}
