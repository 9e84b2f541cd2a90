package org.gatedepth.plan.scan;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.gatedepth.plan.graph.SideBySide;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Where on tapes the arrays of a step lie: those that stand side by side do so on one tape, so that products over all
 * steps can be one.
 */
public final class Places {
    /** Columns of a tape. */
    public record Place(Tape tape, long from, long to) {
        /** The rows of some steps. */
        public INDArray rows(long first, long last) {
            return tape.part(first, last, from, to);
        }
    }

    private final IdentityHashMap<INDArray, Place> byArray = new IdentityHashMap<>();
    private final Map<String, INDArray> byName = new HashMap<>();
    private final Map<Tape, Long> columns = new HashMap<>();

    /**
     * Gives places.
     *
     * @param arrays of a step, by what they hold, always in the same order, since the tapes of other plans are used
     * @param tapes are used in their order; some are added if they are too few
     */
    public Places(Map<String, INDArray> arrays, List<Tape> tapes) {
        byName.putAll(arrays);
        List<List<INDArray>> groups = new ArrayList<>();
        Set<INDArray> distinct = Collections.newSetFromMap(new IdentityHashMap<>());
        for (INDArray array : arrays.values()) {
            if (distinct.add(array)) {
                group(array, groups);
            }
        }
        for (int i = 0; i < groups.size(); i++) {
            if (i == tapes.size()) {
                tapes.add(new Tape(groups.get(i).get(0).dataType()));
            }
            long from = 0;
            for (INDArray array : groups.get(i)) {
                byArray.put(array, new Place(tapes.get(i), from, from + array.size(1)));
                from += array.size(1);
            }
            columns.put(tapes.get(i), from);
        }
    }

    /** Puts an array into the group that it stands beside, or else into a new one. */
    private static void group(INDArray array, List<List<INDArray>> groups) {
        for (List<INDArray> group : groups) {
            if (SideBySide.areNeighbours(group.get(group.size() - 1), array)) {
                group.add(array);
                return;
            }
            if (SideBySide.areNeighbours(array, group.get(0))) {
                group.add(0, array);
                return;
            }
        }
        groups.add(new ArrayList<>(List.of(array)));
    }

    /** Sets the length of the tapes. */
    public void resize(long rows) {
        columns.forEach((tape, width) -> tape.resize(rows, width));
    }

    /** The arrays that have places. */
    public Iterable<INDArray> arrays() {
        return byArray.keySet();
    }

    /** The place of an array. */
    public Place of(INDArray array) {
        return Objects.requireNonNull(byArray.get(array));
    }

    /** The place of what has this name. */
    public Place of(String name) {
        return of(Objects.requireNonNull(byName.get(name), name));
    }
}
