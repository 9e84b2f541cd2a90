package org.gatedepth.dl4j.probe;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.layers.recurrent.BaseRecurrentLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.dl4j.network.Copies;
import org.gatedepth.dl4j.network.Wrappers;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/** A {@link NetworkProbe} of a list of layers. */
final class ListProbe extends NetworkProbe {
    private final MultiLayerNetwork network;
    private final List<ProbedSite> sites = new ArrayList<>();
    /** Those of the output layer; null where it has none. */
    private final @Nullable ProbedHeads heads;

    /**
     * Copies a network.
     *
     * @param params the parameters, which the copy keeps; null to initialise them
     */
    ListProbe(MultiLayerConfiguration configuration, @Nullable INDArray params) {
        this(Copies.of(configuration, params));
    }

    private ListProbe(MultiLayerNetwork copy) {
        super("MultiLayerNetwork of " + copy.getnLayers() + " layers", copy.numParams());
        network = copy;
        heads = ProbedHeads.of(network.getOutputLayer());
        for (int i = 0; i < network.getnLayers(); i++) {
            String below = i > 0 && preProcessor(i) == null ? name(i - 1) : null;
            ProbedSite site = ProbedSite.of(name(i), below, network.getLayer(i), dataType());
            if (site != null) {
                sites.add(site);
            }
        }
    }

    private String name(int layer) {
        return Wrappers.name(network.getLayer(layer).conf().getLayer(), layer);
    }

    private @Nullable InputPreProcessor preProcessor(int layer) {
        return network.getLayerWiseConfigurations().getInputPreProcess(layer);
    }

    @Override
    public NetworkProbe initial() {
        return new ListProbe(network.getLayerWiseConfigurations(), null);
    }

    @Override
    public List<ProbedSite> sites() {
        return List.copyOf(sites);
    }

    @Override
    public List<Output> outputs() {
        int all = sites.stream().mapToInt(NetworkProbe::depth).sum();
        String output = name(network.getnLayers() - 1);
        // The heads read taps of the last stack.
        return heads == null
                ? List.of(Output.of(output, all, network.getOutputLayer()))
                : heads.outputs(output, all, sites.isEmpty() ? 0 : depth(sites.get(sites.size() - 1)));
    }

    @Override
    public List<INDArray> predict(MultiDataSet data) {
        requireInputs(1, data.getFeatures());
        INDArray predicted = network.output(
                        data.getFeatures(0).dup(),
                        false,
                        one(data.getFeaturesMaskArrays(), 0),
                        one(data.getLabelsMaskArrays(), 0))
                .detach();
        return heads == null ? List.of(Channels.first(predicted, isChannelsLast())) : heads.predictions();
    }

    /** Whether the output is of sequences {@code [minibatch, time, size]}. */
    private boolean isChannelsLast() {
        return Boolean.TRUE.equals(Channels.last(network.getOutputLayer().conf().getLayer()));
    }

    @Override
    public List<INDArray> labels(MultiDataSet data) {
        INDArray[] given = data.getLabels();
        if (given == null || given.length != 1 || given[0] == null) {
            throw new IllegalArgumentException("a MultiLayerNetwork has one array of labels, but the data has "
                    + (given == null ? 0 : given.length));
        }
        INDArray first = Channels.first(given[0], isChannelsLast());
        return heads == null ? List.of(first) : heads.labels(first);
    }

    @Override
    public List<@Nullable INDArray> masks(MultiDataSet data) {
        INDArray mask = mask(data, isChannelsLast());
        return heads == null
                ? new ArrayList<>(Collections.singletonList(mask))
                : heads.masks(mask, data.getLabels(0).rank() == 3);
    }

    /** The mask of all labels. */
    private @Nullable INDArray mask(MultiDataSet data, boolean channelsLast) {
        INDArray coming = MaskFlow.toOutput(network, one(data.getFeaturesMaskArrays(), 0));
        network.clearLayerMaskArrays();
        INDArray labels = Channels.first(data.getLabels(0), channelsLast);
        return mask(Channels.firstOf(one(data.getLabelsMaskArrays(), 0), channelsLast), coming, labels);
    }

    @Override
    void pass(MultiDataSet data) {
        labels(data);
        INDArray labelMask = Channels.firstOf(mask(data, isChannelsLast()), isChannelsLast());
        network.setInput(data.getFeatures(0).dup());
        network.setLabels(data.getLabels(0));
        network.setLayerMaskArrays(one(data.getFeaturesMaskArrays(), 0), labelMask);
        network.computeGradientAndScore();
        network.clear();
        network.clearLayerMaskArrays();
    }

    @Override
    public Map<String, INDArray> readers(ProbedSite site) {
        for (int i = 1; i < network.getnLayers(); i++) {
            if (name(i - 1).equals(site.name())) {
                long features =
                        site.blocks().get(site.blocks().size() - 1).block().outputSize();
                INDArray w = weights(Wrappers.unwrapped(network.getLayer(i)), features);
                return w == null ? Map.of() : Map.of(name(i), w);
            }
        }
        return Map.of();
    }

    @Override
    public List<ProbedSequence> overTime(MultiDataSet data) {
        INDArray mask = one(data.getFeaturesMaskArrays(), 0);
        List<ProbedSequence> layers = new ArrayList<>();
        network.setLayerMaskArrays(mask, null);
        List<INDArray> activations = network.feedForward(data.getFeatures(0).dup(), false);
        network.clear();
        network.clearLayerMaskArrays();
        for (int i = 0; i < network.getnLayers(); i++) {
            Layer layer = Wrappers.unwrapped(network.getLayer(i));
            if (layer instanceof BaseRecurrentLayer<?> && activations.get(i).rank() == 3) {
                layers.add(new ProbedSequence(name(i), layer, activations.get(i), mask));
            }
        }
        return layers;
    }

    @Override
    public long width(int input) {
        return preProcessor(0) == null ? inputsOf(Wrappers.unwrapped(network.getLayer(0))) : -1;
    }

    @Override
    INDArray params() {
        return network.params();
    }

    @Override
    void forward(INDArray... features) {
        requireInputs(1, features);
        network.output(features[0].dup(), false);
    }

    @Override
    List<Layer> layers() {
        return List.of(network.getLayers());
    }

    @Override
    DataType dataType() {
        return network.getLayerWiseConfigurations().getDataType();
    }
}
