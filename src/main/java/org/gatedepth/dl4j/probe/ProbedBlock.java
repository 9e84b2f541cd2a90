package org.gatedepth.dl4j.probe;

import java.util.Map;
import org.gatedepth.block.Block;
import org.gatedepth.block.Member;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One block of a layer that a {@link NetworkProbe} watches.
 *
 * @param name its name in reports
 * @param member the block and its place in the layer
 * @param params its parameters by the block's own names, as they are in the probe's copy of the network
 */
public record ProbedBlock(String name, Member member, Map<String, INDArray> params) {

    /** Its equation. */
    public Block block() {
        return member.block();
    }

    /** Whether it is the map that brings the input of a stack to its width. */
    public boolean isProjection() {
        return member.isProjection();
    }
}
