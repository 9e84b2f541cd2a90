package org.gatedepth.plan.lowering;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Whether arrays share memory. */
final class Overlap {
    private Overlap() {}

    /** Whether two arrays may share an element: from the first to the last of one there is one of the other. */
    static boolean of(INDArray a, INDArray b) {
        return a.data().sameUnderlyingData(b.data()) && a.offset() < end(b) && b.offset() < end(a);
    }

    /** The index after that of the last element. */
    private static long end(INDArray array) {
        long end = array.offset() + 1;
        for (int i = 0; i < array.rank(); i++) {
            end += (array.size(i) - 1) * array.stride(i);
        }
        return end;
    }
}
