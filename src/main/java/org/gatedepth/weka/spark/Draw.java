package org.gatedepth.weka.spark;

import java.io.Serializable;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * A sample of rows without replacement: those of the least lots. So it does not matter in which order rows come, and
 * the draws from parts of a table can be joined.
 *
 * <p>Rows are in it at most once, and those of a lot above a bound never: parts of a large table then keep few of them.
 */
final class Draw implements Serializable {
    private static final long serialVersionUID = 1L;

    private final int most;
    private final long bound;
    private final PriorityQueue<Drawn> drawn = new PriorityQueue<>(new GreatestFirst());

    private record Drawn(long lot, long place, RawRow row) implements Serializable {}

    private static final class GreatestFirst implements Comparator<Drawn>, Serializable {
        private static final long serialVersionUID = 1L;

        @Override
        public int compare(Drawn a, Drawn b) {
            return Long.compare(b.lot, a.lot);
        }
    }

    /**
     * An empty one.
     *
     * @param most how many rows it has at most
     * @param share of all lots, those that may be in it
     */
    Draw(int most, double share) {
        this.most = most;
        bound = share >= 1 ? Long.MAX_VALUE : (long) (Long.MIN_VALUE + share * 0x1.0p64);
    }

    void offer(long lot, long place, RawRow row) {
        if (lot <= bound) {
            add(new Drawn(lot, place, row));
        }
    }

    private void add(Drawn one) {
        if (drawn.size() < most) {
            drawn.add(one);
        } else if (most > 0 && one.lot < drawn.element().lot) {
            drawn.remove();
            drawn.add(one);
        }
    }

    void add(Draw other) {
        other.drawn.forEach(this::add);
    }

    int size() {
        return drawn.size();
    }

    /** The rows, in the order of their places. */
    List<RawRow> rows() {
        return drawn.stream()
                .sorted(Comparator.comparingLong(Drawn::place))
                .map(Drawn::row)
                .toList();
    }
}
