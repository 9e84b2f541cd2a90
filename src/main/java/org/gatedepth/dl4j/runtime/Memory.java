package org.gatedepth.dl4j.runtime;

import java.util.Map;
import java.util.function.Function;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.gatedepth.block.Block;
import org.gatedepth.block.Member;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.learning.config.IUpdater;

/** How much memory a layer or vertex needs, in Deeplearning4j's terms: numbers of elements. */
public final class Memory {
    private Memory() {}

    /**
     * What a layer or vertex needs.
     *
     * @param owner the configuration of the layer or vertex
     * @param name its name
     * @param types its input and its output
     * @param shapes its parameters
     * @param updater the updater of a parameter
     * @param kept elements that training keeps for each example beside the output
     */
    public static LayerMemoryReport of(
            Object owner,
            @Nullable String name,
            InputType[] types,
            Map<String, long[]> shapes,
            Function<String, @Nullable IUpdater> updater,
            long kept) {
        long params = 0;
        long state = 0;
        for (Map.Entry<String, long[]> param : shapes.entrySet()) {
            long length = 1;
            for (long size : param.getValue()) {
                length *= size;
            }
            IUpdater its = updater.apply(param.getKey());
            params += length;
            state += its == null ? 0 : its.stateSize(length);
        }
        return new LayerMemoryReport.Builder(name, owner.getClass(), types[0], types[1])
                .standardMemory(params, state)
                .workingMemory(0, 0, 0, kept)
                .cacheMemory(0, 0)
                .build();
    }

    /** What the blocks inside a layer hand on to each other, for each example: a backward pass needs all of it. */
    public static long between(Block block) {
        return block.members().stream()
                .map(Member::block)
                .mapToLong(Block::outputSize)
                .sum();
    }
}
