package org.gatedepth.dl4j.probe;

import java.util.List;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BaseRecurrentLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.gatedepth.dl4j.network.Wrappers;
import org.gatedepth.dl4j.runtime.BlockConf;
import org.gatedepth.dl4j.runtime.HeadsConf;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Which dimension of sequences and images holds the features or channels. */
final class Channels {
    private Channels() {}

    /** Whether it is the last in what a layer reads and answers; null for a layer that does not say. */
    static @Nullable Boolean last(Layer wrapped) {
        Layer layer = Wrappers.unwrapped(wrapped);
        if (layer instanceof Convolution1DLayer sequences) {
            return sequences.getRnnDataFormat() == RNNFormat.NWC;
        }
        if (layer instanceof Convolution3D volumes) {
            return volumes.getDataFormat() == Convolution3D.DataFormat.NDHWC;
        }
        if (layer instanceof ConvolutionLayer images) {
            return images.getCnn2dDataFormat() == CNN2DFormat.NHWC;
        }
        if (layer instanceof SubsamplingLayer images) {
            return images.getCnn2dDataFormat() == CNN2DFormat.NHWC;
        }
        if (layer instanceof BlockConf blocks && blocks.imageFormat() != null) {
            return blocks.imageFormat() == CNN2DFormat.NHWC;
        }
        if (layer instanceof BaseRecurrentLayer sequences) {
            return sequences.getRnnDataFormat() == RNNFormat.NWC;
        }
        if (layer instanceof HeadsConf heads) {
            return heads.getRnnDataFormat() == null ? null : heads.getRnnDataFormat() == RNNFormat.NWC;
        }
        if (layer instanceof RnnOutputLayer sequences) {
            return sequences.getRnnDataFormat() == RNNFormat.NWC;
        }
        return layer instanceof RnnLossLayer sequences
                ? Boolean.valueOf(sequences.getRnnDataFormat() == RNNFormat.NWC)
                : null;
    }

    /** Whether it is the last in what a vertex of a graph answers, told by the nearest layer below that says so. */
    static boolean last(ComputationGraphConfiguration graph, String vertex) {
        List<String> open = List.of(vertex);
        while (!open.isEmpty()) {
            for (String name : open) {
                GraphVertex found = graph.getVertices().get(name);
                Boolean last = found instanceof LayerVertex layer
                        ? last(layer.getLayerConf().getLayer())
                        : null;
                if (last != null) {
                    return last;
                }
            }
            open = open.stream()
                    .flatMap(name -> graph.getVertexInputs().getOrDefault(name, List.of()).stream())
                    .distinct()
                    .toList();
        }
        return false;
    }

    /** Labels or predictions of sequences as {@code [minibatch, size, time]}, or back; others as they are. */
    static INDArray first(INDArray array, boolean last) {
        return last && array.rank() == 3 ? array.permute(0, 2, 1) : array;
    }

    /** The same for a mask that may be null. */
    static @Nullable INDArray firstOf(@Nullable INDArray mask, boolean last) {
        return mask == null ? null : first(mask, last);
    }

    /**
     * An array of any rank as {@code [examples and places, features]}: the first step of all examples first, as
     * Deeplearning4j lays out steps for layers that read rows.
     */
    static INDArray rows(INDArray array, boolean last) {
        if (array.rank() == 2) {
            return array;
        }
        int rank = array.rank();
        long units = array.size(last ? rank - 1 : 1);
        int[] order = IntStream.range(0, rank)
                .map(i -> last || i == 0 ? i : i == rank - 1 ? 1 : i + 1)
                .toArray();
        return array.permute(order).dup('f').reshape('f', array.length() / units, units);
    }
}
