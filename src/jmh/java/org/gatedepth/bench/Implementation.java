package org.gatedepth.bench;

/** The ways to run a stack of highway blocks that are compared. */
enum Implementation {
    /** The project's stack in a network that is trained as one compiled function. */
    COMPILED_TRAINER("GatedStack, CompiledTrainer"),
    /** The project's stack: one layer, one execution plan. */
    GATED_STACK("GatedStack, FusedAdam"),
    /** The project's blocks as layers of their own. */
    HIGHWAY_LAYERS("HighwayLayer each, FusedAdam"),
    /** The same network from Deeplearning4j's own layers and vertices. */
    STOCK_VERTICES("stock layers and vertices, Adam"),
    /** The project's blocks in SameDiff's own session: gradients alone, no updater. */
    STOCK_SESSION("SameDiff session, no updater"),
    /** The matrix products of the blocks and nothing else: no implementation on ND4J's products can be faster. */
    MATRIX_PRODUCTS("matrix products alone");

    private final String title;

    Implementation(String title) {
        this.title = title;
    }

    /** What the tables call it. */
    String title() {
        return title;
    }

    /** The network, built and initialised. */
    Workload build(Size size) {
        return switch (this) {
            case COMPILED_TRAINER -> GraphWorkload.compiledTrainer(size);
            case GATED_STACK -> GraphWorkload.gatedStack(size);
            case HIGHWAY_LAYERS -> GraphWorkload.highwayLayers(size);
            case STOCK_VERTICES -> GraphWorkload.stockVertices(size);
            case STOCK_SESSION -> new SessionWorkload(size);
            case MATRIX_PRODUCTS -> new ProductsWorkload(size);
        };
    }
}
