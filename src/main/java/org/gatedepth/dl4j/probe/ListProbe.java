package org.gatedepth.dl4j.probe;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.gatedepth.dl4j.runtime.BlockRuntime;
import org.gatedepth.dl4j.runtime.Copies;
import org.gatedepth.dl4j.runtime.HeadsRuntime;
import org.gatedepth.dl4j.runtime.PlacedHead;
import org.gatedepth.dl4j.runtime.Wrappers;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** A {@link NetworkProbe} of a list of layers. */
final class ListProbe extends NetworkProbe {
    private final MultiLayerNetwork network;
    private final List<ProbedSite> sites = new ArrayList<>();

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
        for (int i = 0; i < network.getnLayers(); i++) {
            Layer layer = Wrappers.unwrapped(network.getLayer(i));
            if (layer instanceof BlockRuntime runtime && !(layer instanceof HeadsRuntime)) {
                String below = i > 0 && preProcessor(i) == null ? name(i - 1) : null;
                sites.add(ProbedSite.of(name(i), below, network.getLayer(i), runtime, dataType()));
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

    private @Nullable HeadsRuntime heads() {
        return Wrappers.unwrapped(network.getOutputLayer()) instanceof HeadsRuntime heads ? heads : null;
    }

    @Override
    public List<Output> outputs() {
        int all = sites.stream().mapToInt(NetworkProbe::depth).sum();
        HeadsRuntime heads = heads();
        if (heads == null || heads.heads().get(0).name().isEmpty()) {
            return List.of(new Output(name(network.getnLayers() - 1), all));
        }
        // The heads read taps of the last stack.
        int below = all - depth(sites.get(sites.size() - 1));
        return heads.heads().stream()
                .map(head -> new Output(head.name(), head.depth() == 0 ? all : below + head.depth()))
                .toList();
    }

    @Override
    public List<INDArray> predict(MultiDataSet data) {
        HeadsRuntime heads = heads();
        INDArray features = data.getFeatures(0).dup();
        INDArray mask = one(data.getFeaturesMaskArrays(), 0);
        INDArray labelMask = one(data.getLabelsMaskArrays(), 0);
        if (heads == null) {
            INDArray predicted =
                    network.output(features, false, mask, labelMask).detach();
            return List.of(Channels.first(predicted, isChannelsLast()));
        }
        network.setLayerMaskArrays(mask, labelMask);
        int top = network.getnLayers() - 1;
        INDArray below = top == 0
                ? features
                : network.feedForwardToLayer(top - 1, features, false).get(top);
        InputPreProcessor preProcessor = preProcessor(top);
        INDArray read = preProcessor == null
                ? below
                : preProcessor.preProcess(below, (int) features.size(0), LayerWorkspaceMgr.noWorkspaces());
        List<INDArray> predicted = new ArrayList<>();
        List<PlacedHead> placed = heads.heads();
        for (int h = 0; h < placed.size(); h++) {
            long from = placed.get(h).from();
            INDArray own = read.get(
                    NDArrayIndex.all(),
                    NDArrayIndex.interval(from, from + placed.get(h).inputs()));
            predicted.add(heads.predicted(h, own).dup());
        }
        network.clear();
        network.clearLayerMaskArrays();
        return predicted;
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
        HeadsRuntime heads = heads();
        if (heads == null) {
            return List.of(Channels.first(given[0], isChannelsLast()));
        }
        return heads.heads().stream().map(head -> columns(given[0], head)).toList();
    }

    private static INDArray columns(INDArray array, PlacedHead head) {
        long to = head.labels() + head.head().outputs();
        if (array.rank() != 2 || array.size(1) < to) {
            throw new IllegalArgumentException("the head \"" + head.name() + "\" has the label columns " + head.labels()
                    + " to " + (to - 1) + ", but the labels have the shape " + Arrays.toString(array.shape()));
        }
        return array.get(NDArrayIndex.all(), NDArrayIndex.interval(head.labels(), to));
    }

    @Override
    public List<@Nullable INDArray> masks(MultiDataSet data) {
        HeadsRuntime heads = heads();
        INDArray mask = mask(data, isChannelsLast());
        if (heads == null) {
            return new ArrayList<>(Collections.singletonList(mask));
        }
        List<@Nullable INDArray> masks = new ArrayList<>();
        for (PlacedHead head : heads.heads()) {
            masks.add(mask == null || mask.size(1) == 1 ? mask : columns(mask, head));
        }
        return masks;
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
