package org.gatedepth.plan.tile;

/**
 * The gradient of {@link RowSoftmax}, {@code s·y·(g − Σ y·g)}, from its result y, the first operand, and the gradient g
 * of y, the second one. It is 0 where y is 0.
 *
 * @param scale {@code s}
 */
public record RowSoftmaxGradient(double scale) implements RowOp {
    private static final int Y = 0;
    private static final int G = 1;

    @Override
    public void run(Tile tile, Rows rows) {
        for (int row = 0; row < rows.count(); row++) {
            rows.shift(tile, G, row, -rows.dot(tile, Y, G, row), scale);
        }
        rows.apply(tile, ElementwiseOp.MULTIPLY, Y, G, G);
    }
}
