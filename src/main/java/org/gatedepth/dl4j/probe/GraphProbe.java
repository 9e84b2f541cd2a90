package org.gatedepth.dl4j.probe;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.layers.recurrent.BaseRecurrentLayer;
import org.gatedepth.dl4j.network.Copies;
import org.gatedepth.dl4j.network.Graphs;
import org.gatedepth.dl4j.network.Wrappers;
import org.gatedepth.dl4j.runtime.BlockVertexRuntime;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/** A {@link NetworkProbe} of a graph. */
final class GraphProbe extends NetworkProbe {
    private final ComputationGraph network;
    private final List<ProbedSite> sites = new ArrayList<>();
    /** Those of each output; null for an output that is not of heads. */
    private final List<@Nullable ProbedHeads> heads = new ArrayList<>();

    /**
     * Copies a network.
     *
     * @param params the parameters, which the copy keeps; null to initialise them
     */
    GraphProbe(ComputationGraphConfiguration configuration, @Nullable INDArray params) {
        this(Copies.of(configuration, params));
    }

    private GraphProbe(ComputationGraph copy) {
        super("ComputationGraph of " + copy.getNumLayers() + " layers", copy.numParams());
        network = copy;
        ComputationGraphConfiguration conf = network.getConfiguration();
        for (int index : network.topologicalSortOrder()) {
            GraphVertex vertex = network.getVertices()[index];
            String name = vertex.getVertexName();
            if (vertex.getLayer() != null) {
                boolean direct =
                        conf.getVertices().get(name) instanceof LayerVertex own && own.getPreProcessor() == null;
                String below = direct ? inputs(name).get(0) : null;
                ProbedSite site = ProbedSite.of(name, below, vertex.getLayer(), dataType());
                if (site != null) {
                    sites.add(site);
                }
            } else if (vertex instanceof BlockVertexRuntime runtime) {
                sites.add(ProbedSite.of(name, runtime, Channels.last(conf, name), dataType()));
            }
        }
        for (String output : conf.getNetworkOutputs()) {
            heads.add(ProbedHeads.of(network.getLayer(output)));
        }
    }

    private List<String> inputs(String vertex) {
        return network.getConfiguration().getVertexInputs().getOrDefault(vertex, List.of());
    }

    @Override
    public NetworkProbe initial() {
        return new GraphProbe(network.getConfiguration(), null);
    }

    @Override
    public List<ProbedSite> sites() {
        return List.copyOf(sites);
    }

    @Override
    public List<Output> outputs() {
        List<Output> outputs = new ArrayList<>();
        for (int i = 0; i < heads.size(); i++) {
            String name = network.getConfiguration().getNetworkOutputs().get(i);
            Set<String> needed = Graphs.needed(network.getConfiguration(), List.of(name));
            int depth = sites.stream()
                    .filter(site -> needed.contains(site.name()))
                    .mapToInt(NetworkProbe::depth)
                    .sum();
            ProbedHeads own = heads.get(i);
            outputs.addAll(
                    own == null
                            ? List.of(Output.of(name, depth, network.getOutputLayer(i)))
                            : own.outputs(name, depth, tapped(name)));
        }
        return outputs;
    }

    /** Number of blocks of the stack that an output reads. */
    private int tapped(String output) {
        return sites.stream()
                .filter(site -> inputs(output).contains(site.name()))
                .mapToInt(NetworkProbe::depth)
                .sum();
    }

    @Override
    public List<INDArray> predict(MultiDataSet data) {
        requireInputs(network.getNumInputArrays(), data.getFeatures());
        INDArray[] predicted = network.output(
                false, Copies.of(data.getFeatures()), data.getFeaturesMaskArrays(), data.getLabelsMaskArrays());
        List<INDArray> all = new ArrayList<>();
        for (int i = 0; i < predicted.length; i++) {
            ProbedHeads own = heads.get(i);
            all.addAll(
                    own == null
                            ? List.of(Channels.first(predicted[i].detach(), isChannelsLast(i)))
                            : own.predictions());
        }
        return all;
    }

    @Override
    public List<INDArray> labels(MultiDataSet data) {
        INDArray[] given = given(data);
        List<INDArray> all = new ArrayList<>();
        for (int i = 0; i < given.length; i++) {
            ProbedHeads own = heads.get(i);
            INDArray first = Channels.first(given[i], isChannelsLast(i));
            all.addAll(own == null ? List.of(first) : own.labels(first));
        }
        return all;
    }

    private INDArray[] given(MultiDataSet data) {
        INDArray[] given = data.getLabels();
        int labels = given == null
                ? 0
                : (int) Arrays.stream(given).filter(Objects::nonNull).count();
        if (given == null || given.length != labels || labels != network.getNumOutputArrays()) {
            throw new IllegalArgumentException("the network has the outputs "
                    + network.getConfiguration().getNetworkOutputs() + ", but the data has labels for " + labels
                    + ": give a MultiDataSet with the labels of each, as AuxiliaryLabels makes them");
        }
        return given;
    }

