package org.gatedepth.plan.tile;

/**
 * Standardised rows, {@code y = (x − mean)/σ}, where σ² is the mean square of x − mean, plus ε; and their gradient
 * {@code (g − mean(g) − y·mean(y·g))/σ}. Where σ is 0 a row gives 0, and has no gradient.
 *
 * @param epsilon ε, at least 0
 * @param gradient whether the gradient is computed, from x, the first operand, and g, the second one
 */
public record RowStandardize(double epsilon, boolean gradient) implements RowOp {
    private static final int X = 0;
    private static final int G = 1;

    @Override
    public void run(Tile tile, Rows rows) {
        double n = rows.columns();
        for (int row = 0; row < rows.count(); row++) {
            rows.shift(tile, X, row, -rows.sum(tile, X, row) / n, 1);
            double deviation = Math.sqrt(rows.dot(tile, X, X, row) / n + epsilon);
            double factor = deviation > 0 ? 1 / deviation : 0;
            rows.shift(tile, X, row, 0, factor);
            if (gradient) {
                double slope = rows.dot(tile, X, G, row) / n;
                rows.shift(tile, G, row, -rows.sum(tile, G, row) / n, factor);
                rows.shift(tile, X, row, 0, -slope * factor);
            }
        }
        if (gradient) {
            rows.apply(tile, ElementwiseOp.ADD, X, G, G);
        }
    }
}
