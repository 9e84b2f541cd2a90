package org.gatedepth.plan.loop;

import java.nio.Buffer;
import org.gatedepth.plan.tile.Tile;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The registers for ND4J's arrays. */
public final class Tiles {
    /** Where an array must end for a buffer to have it: a Java buffer ends at 2 GiB. */
    public static final long MAX_END = Integer.MAX_VALUE / Double.BYTES;

    private Tiles() {}

    /** The registers of the calling thread for a data type, {@code FLOAT} or {@code DOUBLE}. */
    public static Tile of(DataType type) {
        return type == DataType.FLOAT ? Tile.ofFloats() : Tile.ofDoubles();
    }

    /** Whether there are registers for arrays of this type. */
    public static boolean supports(DataType type) {
        return type == DataType.FLOAT || type == DataType.DOUBLE;
    }

    /** The memory of an array in 'c' order, from its first element on; only as long as the array lives. */
    public static Buffer memory(INDArray array) {
        return array.dataType() == DataType.FLOAT
                ? array.data().asNioFloat().slice()
                : array.data().asNioDouble().slice();
    }
}
