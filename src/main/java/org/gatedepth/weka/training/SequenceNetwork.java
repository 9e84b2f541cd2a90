package org.gatedepth.weka.training;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.gatedepth.block.Connection;
import org.gatedepth.block.HighwayBlock;
import org.gatedepth.block.recurrence.RecurrentHighwayCell;
import org.gatedepth.dl4j.AuxiliaryHead;
import org.gatedepth.dl4j.Embedding;
import org.gatedepth.dl4j.GatedAttentionLayer;
import org.gatedepth.dl4j.GatedNetworks;
import org.gatedepth.dl4j.NetworkSpec;
import org.gatedepth.dl4j.RecurrentHighwayLayer;
import org.gatedepth.dl4j.TemporalStack;
import org.gatedepth.dl4j.base.TimeLayer;
import org.gatedepth.weka.model.SequenceSummary;
import org.gatedepth.weka.options.AuxiliaryHeads;
import org.gatedepth.weka.sequence.SequenceKind;
import org.gatedepth.weka.sequence.SequenceOptions;
import org.gatedepth.weka.table.SequenceEncoder;
import org.gatedepth.weka.table.TableEncoder;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.Activation;

/**
 * A network that reads sequences. Each sequence passes {@code depth} blocks over its steps; the mean and the maximum of
 * what they give over the steps, and the columns of the row, are what a stack of {@value #JOINT} blocks and the output
 * layer read.
 *
 * <p>Heads cut the blocks over the steps. One on the class or an auxiliary attribute reads mean and maximum at its
 * place, of all sequences; one of steps reads each step of the first sequence.
 *
 * <p>Dilations of convolutions double from 1 as long as they are below the longest training sequence, and then begin
 * anew.
 */
final class SequenceNetwork {

    /** Blocks above the pooled sequences. */
    static final int JOINT = 2;

    private static final int KERNEL = 3;
    private static final int MOST_HEADS = 4;

    private final NetworkSpec spec;
    private final SequenceOptions options;
    private final TableEncoder encoder;
    private final ComputationGraphConfiguration.GraphBuilder graph;
    private final List<InputType> types = new ArrayList<>();

    private SequenceNetwork(NetworkSpec spec, SequenceOptions options, TableEncoder encoder) {
        this.spec = spec;
        this.options = options;
        this.encoder = encoder;
        graph = GatedNetworks.graph(spec);
    }

    /**
     * The configuration of a network.
     *
     * @param spec its sizes, with the heads
     * @param heads which of these read steps
     * @param encoder the sequences
     */
    static ComputationGraphConfiguration configuration(
            NetworkSpec spec, SequenceOptions options, AuxiliaryHeads heads, TableEncoder encoder) {
        return new SequenceNetwork(spec, options, encoder).build(heads);
    }

    private ComputationGraphConfiguration build(AuxiliaryHeads heads) {
        String columns = encoder.readsColumns() ? columns() : null;
        List<String> towers = new ArrayList<>();
        for (int s = 0; s < encoder.sequences().size(); s++) {
            towers.add(steps(s));
        }
        SortedSet<Integer> cuts = new TreeSet<>();
        spec.heads().forEach(head -> cuts.add(head.depth()));
        cuts.add(spec.depth());
        int from = 0;
        List<String> pooled = List.of();
        for (int to : cuts) {
            for (int s = 0; s < towers.size(); s++) {
                String name = name(s)
                        + (cuts.size() == 1 ? "" : "." + (cuts.headSet(to).size() + 1));
                graph.addLayer(name, layer(encoder.sequences().get(s), from, to), towers.get(s));
                towers.set(s, name);
            }
            boolean isRead = heads.heads().stream().anyMatch(head -> head.depth() == to && !heads.isOfSteps(head));
            pooled = isRead || to == spec.depth() ? pooled(towers) : List.of();
            for (int h = 0; h < spec.heads().size(); h++) {
                AuxiliaryHead head = spec.heads().get(h);
                if (head.depth() == to) {
                    List<String> below = heads.isOfSteps(heads.heads().get(h)) ? towers.subList(0, 1) : pooled;
                    graph.addLayer(head.name(), head.layer(), below.toArray(String[]::new));
                }
            }
            from = to;
        }
        List<String> joined = new ArrayList<>(pooled);
        if (columns != null) {
            joined.add(columns);
        }
        graph.addLayer(GatedNetworks.STACK, GatedNetworks.stack(spec, JOINT, spec.width()), merged("joined", joined));
        GatedNetworks.addOutput(spec, 1, GatedNetworks.STACK, graph);
        ComputationGraphConfiguration configuration = GatedNetworks.build(spec, graph, types.toArray(InputType[]::new));
        for (int s = 0; s < towers.size(); s++) {
            List<Embedding> embeddings = encoder.sequences().get(s).embeddings();
            for (int e = 0; e < embeddings.size(); e++) {
                GatedNetworks.setLabels(
                        configuration, embedding(s, e), embeddings.get(e).labels());
            }
        }
        return configuration;
    }

    private String columns() {
        graph.addInputs(GatedNetworks.INPUT);
        types.add(InputType.feedForward(spec.inputs()));
        return GatedNetworks.addColumns(spec, graph);
    }

    private String name(int sequence) {
        return encoder.sequences().size() == 1 ? "steps" : "steps" + (sequence + 1);
    }

    private String embedding(int sequence, int number) {
        return name(sequence) + ".embedding" + (number + 1);
    }

