package org.gatedepth.plan;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The gradients that a caller gets, by name: where the backward pass has put them, or where the caller wants them. */
final class Gradients {
    private record Copy(INDArray from, INDArray to) {}

    private final Map<String, INDArray> byName = new LinkedHashMap<>();
    /** Those that are copied to where the caller wants them. */
    private final List<Copy> copies = new ArrayList<>();
    /** Those of what the output does not depend on. */
    private final List<INDArray> zeros = new ArrayList<>();

    /**
     * Adds one.
     *
     * @param computed by the backward pass; null if the output does not depend on it
     * @param wanted where the caller wants it; null for anywhere
     * @param of the input or parameter that it is the gradient of
     */
    void add(String name, @Nullable INDArray computed, @Nullable INDArray wanted, INDArray of, DataType type) {
        INDArray array = wanted;
        if (computed == null) {
            array = array == null ? create(type, of.shape()) : array;
            zeros.add(array);
        } else if (array == null) {
            array = computed;
        } else if (array != computed) {
            copies.add(new Copy(computed, array));
        }
        byName.put(name, array);
    }

    private static INDArray create(DataType type, long[] shape) {
        try (MemoryWorkspace ignored = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            return Nd4j.create(type, shape);
        }
    }

    /** All of them after a backward pass; each is then where it is wanted. Not to be changed. */
    Map<String, INDArray> written() {
        zeros.forEach(array -> array.assign(0));
        copies.forEach(copy -> copy.to().assign(copy.from()));
        return Collections.unmodifiableMap(byName);
    }
}
