package org.gatedepth.dl4j.exit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.graph.vertex.VertexIndices;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.gatedepth.dl4j.network.Copies;
import org.gatedepth.dl4j.network.Graphs;
import org.gatedepth.dl4j.network.Wrappers;
import org.gatedepth.dl4j.runtime.HeadsConf;
import org.gatedepth.loss.SoftmaxCrossEntropy;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The heads of a graph, which is computed vertex by vertex, each time just as far as the next head needs.
 *
 * <p>It is computed in a copy of the graph that shares its parameters, so that the inputs and masks of the graph itself
 * stay as they are.
 */
final class GraphExits implements Exits {
    private final ComputationGraph network;
    private final List<String> names;

    GraphExits(ComputationGraph network, List<String> heads) {
        this.network = Copies.of(network.getConfiguration(), network.params());
        List<String> outputs = network.getConfiguration().getNetworkOutputs();
        String output = outputs.get(0);
        names = new ArrayList<>(heads);
        names.add(output);
        if (network.getNumInputArrays() != 1) {
            throw new IllegalArgumentException(
                    "early exit needs a network of one input, got " + network.getNumInputArrays());
        }
        requireSoftmax(output);
        for (String head : heads) {
            if (!outputs.contains(head) || head.equals(output)) {
                throw new IllegalArgumentException(
                        "early exit needs heads that are outputs of the network other than \"" + output
                                + "\", its first, so some of " + outputs + ", got \"" + head + "\"");
            }
            requireSoftmax(head);
            if (outputsOf(head) != outputsOf(output)) {
                throw new IllegalArgumentException("head \"" + head + "\" predicts " + outputsOf(head)
                        + " classes, but the output predicts " + outputsOf(output)
                        + ": rows can leave only at heads on the network's own target");
            }
            if (isOverTime(head) != isOverTime(output)) {
                throw new IllegalArgumentException("of the head \"" + head + "\" and the output \"" + output
                        + "\" one predicts each step and the other whole sequences: sequences can leave only at heads"
                        + " that predict what the output predicts");
            }
        }
    }

    private boolean isOverTime(String name) {
        return format(name) != null;
    }

    /** Where the classes of each step stand; null for a layer that predicts rows. */
    private @Nullable RNNFormat format(String name) {
        Layer layer = layer(name);
        if (layer instanceof HeadsConf conf) {
            return conf.getRnnDataFormat();
        }
        if (layer instanceof RnnOutputLayer stock) {
            return stock.getRnnDataFormat() == RNNFormat.NWC ? RNNFormat.NWC : RNNFormat.NCW;
        }
        return null;
    }

    @Override
    public boolean isChannelsLast() {
        return format(names.get(names.size() - 1)) == RNNFormat.NWC;
    }

    /** −1 for a layer that does not say, and for a vertex without one. */
    private long outputsOf(String name) {
        Layer layer = layer(name);
        if (layer instanceof HeadsConf conf) {
            return conf.heads().get(0).head().outputs();
        }
        return layer instanceof FeedForwardLayer stock ? stock.getNOut() : -1;
    }

    private void requireSoftmax(String name) {
        Layer layer = layer(name);
        boolean softmax = layer instanceof HeadsConf conf
                ? conf.heads().get(0).head().loss() instanceof SoftmaxCrossEntropy
                : layer instanceof BaseLayer stock && stock.getActivationFn() instanceof ActivationSoftmax;
        if (!softmax) {
            throw new IllegalArgumentException(
                    "early exit needs outputs that are a softmax, but \"" + name + "\" is none");
        }
    }

    private @Nullable Layer layer(String name) {
        org.deeplearning4j.nn.api.Layer layer = network.getLayer(name);
        return layer == null ? null : Wrappers.unwrapped(layer).conf().getLayer();
    }

    @Override
    public List<String> names() {
        return List.copyOf(names);
    }

    @Override
    public Trunk start(INDArray features, @Nullable INDArray mask) {
        return new GraphTrunk(features, mask);
    }

    /** Some rows of an array of any rank. */
    private static INDArray rows(INDArray array, int[] rows) {
        long[] shape = array.shape().clone();
        INDArray selected =
                array.reshape('c', shape[0], array.length() / shape[0]).getRows(rows);
        shape[0] = rows.length;
        return selected.reshape('c', shape);
    }

    private final class GraphTrunk implements Trunk {
        private final Map<String, INDArray> activations = new HashMap<>();
        private final Set<String> done = new HashSet<>();
        private final String input =
                network.getConfiguration().getNetworkInputs().get(0);

        private @Nullable INDArray mask;

        GraphTrunk(INDArray features, @Nullable INDArray mask) {
            this.mask = mask;
            activations.put(input, features.dup());
            done.add(input);
        }

        @Override
        public INDArray prediction(int head) {
            Set<String> needed = Graphs.needed(network.getConfiguration(), List.of(names.get(head)));
            // Pre-processors ask the network for the number of rows.
            network.setInput(0, activations.get(input));
            if (mask != null) {
                network.setLayerMaskArrays(new INDArray[] {mask}, null);
            }
            for (int index : network.topologicalSortOrder()) {
                GraphVertex vertex = network.getVertices()[index];
                if (needed.contains(vertex.getVertexName()) && done.add(vertex.getVertexName())) {
                    activations.put(vertex.getVertexName(), activated(vertex));
                }
            }
            return Objects.requireNonNull(activations.get(names.get(head)));
        }

        private INDArray activated(GraphVertex vertex) {
            LayerWorkspaceMgr workspaces = LayerWorkspaceMgr.noWorkspaces();
            VertexIndices[] from = vertex.getInputVertices();
            for (int i = 0; i < from.length; i++) {
                GraphVertex below = network.getVertices()[from[i].getVertexIndex()];
                INDArray activation = Objects.requireNonNull(activations.get(below.getVertexName()));
                vertex.setInput(i, isShared(below) ? activation : activation.dup(), workspaces);
            }
            INDArray output = vertex.doForward(false, workspaces);
            vertex.clear();
            return output;
        }

        /**
         * Whether the vertices that read an activation read one array, as they do in the graph's {@code output(..)}.
         *
         * <p>Deeplearning4j's {@code ActivationLayer} and {@code PReLULayer} write into what they read in inference,
         * unless it is in a workspace: then they copy it. Here nothing is in a workspace.
         */
        private boolean isShared(GraphVertex below) {
            return below.getNumOutputConnections() < 2
                    || below.isInputVertex()
                    || network.getConfiguration().getNetworkOutputs().contains(below.getVertexName())
                    || network.getConfiguration().getInferenceWorkspaceMode() == WorkspaceMode.NONE;
        }

        @Override
        public void keep(int[] rows) {
            activations.keySet().retainAll(readLater());
            IdentityHashMap<INDArray, INDArray> kept = new IdentityHashMap<>();
            activations.replaceAll((name, array) -> kept.computeIfAbsent(array, all -> rows(all, rows)));
            mask = mask == null ? null : rows(mask, rows);
        }

        private Set<String> readLater() {
            Set<String> later = new HashSet<>(names);
            later.add(input);
            for (String name : Graphs.needed(network.getConfiguration(), names)) {
                if (!done.contains(name)) {
                    later.addAll(network.getConfiguration().getVertexInputs().getOrDefault(name, List.of()));
                }
            }
            return later;
        }
    }
}
