package org.gatedepth.block;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One of the blocks that a layer runs, {@link Block#members()}.
 *
 * <p>This is the only place that numbers blocks and names them.
 *
 * @param number its number from 1; 0 for the projection before the first block, which is not counted
 * @param scope what the names of its parameters begin with, such as {@code b3/}; empty where the layer is this one
 *     block
 * @param block the block
 * @param tapped whether its output is a part of the layer's output, beside that of the last block
 */
public record Member(int number, String scope, Block block, boolean tapped) {

    /** Whether this is the linear map that brings the input of a stack to its width. */
    public boolean isProjection() {
        return number == 0;
    }

    /** Its name in reports: {@code <layer>/<number>} in a stack, else that of its layer. */
    public String name(String layer) {
        return scope.isEmpty() ? layer : layer + "/" + number;
    }

    /**
     * What belongs to this block.
     *
     * @param byName by the layer's names of parameters, such as {@code b3/H/W}
     * @return by the block's names, such as {@code H/W}
     */
    public <T> Map<String, T> own(Map<String, T> byName) {
        Map<String, T> own = new LinkedHashMap<>();
        byName.forEach((name, value) -> {
            if (name.startsWith(scope)) {
                own.put(name.substring(scope.length()), value);
            }
        });
        return own;
    }
}
