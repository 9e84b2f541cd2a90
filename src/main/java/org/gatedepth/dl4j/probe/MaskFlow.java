package org.gatedepth.dl4j.probe;

import java.util.HashMap;
import java.util.Map;
import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.graph.vertex.VertexIndices;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Where the masks of features come to in a network: layers on the way shorten them, lay steps out as rows, or use them
 * up. Output layers of Deeplearning4j do not tell which mask came to them.
 */
final class MaskFlow {
    private MaskFlow() {}

    /**
     * The mask that comes to the output layer of a list of layers.
     *
     * @param network a copy, whose masks are changed
     * @param features the mask of its features; null for none
     */
    static @Nullable INDArray toOutput(MultiLayerNetwork network, @Nullable INDArray features) {
        INDArray mask = features;
        MaskState state = MaskState.Active;
        int examples = features == null ? 0 : (int) features.size(0);
        for (int i = 0; i < network.getnLayers() && mask != null; i++) {
            InputPreProcessor preProcessor =
                    network.getLayerWiseConfigurations().getInputPreProcess(i);
            Pair<INDArray, MaskState> passed = new Pair<>(mask, state);
            if (preProcessor != null) {
                passed = preProcessor.feedForwardMaskArray(mask, state, examples);
            }
            if (passed != null && i < network.getnLayers() - 1) {
                passed = network.getLayer(i).feedForwardMaskArray(passed.getFirst(), passed.getSecond(), examples);
            }
            mask = passed == null ? null : passed.getFirst();
            state = passed == null ? state : passed.getSecond();
        }
        return mask;
    }

    /**
     * The masks that come to the layers and vertices of a graph.
     *
     * @param network a copy, whose masks are changed
     * @param features the masks of its features; null for none
     * @return by the name of a layer the mask of what it reads, and by that of a vertex the mask of what it answers
     */
    static Map<String, INDArray> through(ComputationGraph network, INDArray @Nullable [] features) {
        Map<String, INDArray> masks = new HashMap<>();
        if (features == null) {
            return masks;
        }
        Map<Integer, Pair<INDArray, MaskState>> answered = new HashMap<>();
        for (int index : network.topologicalSortOrder()) {
            GraphVertex vertex = network.getVertices()[index];
            if (vertex.isInputVertex()) {
                answered.put(index, new Pair<>(features[index], MaskState.Active));
                continue;
            }
            VertexIndices[] below = vertex.getInputVertices();
            @Nullable INDArray[] read = new INDArray[below.length];
            MaskState state = null;
            int examples = 0;
            for (int i = 0; i < below.length; i++) {
                Pair<INDArray, MaskState> passed = answered.get(below[i].getVertexIndex());
                read[i] = passed == null ? null : passed.getFirst();
                state = passed != null && state != MaskState.Active ? passed.getSecond() : state;
                examples = examples(features);
            }
            Pair<INDArray, MaskState> passed = vertex.feedForwardMaskArrays(read, state, examples);
            answered.put(index, passed);
            // A layer's pre-processor has put its own into the place of the first.
            INDArray mask = vertex.hasLayer() ? read[0] : passed == null ? null : passed.getFirst();
            if (mask != null) {
                masks.put(vertex.getVertexName(), mask);
            }
        }
        return masks;
    }

    private static int examples(INDArray[] features) {
        for (INDArray mask : features) {
            if (mask != null) {
                return (int) mask.size(0);
            }
        }
        return 0;
    }
}
