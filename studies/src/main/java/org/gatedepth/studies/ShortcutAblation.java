package org.gatedepth.studies;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.weights.WeightInit;
import org.gatedepth.block.HighwayBlock;
import org.gatedepth.dl4j.FusedAdam;
import org.nd4j.linalg.activations.Activation;

/**
 * What is lost when the shortcut of a residual block is scaled, gated, mapped or dropped (He et al. 2016, arXiv
 * 1603.05027, Table 1).
 *
 * <p>The table {@code letter}; 50 blocks of 50 units, {@code F(x) = relu(LN(x)·W + b)} in all of them but the nets that
 * are the library's own highway and plain ones, without normalisation. Some shortcuts also with the relu after the sum,
 * {@code relu(x + LN(x)·W + b)}, as in the paper's table. Adam, three rates that fall to zero, minibatches of 128; the
 * rate with the least training loss is shown.
 */
final class ShortcutAblation implements Study {
    private static final int DEPTH = 50;
    private static final int WIDTH = 50;
    private static final int CLASSES = 26;

    /** A kind of net, and the error in per cent that He et al. published for its like; empty where there is none. */
    private record Variant(
            String name, ShortcutStack.Shortcut shortcut, double gateBias, boolean layerNorm, String published) {

        /** Whether the relu stands after the sum, as in Table 1 of He et al., and not in the branch. */
        boolean reluBehind() {
            return name.endsWith(BEHIND);
        }
    }

    private static final String BEHIND = ", relu behind";

    private static final List<Variant> VARIANTS = List.of(
            new Variant("identity", ShortcutStack.Shortcut.IDENTITY, 0, true, "6.61"),
            new Variant("half", ShortcutStack.Shortcut.HALF, 0, true, "fails"),
            new Variant("half of both", ShortcutStack.Shortcut.HALF_OF_BOTH, 0, true, "12.35"),
            new Variant("exclusive gate at 0", ShortcutStack.Shortcut.EXCLUSIVE, 0, true, "fails"),
            new Variant("exclusive gate at -1", ShortcutStack.Shortcut.EXCLUSIVE, -1, true, "fails"),
            new Variant("exclusive gate at -3", ShortcutStack.Shortcut.EXCLUSIVE, -3, true, "fails"),
            new Variant("exclusive gate at -5", ShortcutStack.Shortcut.EXCLUSIVE, -5, true, "fails"),
            new Variant("exclusive gate at -7", ShortcutStack.Shortcut.EXCLUSIVE, -7, true, "9.81 (8.70 at -6)"),
            new Variant("shortcut-only gate at 0", ShortcutStack.Shortcut.SHORTCUT_ONLY, 0, true, "12.86"),
            new Variant("shortcut-only gate at -6", ShortcutStack.Shortcut.SHORTCUT_ONLY, -6, true, "6.91"),
            new Variant("linear map", ShortcutStack.Shortcut.LINEAR, 0, true, "12.22"),
            new Variant("dropout .5", ShortcutStack.Shortcut.DROPOUT, 0, true, "fails"),
            new Variant("weighted from 0", ShortcutStack.Shortcut.WEIGHTED_FROM_0, 0, true, ""),
            new Variant("weighted from 1", ShortcutStack.Shortcut.WEIGHTED_FROM_1, 0, true, ""),
            new Variant("dense", ShortcutStack.Shortcut.DENSE, 0, true, ""),
            new Variant("identity" + BEHIND, ShortcutStack.Shortcut.IDENTITY, 0, true, "6.61"),
            new Variant("half of both" + BEHIND, ShortcutStack.Shortcut.HALF_OF_BOTH, 0, true, "12.35"),
            new Variant("exclusive gate at -3" + BEHIND, ShortcutStack.Shortcut.EXCLUSIVE, -3, true, "fails"),
            new Variant("exclusive gate at -5" + BEHIND, ShortcutStack.Shortcut.EXCLUSIVE, -5, true, "fails"),
            new Variant(
                    "exclusive gate at -7" + BEHIND, ShortcutStack.Shortcut.EXCLUSIVE, -7, true, "9.81 (8.70 at -6)"),
            new Variant("shortcut-only gate at -6" + BEHIND, ShortcutStack.Shortcut.SHORTCUT_ONLY, -6, true, "6.91"),
            new Variant("weighted from 0" + BEHIND, ShortcutStack.Shortcut.WEIGHTED_FROM_0, 0, true, ""),
            new Variant("none", ShortcutStack.Shortcut.PLAIN, 0, true, "fails"),
            new Variant("plain", ShortcutStack.Shortcut.PLAIN, 0, false, ""),
            new Variant(
                    "highway",
                    ShortcutStack.Shortcut.EXCLUSIVE,
                    HighwayBlock.defaultTransformGateBias(DEPTH),
                    false,
                    ""));

    /** Those of the quick form. */
    private static final List<String> QUICK = List.of("identity", "half", "dropout .5");

