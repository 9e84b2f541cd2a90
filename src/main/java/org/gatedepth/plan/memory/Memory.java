package org.gatedepth.plan.memory;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The memory of all plans of a program. They share it, since only one of them at a time has results that are still
 * read: so many plans take little more than the largest. A block that no plan uses any more is closed at once.
 */
public final class Memory {
    /** A plan does not take a block that is more times as long as needed: it would keep alive what others have left. */
    private static final int MAX_EXCESS = 8;

    /** Nor one of more elements than a Java buffer of doubles can have: loops could not read its array. */
    private static final long MAX_SHARED = Integer.MAX_VALUE / Double.BYTES;

    /** A piece of memory for one array of each plan, which may be shorter. */
    public static final class Block {
        private final INDArray whole;
        /** The memory from an offset on. ND4J's views of memory are costly, so each is made once. */
        private final Map<Long, DataBuffer> tails = new HashMap<>();

        private int users;

        private Block(INDArray whole) {
            this.whole = whole;
            tails.put(0L, whole.data());
        }

        /** An array in 'c' order at the beginning of this block. */
        public INDArray array(long[] shape) {
            return Nd4j.create(whole.data(), shape, Nd4j.getStrides(shape, 'c'), 0, 'c');
        }

        /** Columns of a matrix at the beginning of this block. */
        public INDArray columns(long rows, long allColumns, long from, long count) {
            DataBuffer tail = tails.computeIfAbsent(
                    from, offset -> Nd4j.createBuffer(whole.data(), offset, whole.length() - offset));
            return Nd4j.create(tail, new long[] {rows, count}, new long[] {allColumns, 1}, 0, 'c');
        }

        public long bytes() {
            return whole.length() * whole.dataType().width();
        }
    }

    /**
     * By the order in which plans take blocks; several where those of one plan were too short or too long for another.
     */
    private final List<List<Block>> slots = new ArrayList<>();

    private long bytes;

    /**
     * A block for a plan: the shortest that is long enough, or else a new one.
     *
     * @param slot how many the plan has taken before; plans of one program take theirs in the same order
     */
    public Block take(int slot, DataType type, long length) {
        while (slots.size() <= slot) {
            slots.add(new ArrayList<>());
        }
        long longest = Math.max(length, Math.min(MAX_EXCESS * length, MAX_SHARED));
        Block best = null;
        for (Block block : slots.get(slot)) {
            long available = block.whole.length();
            if (block.whole.dataType() == type
                    && available >= length
                    && available <= longest
                    && (best == null || available < best.whole.length())) {
                best = block;
            }
        }
        if (best == null) {
            best = new Block(Nd4j.create(type, length));
            slots.get(slot).add(best);
            bytes += best.bytes();
        }
        best.users++;
        return best;
    }

    /** Says that a plan does not use a block any more, which it took at this slot. */
    public void release(int slot, Block block) {
        block.users--;
        if (block.users == 0) {
            slots.get(slot).remove(block);
            bytes -= block.bytes();
            block.whole.close();
        }
    }

    /** Bytes of all blocks. */
    public long bytes() {
        return bytes;
    }
}
