package org.gatedepth.plan.tile;

/** What a {@link RowLoop} computes of each row. Its operands are numbered; the last input holds the result. */
public interface RowOp {
    /** How many operands it needs besides its inputs. */
    default int ownOperands() {
        return 0;
    }

    /**
     * Sets its own operands, before the first rows are there.
     *
     * @param rows as many as there will be in the registers at once
     */
    default void begin(Tile tile, Rows rows) {}

    /** Computes the result of some rows. */
    void run(Tile tile, Rows rows);

    /** Runs this and then another one, which reads what this has left. */
    default RowOp then(RowOp next) {
        if (ownOperands() + next.ownOperands() > 0) {
            throw new IllegalArgumentException("operations with operands of their own cannot be joined");
        }
        return (tile, rows) -> {
            run(tile, rows);
            next.run(tile, rows);
        };
    }
}