    /** Those whose course is drawn: as many as there are colours. */
    private static final List<String> DRAWN = List.of(
            "identity",
            "half",
            "half of both",
            "exclusive gate at -1",
            "exclusive gate at -3",
            "shortcut-only gate at -6",
            "weighted from 0",
            "dense");

    public static void main(String[] arguments) throws Exception {
        StudyRunner.main(new ShortcutAblation(), arguments);
    }

    @Override
    public String name() {
        return "shortcut-ablation";
    }

    @Override
    public List<RunSettings> runs(boolean quick) {
        List<RunSettings> runs = new ArrayList<>();
        for (Variant variant : VARIANTS) {
            for (int seed : quick ? new int[] {1} : new int[] {1, 2}) {
                for (double rate : quick ? new double[] {1e-3} : new double[] {1e-3, 3e-3, 1e-2}) {
                    if (!quick || QUICK.contains(variant.name)) {
                        runs.add(RunSettings.of(
                                1,
                                "variant",
                                variant.name,
                                "depth",
                                DEPTH,
                                "width",
                                WIDTH,
                                "rate",
                                rate,
                                "rows",
                                quick ? 1024 : 4000,
                                "epochs",
                                quick ? 20 : 10,
                                "seed",
                                seed));
                    }
                }
            }
        }
        return runs;
    }

    @Override
    public List<Map<String, Object>> run(RunSettings settings) throws Exception {
        StudyData.Split data = StudyData.letter(settings.whole("rows"), settings.whole("rows"));
        int epochs = settings.whole("epochs");
        ComputationGraph network = network(
                variant(settings.text("variant")),
                settings.number("rate"),
                MinibatchTraining.steps(data.train(), epochs),
                settings.whole("seed"));
        List<Double> losses = MinibatchTraining.fit(network, data.train(), epochs, settings.whole("seed"));
        double after = network.score(data.train());
        double accuracy = MinibatchTraining.accuracy(network, data.test());
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int epoch = 0; epoch < losses.size(); epoch++) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("parameters", network.numParams());
            row.put("epoch", epoch + 1);
            row.put("loss", losses.get(epoch));
            row.put("final_loss", after);
            row.put("test_error", 1 - accuracy);
            rows.add(row);
        }
        return rows;
    }

    private static Variant variant(String name) {
        return VARIANTS.stream()
                .filter(variant -> variant.name.equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** As {@code GatedNetworks} builds them. */
    private static ComputationGraph network(Variant variant, double rate, int steps, long seed) {
        ShortcutStack.Builder stack = new ShortcutStack.Builder(variant.shortcut, DEPTH, variant.gateBias)
                .nOut(WIDTH)
                .reluBehind(variant.reluBehind())
                .layerNorm(variant.layerNorm)
                .weightInit(variant.name.equals("highway") ? WeightInit.UNIFORM : WeightInit.RELU);
        if (variant.shortcut == ShortcutStack.Shortcut.DROPOUT) {
            stack.dropOut(.5);
        }
        ComputationGraph network = new ComputationGraph(new NeuralNetConfiguration.Builder()
                .seed(seed)
                .updater(new FusedAdam(MinibatchTraining.falling(rate, steps)))
                .weightInit(WeightInit.XAVIER)
                .gradientNormalization(GradientNormalization.ClipL2PerLayer)
                .gradientNormalizationThreshold(1)
                .graphBuilder()
                .addInputs("in")
                .addLayer("stack", stack.build(), "in")
                .addLayer(
                        "out",
                        new OutputLayer.Builder()
                                .nOut(CLASSES)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        "stack")
                .setOutputs("out")
                .setInputTypes(InputType.feedForward(16))
                .build());
        network.init();
        return network;
    }

    @Override
    public String table(ResultTable results) {
        List<List<String>> lines = new ArrayList<>();
        for (Variant variant : VARIANTS) {
            ResultTable best = results.where("variant", variant.name).bestRate();
            if (!best.isEmpty()) {
                lines.add(List.of(
                        variant.name,
                        best.values("parameters").get(0),
                        best.values("rate").get(0),
                        best.bySeed("final_loss", "%.2g", 1),
                        best.bySeed("test_error", "%.1f", 100),
                        variant.published));
            }
        }
        return ResultTable.markdown(
                List.of("shortcut", "parameters", "rate", "training loss", "test error %", "published, CIFAR-10 %"),
                lines);
    }

    @Override
    public void draw(ResultTable results, Path folder) throws IOException {
        LineChart picture =
                new LineChart("Training loss by epoch at the best rate, seed 1", "epoch", "cross-entropy", false, true);
        for (String variant : DRAWN) {
            if (results.values("variant").contains(variant)) {
                ResultTable best = results.where("variant", variant).bestRate().where("seed", 1);
                picture.line(variant, best.numbers("epoch"), best.numbers("loss"));
            }
        }
        picture.write(folder.resolve(name() + ".svg"));
    }
}