    private boolean isChannelsLast(int output) {
        return Boolean.TRUE.equals(
                Channels.last(network.getOutputLayer(output).conf().getLayer()));
    }

    @Override
    public List<@Nullable INDArray> masks(MultiDataSet data) {
        List<@Nullable INDArray> ofOutputs = ofOutputs(data, MaskFlow.through(network, data.getFeaturesMaskArrays()));
        network.clearLayerMaskArrays();
        List<@Nullable INDArray> all = new ArrayList<>();
        for (int i = 0; i < ofOutputs.size(); i++) {
            ProbedHeads own = heads.get(i);
            INDArray mask = Channels.firstOf(ofOutputs.get(i), isChannelsLast(i));
            all.addAll(
                    own == null
                            ? Collections.singletonList(mask)
                            : own.masks(mask, data.getLabels(i).rank() == 3));
        }
        return all;
    }

    /** The label mask of each output of the graph, in the output's own format. */
    private List<@Nullable INDArray> ofOutputs(MultiDataSet data, Map<String, INDArray> coming) {
        INDArray[] labels = given(data);
        List<@Nullable INDArray> masks = new ArrayList<>();
        for (int i = 0; i < labels.length; i++) {
            String output = network.getConfiguration().getNetworkOutputs().get(i);
            INDArray first = Channels.first(labels[i], isChannelsLast(i));
            masks.add(mask(one(data.getLabelsMaskArrays(), i), coming.get(output), first));
        }
        return masks;
    }

    @Override
    void pass(MultiDataSet data) {
        Map<String, INDArray> coming = MaskFlow.through(network, data.getFeaturesMaskArrays());
        INDArray[] labelMasks = ofOutputs(data, coming).toArray(INDArray[]::new);
        network.setInputs(Copies.of(data.getFeatures()));
        network.setLabels(given(data));
        network.setLayerMaskArrays(data.getFeaturesMaskArrays(), labelMasks);
        network.computeGradientAndScore();
        network.clear();
        network.clearLayerMaskArrays();
        for (ProbedSite site : sites) {
            INDArray mask = site.vertex() == null ? null : coming.get(site.name());
            if (mask != null) {
                site.mask(mask);
            }
        }
    }

    @Override
    public Map<String, INDArray> readers(ProbedSite site) {
        Map<String, INDArray> readers = new LinkedHashMap<>();
        long features = site.blocks().get(site.blocks().size() - 1).block().outputSize();
        for (Layer layer : network.getLayers()) {
            String name = layer.conf().getLayer().getLayerName();
            INDArray w =
                    inputs(name).equals(List.of(site.name())) ? weights(Wrappers.unwrapped(layer), features) : null;
            if (w != null) {
                readers.put(name, w);
            }
        }
        return readers;
    }

    @Override
    public List<ProbedSequence> overTime(MultiDataSet data) {
        Map<String, INDArray> coming = MaskFlow.through(network, data.getFeaturesMaskArrays());
        network.setLayerMaskArrays(data.getFeaturesMaskArrays(), null);
        Map<String, INDArray> activations = network.feedForward(Copies.of(data.getFeatures()), false);
        network.clear();
        network.clearLayerMaskArrays();
        List<ProbedSequence> layers = new ArrayList<>();
        for (int index : network.topologicalSortOrder()) {
            GraphVertex vertex = network.getVertices()[index];
            String name = vertex.getVertexName();
            Layer layer = vertex.hasLayer() ? Wrappers.unwrapped(vertex.getLayer()) : null;
            INDArray read = layer == null ? null : activations.get(inputs(name).get(0));
            if (layer instanceof BaseRecurrentLayer<?> && read != null && read.rank() == 3) {
                layers.add(new ProbedSequence(name, layer, read, coming.get(name)));
            }
        }
        return layers;
    }

    @Override
    public long width(int input) {
        ComputationGraphConfiguration conf = network.getConfiguration();
        String name = conf.getNetworkInputs().get(input);
        for (Layer layer : network.getLayers()) {
            String reader = layer.conf().getLayer().getLayerName();
            if (inputs(reader).equals(List.of(name))
                    && conf.getVertices().get(reader) instanceof LayerVertex vertex
                    && vertex.getPreProcessor() == null) {
                return inputsOf(Wrappers.unwrapped(layer));
            }
        }
        return -1;
    }

    @Override
    INDArray params() {
        return network.params();
    }

    @Override
    void forward(INDArray... features) {
        requireInputs(network.getNumInputArrays(), features);
        network.output(false, Copies.of(features));
    }

    @Override
    List<Layer> layers() {
        return List.of(network.getLayers());
    }

    @Override
    DataType dataType() {
        return network.getConfiguration().getDataType();
    }
}
