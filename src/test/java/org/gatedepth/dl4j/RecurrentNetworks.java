package org.gatedepth.dl4j;

import java.util.stream.Stream;

/** Recurrent highway layers for tests; the networks are those of {@link SequenceNetworks}. */
final class RecurrentNetworks {
    private RecurrentNetworks() {}

    /** Two levels of three units whose gates are half open. */
    static RecurrentHighwayLayer.Builder highway(boolean coupled) {
        return new RecurrentHighwayLayer.Builder()
                .recurrenceDepth(2)
                .coupled(coupled)
                .transformGateBias(-0.5)
                .nOut(3);
    }

    static RecurrentHighwayLayer.Builder highway() {
        return highway(true);
    }

    /** The forms of the layer. */
    static Stream<RecurrentHighwayLayer.Builder> forms() {
        return Stream.of(
                highway(true).recurrenceDepth(1),
                highway(true),
                highway(false).recurrenceDepth(1),
                highway(false).recurrenceDepth(3));
    }
}
