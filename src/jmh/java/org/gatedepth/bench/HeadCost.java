package org.gatedepth.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.dl4j.AuxiliaryHead;
import org.gatedepth.dl4j.DeepSupervisionOutputLayer;
import org.gatedepth.dl4j.FusedAdam;
import org.gatedepth.dl4j.GatedNetworks;
import org.gatedepth.dl4j.GatedStack;
import org.gatedepth.dl4j.NetworkSpec;
import org.gatedepth.loss.Head;
import org.gatedepth.loss.Loss;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** What a training step costs with no head, one and three; the candidates take turns in one process. */
final class HeadCost {
    private static final List<Size> SIZES = List.of(new Size(50, 128, 20), new Size(64, 32, 6));
    private static final List<Integer> HEADS = List.of(0, 1, 3);
    private static final int TURNS_A_ROUND = 20;

    private final Settings settings;
    private final Map<String, Map<Integer, Figures>> rows = new LinkedHashMap<>();

    HeadCost(Settings settings) {
        this.settings = settings;
    }

    /** Measures all candidates in turn. */
    void measure() {
        for (Size size : SIZES) {
            Map<String, Map<Integer, Runnable>> steps = new LinkedHashMap<>();
            for (int heads : HEADS) {
                steps.computeIfAbsent("graph, " + size.description(), t -> new LinkedHashMap<>())
                        .put(heads, graph(size, heads));
                steps.computeIfAbsent("network, " + size.description(), t -> new LinkedHashMap<>())
                        .put(heads, network(size, heads));
            }
            long turn = settings.seconds() * 1_000_000_000L / TURNS_A_ROUND;
            for (int i = 0; i < TURNS_A_ROUND * (settings.rounds() + 1); i++) {
                boolean counts = i >= TURNS_A_ROUND;
                steps.forEach((title, byHeads) -> byHeads.forEach((heads, step) -> {
                    double milliseconds = time(step, turn);
                    if (counts) {
                        rows.computeIfAbsent(title, t -> new LinkedHashMap<>())
                                .computeIfAbsent(heads, h -> new Figures())
                                .add(milliseconds);
                    }
                }));
            }
        }
    }

    private static double time(Runnable step, long nanoseconds) {
        long start = System.nanoTime();
        int count = 0;
        while (System.nanoTime() - start < nanoseconds) {
            step.run();
            count++;
        }
        return (System.nanoTime() - start) / 1e6 / count;
    }

    private static int[] depths(Size size, int heads) {
        return IntStream.rangeClosed(1, heads)
                .map(h -> size.blocks() * h / (heads + 1))
                .toArray();
    }

    private static Head head() {
        return Head.of(Loss.softmaxCrossEntropy(), Size.CLASSES);
    }

    private static Runnable graph(Size size, int heads) {
        List<AuxiliaryHead> all = new ArrayList<>();
        for (int depth : depths(size, heads)) {
            all.add(new AuxiliaryHead("head" + depth, depth, head()));
        }
        ComputationGraph graph =
                new ComputationGraph(GatedNetworks.configuration(NetworkSpec.classification(size.width(), Size.CLASSES)
                        .withSize(size.blocks(), size.width())
                        .withHeads(all)));
        graph.init();
        Batches batches = new Batches(size);
        return () -> {
            DataSet batch = batches.next();
            graph.fit(
                    new INDArray[] {batch.getFeatures()},
                    Collections.nCopies(heads + 1, batch.getLabels()).toArray(new INDArray[0]));
        };
    }

    private static Runnable network(Size size, int heads) {
        GatedStack stack = new GatedStack.Builder()
                .depth(size.blocks())
                .nOut(size.width())
                .taps(depths(size, heads))
                .build();
        DeepSupervisionOutputLayer.Builder output =
                new DeepSupervisionOutputLayer.Builder(Loss.softmaxCrossEntropy(), stack).nOut(Size.CLASSES);
        for (int depth : depths(size, heads)) {
            output.head(depth, head());
        }
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new FusedAdam(1e-3))
                .list()
                .layer(stack)
                .layer(output.build())
                .setInputType(InputType.feedForward(size.width()))
                .build());
        network.init();
        Batches batches = new Batches(size);
        return () -> network.fit(batches.next());
    }

    /** The table. */
    String table() {
        StringBuilder table = new StringBuilder(String.format(
                Locale.ROOT, "%-44s %9s %9s %9s %9s%n", "step ms", "no head", "1 head", "3 heads", "3 to 1"));
        rows.forEach((title, byHeads) -> {
            double[] medians =
                    byHeads.values().stream().mapToDouble(Figures::median).toArray();
            table.append(String.format(
                    Locale.ROOT,
                    "%-44s %9.3f %9.3f %9.3f %9.2f%n",
                    title,
                    medians[0],
                    medians[1],
                    medians[2],
                    medians[2] / medians[1]));
        });
        return table.toString();
    }
}
