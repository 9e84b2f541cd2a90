package org.gatedepth.dl4j;

import java.util.List;
import org.gatedepth.loss.Head;

/**
 * An auxiliary head of a {@link NetworkSpec}.
 *
 * @param name name of its layer and output; letters, digits and {@code -}, and not that of another layer
 * @param depth number of the block whose output it reads, at least 1
 * @param head what it predicts, with which loss and weight
 */
public record AuxiliaryHead(String name, int depth, Head head) {
    private static final List<String> TAKEN = List.of(GatedNetworks.INPUT, GatedNetworks.OUTPUT);

    /** Checks the name and the depth. */
    public AuxiliaryHead {
        if (!name.matches("[A-Za-z0-9-]+") || TAKEN.contains(name) || name.startsWith(GatedNetworks.STACK)) {
            throw new IllegalArgumentException("the name of a head has letters, digits and '-', is not one of " + TAKEN
                    + " and does not begin with \"" + GatedNetworks.STACK + "\", got \"" + name + "\"");
        }
        if (depth < 1) {
            throw new IllegalArgumentException("a head must stand after block 1 at least, got " + depth);
        }
    }

    /** A layer of its own for a graph. */
    public AuxiliaryOutputLayer layer() {
        return new AuxiliaryOutputLayer.Builder(head.loss())
                .nOut(head.outputs())
                .hidden(head.hidden())
                .activation(head.activation())
                .layerNorm(head.layerNorm())
                .weight(head.weight())
                .threshold(head.threshold())
                .build();
    }
}