    /** The steps of a sequence, with vectors in place of label columns. */
    private String steps(int sequence) {
        SequenceEncoder steps = encoder.sequences().get(sequence);
        int numbers = steps.columns() - steps.embeddings().size();
        List<String> parts = new ArrayList<>();
        if (numbers > 0) {
            String input = name(sequence) + ".in";
            graph.addInputs(input);
            types.add(InputType.recurrent(numbers));
            parts.add(input);
        }
        for (int e = 0; e < steps.embeddings().size(); e++) {
            String labels = name(sequence) + ".labels" + (e + 1);
            graph.addInputs(labels);
            types.add(InputType.recurrent(1));
            graph.addLayer(
                    embedding(sequence, e),
                    new EmbeddingSequenceLayer.Builder()
                            .nOut(steps.embeddings().get(e).size())
                            .inferInputLength(true)
                            .activation(Activation.IDENTITY)
                            .build(),
                    labels);
            parts.add(embedding(sequence, e));
        }
        return merged(name(sequence) + ".features", parts);
    }

    private String merged(String name, List<String> parts) {
        if (parts.size() == 1) {
            return parts.get(0);
        }
        graph.addVertex(name, new MergeVertex(), parts.toArray(String[]::new));
        return name;
    }

    /** Mean and maximum over the steps of each sequence. */
    private List<String> pooled(List<String> towers) {
        List<String> pooled = new ArrayList<>();
        for (String tower : towers) {
            for (PoolingType type : List.of(PoolingType.AVG, PoolingType.MAX)) {
                String name = tower + "." + (type == PoolingType.AVG ? "mean" : "maximum");
                graph.addLayer(name, new GlobalPoolingLayer(type), tower);
                pooled.add(name);
            }
        }
        return pooled;
    }

    /** What such a network does with the sequences of a table; null if it has none. */
    static @Nullable SequenceSummary summary(SequenceOptions options, TableEncoder encoder) {
        if (encoder.sequences().isEmpty()) {
            return null;
        }
        List<SequenceSummary.Reader> readers = encoder.sequences().stream()
                .map(sequence -> new SequenceSummary.Reader(
                        sequence.name(), kind(options).name(), sequence.longest(), sequence.columns()))
                .toList();
        return new SequenceSummary(readers, JOINT);
    }

    /** The kind of layer that reads sequences. */
    private static SequenceKind kind(SequenceOptions options) {
        return options.kind() == SequenceKind.AUTO ? SequenceKind.CONVOLUTION : options.kind();
    }

    private Layer layer(SequenceEncoder sequence, int from, int to) {
        return switch (kind(options)) {
            case RECURRENT -> recurrent(to - from);
            case ATTENTION -> attention(to - from);
            default -> convolution(sequence.longest(), from, to);
        };
    }

    private TemporalStack convolution(int longest, int from, int to) {
        int most = Integer.highestOneBit(Math.max(1, longest - 1));
        int period = Integer.numberOfTrailingZeros(most) + 1;
        int[] dilations = new int[to - from];
        for (int i = 0; i < dilations.length; i++) {
            dilations[i] = 1 << ((from + i) % period);
        }
        TemporalStack.Builder builder = new TemporalStack.Builder()
                .connection(spec.connection())
                .depth(dilations.length)
                .dilations(dilations)
                .kernel(options.kernel() == null ? KERNEL : options.kernel())
                .causal(!options.bidirectional())
                .activation(spec.activation())
                .nOut(spec.width());
        if (spec.connection() == Connection.HIGHWAY) {
            builder.transformGateBias(bias(HighwayBlock.defaultTransformGateBias(spec.depth())));
        }
        return dropping(builder).build();
    }

    private GatedAttentionLayer attention(int depth) {
        GatedAttentionLayer.Builder builder = new GatedAttentionLayer.Builder()
                .connection(spec.connection())
                .depth(depth)
                .heads(heads())
                .causal(!options.bidirectional())
                .activation(spec.activation())
                .nOut(spec.width());
        if (spec.connection() == Connection.HIGHWAY) {
            builder.transformGateBias(bias(HighwayBlock.defaultTransformGateBias(2 * spec.depth())));
        }
        return dropping(builder).build();
    }

    private int heads() {
        if (options.heads() != null) {
            if (spec.width() % options.heads() != 0) {
                throw new IllegalArgumentException("Option -heads must divide the width of " + spec.width()
                        + " units, but " + options.heads() + " was given: choose another, or a -width.");
            }
            return options.heads();
        }
        int heads = MOST_HEADS;
        while (spec.width() % heads != 0) {
            heads--;
        }
        return heads;
    }

    private Layer recurrent(int depth) {
        RecurrentHighwayLayer layer = dropping(new RecurrentHighwayLayer.Builder()
                        .recurrenceDepth(depth)
                        .transformGateBias(bias(RecurrentHighwayCell.defaultTransformGateBias(spec.depth())))
                        .activation(spec.activation())
                        .nOut(spec.width()))
                .build();
        return options.bidirectional() ? new Bidirectional(Bidirectional.Mode.ADD, layer) : layer;
    }

    private double bias(double ofDepth) {
        return spec.transformGateBias() == null ? ofDepth : spec.transformGateBias();
    }

    private <T extends TimeLayer.Builder<T>> T dropping(T builder) {
        if (spec.dropProbability() > 0) {
            builder.dropOut(1 - spec.dropProbability());
        }
        return builder;
    }
}
