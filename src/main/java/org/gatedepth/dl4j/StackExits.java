package org.gatedepth.dl4j;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.gatedepth.dl4j.HeadsLayer.Placed;
import org.gatedepth.loss.SoftmaxCrossEntropy;
import org.gatedepth.plan.CompiledFunction;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The heads of a tapped {@link GatedStack}, which is computed part by part. */
final class StackExits implements EarlyExit.Exits {
    private final MultiLayerNetwork network;
    private final BlockRuntime stack;
    private final HeadsRuntime output;
    private final List<String> names = new ArrayList<>();
    /** For each exit its position among the heads of the output layer. */
    private final List<Integer> heads = new ArrayList<>();
    /** For each exit the number of blocks below it, the projection counted. */
    private final List<Integer> ends = new ArrayList<>();

    private final Map<Integer, CompiledFunction> parts = new HashMap<>();

    StackExits(MultiLayerNetwork network) {
        this.network = network;
        int layers = network.getnLayers();
        if (layers < 2
                || !(network.getLayer(layers - 1) instanceof HeadsRuntime top)
                || !(top.blockLayer() instanceof DeepSupervisionOutputLayer supervision)
                || !(network.getLayer(layers - 2) instanceof BlockRuntime below)
                || !(below.blockLayer() instanceof GatedStack tapped)) {
            throw new IllegalArgumentException(
                    "early exit needs a network whose last layers are a GatedStack with taps and"
                            + " a DeepSupervisionOutputLayer");
        }
        if (!(supervision.getLoss() instanceof SoftmaxCrossEntropy)) {
            throw new IllegalArgumentException(
                    "early exit needs an output that is a softmax, but its loss is " + supervision.getLoss());
        }
        output = top;
        stack = below;
        int blocks = tapped.stack(tapped.getNIn()).blocks().size();
        int projections = blocks - tapped.getDepth();
        List<Placed> placed = supervision.heads(supervision.getNIn());
        for (int tap : tapped.getTaps()) {
            int head = exitAt(supervision, placed, tap);
            if (head > 0) {
                names.add(placed.get(head).name());
                heads.add(head);
                ends.add(tap + projections);
            }
        }
        names.add(placed.get(0).name());
        heads.add(0);
        ends.add(blocks);
    }

    /** The first head at a tap that predicts what the output predicts; 0 for none. */
    private static int exitAt(DeepSupervisionOutputLayer layer, List<Placed> placed, int tap) {
        for (int h = 1; h < placed.size(); h++) {
            DeepSupervisionOutputLayer.Auxiliary auxiliary =
                    layer.getAuxiliaries().get(h - 1);
            if (auxiliary.depth() == tap
                    && auxiliary.labels() == 0
                    && auxiliary.head().outputs() == layer.getNOut()
                    && auxiliary.head().loss().getClass() == layer.getLoss().getClass()) {
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
    public EarlyExit.Trunk start(INDArray features) {
        int layer = network.getnLayers() - 2;
        INDArray below = layer == 0
                ? features
                : network.feedForwardToLayer(layer - 1, features, false).get(layer);
        InputPreProcessor preProcessor = network.getLayerWiseConfigurations().getInputPreProcess(layer);
        INDArray input = preProcessor == null
                ? below
                : preProcessor.preProcess(below, (int) features.size(0), LayerWorkspaceMgr.noWorkspaces());
        return new StackTrunk(stack.checked(input));
    }

    private final class StackTrunk implements EarlyExit.Trunk {
        private INDArray running;

        StackTrunk(INDArray input) {
            running = input;
        }

        @Override
        public INDArray prediction(int exit) {
            int from = exit == 0 ? 0 : ends.get(exit - 1);
            running = parts.computeIfAbsent(exit, e -> stack.part(from, ends.get(e)))
                    .infer(Map.of(BlockRuntime.INPUT, running))
                    .dup();
            return output.predicted(heads.get(exit), running);
        }

        @Override
        public void keep(int[] rows) {
            running = running.getRows(rows);
        }
    }
}
