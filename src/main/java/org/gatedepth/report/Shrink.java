package org.gatedepth.report;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.block.Member;
import org.gatedepth.dl4j.DeepSupervisionOutputLayer;
import org.gatedepth.dl4j.GatedConvolution2D;
import org.gatedepth.dl4j.GatedStack;
import org.gatedepth.dl4j.TemporalStack;
import org.gatedepth.dl4j.network.RandomState;
import org.gatedepth.dl4j.network.Wrappers;
import org.gatedepth.dl4j.runtime.BlockConf;
import org.gatedepth.report.measure.BlockPlace;
import org.gatedepth.report.measure.GraphCut;
import org.gatedepth.report.measure.Removal;
import org.gatedepth.report.measure.VertexPlace;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A network without its idle blocks, to be trained on or used as it is.
 *
 * <p>Where a block was, its input is handed on: the carry {@code x} of a highway block, the skip {@code x} of a
 * weighted one, the input of a plain one. Where a vertex was, its carry or skip is handed on, and the branch that it
 * joined goes with it. So the network predicts what the larger one predicts with those blocks and vertices bypassed.
 *
 * <ul>
 *   <li>every other parameter is copied, and the counts of iterations and epochs go on; the state of the updater starts
 *       anew, and listeners are not taken over. The given network is left as it is
 *   <li>the blocks of a {@code TemporalStack} keep their dilations
 *   <li>the blocks of a stack are numbered anew: without {@code stack/2} the former {@code stack/3} is {@code stack/2}.
 *       Taps move down with the blocks below them, and heads with the taps
 *   <li>a stack keeps at least one block, one with taps at least one below each tap and above the last: where all are
 *       named the one that is named last stays
 *   <li>frozen layers stay frozen, and their blocks go like those of others
 *   <li>blocks and vertices stay that cannot be left out: the blocks of dense stacks and layers, layers that change the
 *       number of features or reshape their input, those whose skip has a weight that is learned or not 1, outputs, and
 *       those whose reader reads their input too. {@link Result#kept} names them with the reason
 * </ul>
 */
public final class Shrink {
    private Shrink() {}

    /**
     * What became of a network.
     *
     * @param network the network without the blocks
     * @param removed the blocks and vertices that it lacks, by their names in the larger network, from its input on;
     *     also those that were in the branch of a vertex that is gone
     * @param kept those that were to go and are still there, each with the reason
     */
    public record Result<N extends Model>(N network, List<String> removed, Map<String, String> kept) {
        /** Copies the collections. */
        public Result {
            removed = List.copyOf(removed);
            kept = Collections.unmodifiableMap(new LinkedHashMap<>(kept));
        }
    }

    /**
     * The network without the blocks that the report calls idle, {@link Lesions#idle()}.
     *
     * @param network an initialised network
     * @param report the report on it
     * @throws IllegalArgumentException if the network is not initialised, or lacks a block that the report names
     */
    public static Result<ComputationGraph> without(ComputationGraph network, DepthReport report) {
        return without(network, report.lesions().idle());
    }

    /** The same for a {@code MultiLayerNetwork}. */
    public static Result<MultiLayerNetwork> without(MultiLayerNetwork network, DepthReport report) {
        return without(network, report.lesions().idle());
    }

    /**
     * The network without some blocks.
     *
     * @param network an initialised network
     * @param blocks names of blocks and vertices as in a report, the most useful last
     * @throws IllegalArgumentException if the network is not initialised or has no block of a name
     */
    public static Result<ComputationGraph> without(ComputationGraph network, Collection<String> blocks) {
        ComputationGraphConfiguration conf = network.getConfiguration().clone();
        Wrappers.unshare(conf);
        List<BlockPlace> places = BlockPlace.of(network);
        Map<String, VertexPlace> vertices = VertexPlace.of(conf);
        GraphCut cut = new GraphCut(conf);
        Removal removal = new Removal(
                places,
                vertices,
                blocks,
                vertex -> cut.takeOut(vertex.name(), vertex.handedOn()),
                place -> cut.takeOut(place.holder(), 0));
        Map<String, List<String>> inputs = conf.getVertexInputs();
        removal.stacks().forEach((name, stay) -> {
            List<NeuralNetConfiguration> readers = new ArrayList<>();
            inputs.forEach((reader, read) -> {
                if (read.contains(name) && conf.getVertices().get(reader) instanceof LayerVertex vertex) {
                    readers.add(vertex.getLayerConf());
                }
            });
            shorten(vertex(conf, name).getLayerConf(), stay, readers);
        });
        cut.finish();
        // A clone starts at epoch 0, and so would its schedules.
        conf.setIterationCount(network.getConfiguration().getIterationCount());
        conf.setEpochCount(network.getConfiguration().getEpochCount());
        ComputationGraph lean = new ComputationGraph(conf);
        try (RandomState ignored = RandomState.keep()) {
            lean.init();
        }
        for (GraphVertex target : lean.getVertices()) {
            String name = target.getVertexName();
            List<Integer> stay = removal.stacks().get(name);
            if (stay != null) {
                copy(
                        network.getLayer(name),
                        vertex(network.getConfiguration(), name).getLayerConf(),
                        lean.getLayer(name),
                        vertex(lean.getConfiguration(), name).getLayerConf(),
                        stay);
            } else if (target.numParams() > 0) {
                target.params().assign(network.getVertex(name).params());
            }
        }
        List<String> removed = new ArrayList<>();
        for (int index : network.topologicalSortOrder()) {
            String name = network.getVertices()[index].getVertexName();
            boolean gone = !conf.getVertices().containsKey(name);
            if (gone && vertices.containsKey(name)) {
                removed.add(name);
            }
            places.stream()
                    .filter(place -> place.holder().equals(name) && (gone || removal.goes(place)))
                    .forEach(place -> removed.add(place.name()));
        }
        Map<String, String> kept = new LinkedHashMap<>(removal.kept());
        removed.forEach(kept::remove);
        return new Result<>(lean, removed, kept);
    }

    /** The same for a {@code MultiLayerNetwork}; layers that have no name are numbered anew. */
    public static Result<MultiLayerNetwork> without(MultiLayerNetwork network, Collection<String> blocks) {
        MultiLayerConfiguration old = network.getLayerWiseConfigurations();
        MultiLayerConfiguration conf = old.clone();
        Wrappers.unshare(conf);
        Removal removal =
                new Removal(BlockPlace.of(network), Map.of(), blocks, vertex -> null, place -> obstacle(old, place));
        List<NeuralNetConfiguration> confs = new ArrayList<>();
        Map<Integer, InputPreProcessor> preProcessors = new HashMap<>();
        // For each layer the one of the larger network.
        List<Integer> origins = new ArrayList<>();
        for (int i = 0; i < network.getnLayers(); i++) {
            String name = BlockPlace.layerName(old.getConf(i), i);
            List<Integer> stay = removal.stacks().get(name);
            if (stay != null) {
                shorten(conf.getConf(i), stay, i + 1 < network.getnLayers() ? List.of(conf.getConf(i + 1)) : List.of());
            }
            if (!removal.layers().contains(name)) {
                InputPreProcessor preProcessor = conf.getInputPreProcess(i);
                if (preProcessor != null) {
                    preProcessors.put(confs.size(), preProcessor);
                }
                confs.add(conf.getConf(i));
                origins.add(i);
            }
        }
        conf.setConfs(confs);
        conf.setInputPreProcessors(preProcessors);
        MultiLayerNetwork lean = new MultiLayerNetwork(conf);
        try (RandomState ignored = RandomState.keep()) {
            lean.init();
        }
        for (int i = 0; i < origins.size(); i++) {
            int origin = origins.get(i);
            List<Integer> stay = removal.stacks().get(BlockPlace.layerName(old.getConf(origin), origin));
            Layer from = network.getLayer(origin);
            if (stay != null) {
                copy(from, old.getConf(origin), lean.getLayer(i), conf.getConf(i), stay);
            } else if (from.numParams() > 0) {
                lean.getLayer(i).params().assign(from.params());
            }
        }
        return new Result<>(lean, removal.removed(), removal.kept());
    }

    private static LayerVertex vertex(ComputationGraphConfiguration conf, String name) {
        return (LayerVertex) Objects.requireNonNull(conf.getVertices().get(name), name);
    }

    /** What keeps a layer in a network of layers. */
    private static @Nullable String obstacle(MultiLayerConfiguration conf, BlockPlace place) {
        for (int i = 0; i < conf.getConfs().size(); i++) {
            if (BlockPlace.layerName(conf.getConf(i), i).equals(place.holder())) {
                return conf.getInputPreProcess(i) != null
                        ? "it reshapes its input"
                        : i == conf.getConfs().size() - 1 ? "it is the output of the network" : null;
            }
        }
        throw new IllegalStateException("no layer \"" + place.holder() + "\"");
    }

    /** Leaves some blocks in the configuration of a stack, and tells the heads above it where they are now. */
    private static void shorten(NeuralNetConfiguration conf, List<Integer> stay, List<NeuralNetConfiguration> readers) {
        List<Integer> before;
        List<Integer> taps;
        if (Wrappers.unwrapped(conf.getLayer()) instanceof TemporalStack stack) {
            before = stack.getTaps();
            taps = moved(before, stay);
            List<Integer> dilations = stack.getDilations();
            stack.setDilations(
                    stay.stream().map(number -> dilations.get(number - 1)).toList());
            stack.setTaps(taps);
        } else if (Wrappers.unwrapped(conf.getLayer()) instanceof GatedConvolution2D layer) {
            layer.setDepth(stay.size());
            return;
        } else {
            GatedStack stack = (GatedStack) Wrappers.unwrapped(conf.getLayer());
            before = stack.getTaps();
            taps = moved(before, stay);
            stack.setDepth(stay.size());
            stack.setTaps(taps);
        }
        for (NeuralNetConfiguration reader : readers) {
            if (Wrappers.unwrapped(reader.getLayer()) instanceof DeepSupervisionOutputLayer output) {
                output.setTapDepths(taps);
                output.setAuxiliaries(output.getAuxiliaries().stream()
                        .map(head -> new DeepSupervisionOutputLayer.Auxiliary(
                                taps.get(before.indexOf(head.depth())), head.labels(), head.head()))
                        .toList());
            }
        }
    }

    /** Taps after the same blocks, of which only some stay. */
    private static List<Integer> moved(List<Integer> taps, List<Integer> stay) {
        return taps.stream()
                .map(tap -> (int) stay.stream().filter(number -> number <= tap).count())
                .toList();
    }

    /** Copies the projection and the blocks that stay. */
    private static void copy(
            Layer from, NeuralNetConfiguration fromConf, Layer to, NeuralNetConfiguration toConf, List<Integer> stay) {
        BlockConf full = (BlockConf) Wrappers.unwrapped(fromConf.getLayer());
        BlockConf lean = (BlockConf) Wrappers.unwrapped(toConf.getLayer());
        List<Member> origins = full.block().members().stream()
                .filter(member -> member.isProjection() || stay.contains(member.number()))
                .toList();
        List<Member> targets = lean.block().members();
        Map<String, INDArray> source = full.views(from.paramTable());
        Map<String, INDArray> target = lean.views(to.paramTable());
        for (int i = 0; i < targets.size(); i++) {
            Map<String, INDArray> values = origins.get(i).own(source);
            targets.get(i).own(target).forEach((name, array) -> array.assign(Objects.requireNonNull(values.get(name))));
        }
    }
}
