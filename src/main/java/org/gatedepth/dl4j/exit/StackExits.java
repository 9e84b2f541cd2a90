package org.gatedepth.dl4j.exit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.gatedepth.block.Block;
import org.gatedepth.block.Stack;
import org.gatedepth.block.TappedStack;
import org.gatedepth.dl4j.network.Copies;
import org.gatedepth.dl4j.network.Wrappers;
import org.gatedepth.dl4j.runtime.BlockRuntime;
import org.gatedepth.dl4j.runtime.HeadsRuntime;
import org.gatedepth.dl4j.runtime.PlacedHead;
import org.gatedepth.dl4j.runtime.SequenceRuntime;
import org.gatedepth.loss.Head;
import org.gatedepth.loss.SoftmaxCrossEntropy;
import org.gatedepth.plan.CompiledFunction;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The heads of a tapped stack, which is computed part by part, in a copy of the network that shares its parameters. */
final class StackExits implements Exits {
    private static final String INPUT = "input";

    private final MultiLayerNetwork network;
    private final BlockRuntime runtime;
    private final Stack stack;
    private final HeadsRuntime output;
    private final List<String> names = new ArrayList<>();
    /** For each exit its position among the heads of the output layer. */
    private final List<Integer> heads = new ArrayList<>();
    /** For each exit the number of blocks below it, the projection counted. */
    private final List<Integer> ends = new ArrayList<>();

    private final Map<Integer, CompiledFunction> parts = new HashMap<>();

    StackExits(MultiLayerNetwork given) {
        network = Copies.of(given.getLayerWiseConfigurations(), given.params());
        int layers = network.getnLayers();
        Layer top = Wrappers.unwrapped(network.getLayer(layers - 1));
        Layer below = layers < 2 ? null : Wrappers.unwrapped(network.getLayer(layers - 2));
        Stack found = below instanceof BlockRuntime blocks ? stack(blocks.block()) : null;
        if (!(top instanceof HeadsRuntime last)
                || last.heads().get(0).name().isEmpty()
                || !(below instanceof BlockRuntime blocks)
                || found == null) {
            throw new IllegalArgumentException(
                    "early exit needs a network whose last layers are a GatedStack with taps and"
                            + " a DeepSupervisionOutputLayer"
                            + (below instanceof SequenceRuntime
                                    ? ", for it computes such a stack part by part; for a TemporalStack, build a"
                                            + " ComputationGraph with AuxiliaryOutputLayers"
                                    : ""));
        }
        runtime = blocks;
        stack = found;
        output = last;
        Head main = last.heads().get(0).head();
        if (!(main.loss() instanceof SoftmaxCrossEntropy)) {
            throw new IllegalArgumentException(
                    "early exit needs an output that is a softmax, but its loss is " + main.loss());
        }
        if (blocks.block() instanceof TappedStack tapped) {
            long column = 0;
            for (int tap = 0; tap < tapped.taps().size(); tap++) {
                int head = exitAt(column);
                if (head > 0) {
                    names.add(last.heads().get(head).name());
                    heads.add(head);
                    ends.add(tapped.taps().get(tap) + 1);
                }
                column += tapped.sizes().get(tap);
            }
        }
        names.add(last.heads().get(0).name());
        heads.add(0);
        ends.add(stack.blocks().size());
    }

    private static @Nullable Stack stack(Block block) {
        if (block instanceof TappedStack tapped) {
            return tapped.stack();
        }
        return block instanceof Stack plain ? plain : null;
    }

    /** The first head on the tap that begins at a column, if it predicts what the output predicts; 0 for none. */
    private int exitAt(long column) {
        Head main = output.heads().get(0).head();
        for (int h = 1; h < output.heads().size(); h++) {
            PlacedHead placed = output.heads().get(h);
            if (placed.from() == column
                    && placed.labels() == 0
                    && placed.head().outputs() == main.outputs()
                    && placed.head().loss().getClass() == main.loss().getClass()) {
                return h;
            }
        }
        return 0;
    }

    @Override
    public List<String> names() {
        return List.copyOf(names);
    }

    @Override
    public boolean isChannelsLast() {
        return false;
    }

    @Override
    public Trunk start(INDArray features, @Nullable INDArray mask) {
        if (mask != null) {
            throw new IllegalArgumentException(
                    "masks are for networks that predict sequences, but this one predicts" + " rows: give none");
        }
        int layer = network.getnLayers() - 2;
        INDArray own = features.dup();
        INDArray below = layer == 0
                ? own
                : network.feedForwardToLayer(layer - 1, own, false).get(layer);
        network.clear();
        InputPreProcessor preProcessor = network.getLayerWiseConfigurations().getInputPreProcess(layer);
        INDArray input = preProcessor == null
                ? below
                : preProcessor.preProcess(below, (int) features.size(0), LayerWorkspaceMgr.noWorkspaces());
        return new StackTrunk(runtime.checked(input));
    }

    /** Some blocks of the stack as a function, from a position to that before another. */
    private CompiledFunction part(int from, int to) {
        long[] input = {-1, stack.blocks().get(from).inputSize()};
        return new CompiledFunction(
                network.getLayerWiseConfigurations().getDataType(),
                Map.of(INPUT, input),
                List.of(),
                runtime.named(),
                (sd, inputs, params) -> {
                    List<SDVariable> taps = stack.taps(sd, inputs.get(INPUT), params::get, from, to);
                    return taps.get(taps.size() - 1);
                });
    }

    private final class StackTrunk implements Trunk {
        private INDArray running;

        StackTrunk(INDArray input) {
            running = input;
        }

        @Override
        public INDArray prediction(int exit) {
            int from = exit == 0 ? 0 : ends.get(exit - 1);
            running = parts.computeIfAbsent(exit, e -> part(from, ends.get(e)))
                    .infer(Map.of(INPUT, running))
                    .dup();
            return output.predicted(heads.get(exit), running);
        }

        @Override
        public void keep(int[] rows) {
            running = running.getRows(rows);
        }
    }
}
