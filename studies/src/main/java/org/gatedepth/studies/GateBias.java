package org.gatedepth.studies;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.gatedepth.block.Connection;
import org.gatedepth.block.HighwayBlock;
import org.gatedepth.dl4j.FusedAdam;
import org.gatedepth.dl4j.GatedNetworks;
import org.gatedepth.dl4j.NetworkSpec;

/**
 * Which initial bias of the transform gates fits which depth, and how far training moves the biases (Srivastava et al.
 * 2015, arXiv 1507.06228, Fig. 2).
 *
 * <p>{@code letter}, 4,000 rows and as many others to test; highway blocks of 50 relu units; biases from 0 to −6, and
 * what {@link HighwayBlock#defaultTransformGateBias} gives. Each with two learning rates, of which the one with the
 * smaller training loss (mean over the seeds) is shown. Adam, the rate falling to zero, minibatches of 128.
 */
final class GateBias implements Study {
    private static final String DEFAULT = "default";
    private static final int WIDTH = 50;

    public static void main(String[] arguments) throws Exception {
        StudyRunner.main(new GateBias(), arguments);
    }

    @Override
    public String name() {
        return "gate-bias";
    }

    @Override
    public List<RunSettings> runs(boolean quick) {
        List<RunSettings> runs = new ArrayList<>();
        int rows = quick ? 1024 : 4000;
        int epochs = quick ? 20 : 12;
        for (int depth : quick ? new int[] {10, 50} : new int[] {10, 20, 50, 100}) {
            for (String bias : quick ? List.of("0", "-2", "-4", "-6") : biases()) {
                for (double rate : quick ? new double[] {3e-3} : new double[] {1e-3, 3e-3}) {
                    for (int seed = 1; seed <= (quick ? 1 : 2); seed++) {
                        runs.add(RunSettings.of(
                                depth * epochs * (double) rows,
                                "depth",
                                depth,
                                "bias",
                                bias,
                                "rate",
                                rate,
                                "width",
                                WIDTH,
                                "rows",
                                rows,
                                "epochs",
                                epochs,
                                "seed",
                                seed));
                    }
                }
            }
        }
        return runs;
    }

    private static List<String> biases() {
        return List.of("0", "-1", "-2", "-3", "-4", "-5", "-6", DEFAULT);
    }

    @Override
    public List<Map<String, Object>> run(RunSettings settings) throws Exception {
        int rows = settings.whole("rows");
        int epochs = settings.whole("epochs");
        int depth = settings.whole("depth");
        boolean automatic = settings.text("bias").equals(DEFAULT);
        double bias = automatic ? HighwayBlock.defaultTransformGateBias(depth) : settings.number("bias");
        StudyData.Split data = StudyData.letter(rows, rows);
        ComputationGraph network = new ComputationGraph(GatedNetworks.configuration(NetworkSpec.classification(16, 26)
                .withSize(depth, settings.whole("width"))
                .withConnection(Connection.HIGHWAY)
                .withTransformGateBias(bias)
                .withUpdater(new FusedAdam(MinibatchTraining.falling(
                        settings.number("rate"), MinibatchTraining.steps(data.train(), epochs))))
                .withSeed(settings.whole("seed"))));
        network.init();
        MinibatchTraining.fit(network, data.train(), epochs, settings.whole("seed"));
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("initial_bias", bias);
        row.put("final_loss", network.score(data.train()));
        row.put("test_accuracy", MinibatchTraining.accuracy(network, data.test()));
        // How far the biases moved: all of them, those of the lower and those of the upper half of the blocks.
        row.put("moved", moved(network, bias, 1, depth));
        row.put("moved_lower", moved(network, bias, 1, depth / 2));
        row.put("moved_upper", moved(network, bias, depth / 2 + 1, depth));
        return List.of(row);
    }

    /** The mean change of the gate biases of blocks {@code first} to {@code last}. */
    private static double moved(ComputationGraph network, double initial, int first, int last) {
        Layer stack = network.getLayer(GatedNetworks.STACK);
        double sum = 0;
        for (int block = first; block <= last; block++) {
            sum += stack.getParam("b" + block + "/T/b").meanNumber().doubleValue() - initial;
        }
        return sum / (last - first + 1);
    }

    /** The runs of a depth and bias with the rate that was better for them; empty if there are none. */
    private static ResultTable best(ResultTable results, String depth, String bias) {
        return results.where("depth", depth).where("bias", bias).bestRate();
    }

    @Override
    public String table(ResultTable results) {
        List<String> depths = ascending(results.values("depth"));
        List<List<String>> lines = new ArrayList<>();
        for (String bias : results.values("bias").stream()
                .sorted(Comparator.comparingInt(biases()::indexOf))
                .toList()) {
            List<String> line = new ArrayList<>(List.of(bias));
            for (String depth : depths) {
                ResultTable best = best(results, depth, bias);
                line.add(String.format(
                        Locale.ROOT,
                        "%s%.3f (%.3f; moved %+.2f)",
                        bias.equals(DEFAULT) ? String.format(Locale.ROOT, "at %.1f: ", best.mean("initial_bias")) : "",
                        best.mean("final_loss"),
                        best.mean("test_accuracy"),
                        best.mean("moved")));
            }
            lines.add(line);
        }
        List<String> header = new ArrayList<>(List.of("initial bias"));
        depths.forEach(depth -> header.add(depth + " blocks"));
        return ResultTable.markdown(header, lines);
    }

    private static List<String> ascending(List<String> numbers) {
        return numbers.stream()
                .sorted(Comparator.comparingDouble(Double::parseDouble))
                .toList();
    }

    @Override
    public void draw(ResultTable results, Path folder) throws IOException {
        LineChart losses = new LineChart(
                "Training loss by initial gate bias", "initial bias of the gates", "cross-entropy", false, true);
        LineChart moved = new LineChart(
                "How far training moved the gate biases",
                "initial bias of the gates",
                "mean of final minus initial bias",
                false,
                false);
        ResultTable whole = results.where(row -> !row.get("bias").equals(DEFAULT));
        for (String depth : ascending(results.values("depth"))) {
            List<String> biases = ascending(whole.where("depth", depth).values("bias"));
            List<Double> numbers = biases.stream().map(Double::valueOf).toList();
            losses.line(
                    depth + " blocks",
                    numbers,
                    biases.stream()
                            .map(bias -> best(whole, depth, bias).mean("final_loss"))
                            .toList());
            moved.line(
                    depth + " blocks",
                    numbers,
                    biases.stream()
                            .map(bias -> best(whole, depth, bias).mean("moved"))
                            .toList());
        }
        List<ResultTable> defaults = ascending(results.values("depth")).stream()
                .map(depth -> best(results, depth, DEFAULT))
                .filter(best -> !best.isEmpty())
                .toList();
        if (!defaults.isEmpty()) {
            losses.line(
                    "default",
                    defaults.stream().map(best -> best.mean("initial_bias")).toList(),
                    defaults.stream().map(best -> best.mean("final_loss")).toList());
        }
        losses.write(folder.resolve(name() + ".svg"));
        moved.write(folder.resolve(name() + "-moved.svg"));
    }
}
