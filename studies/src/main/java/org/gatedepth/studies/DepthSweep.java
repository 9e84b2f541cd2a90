package org.gatedepth.studies;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.gatedepth.block.Connection;
import org.gatedepth.dl4j.FusedAdam;
import org.gatedepth.dl4j.GatedNetworks;
import org.gatedepth.dl4j.NetworkSpec;

/**
 * How the training loss depends on the depth (Srivastava et al. 2015, arXiv 1507.06228, Fig. 1).
 *
 * <p>Fashion-MNIST, its first 10,000 images; blocks of width 50 for highway nets and 71 for the others, as in the
 * paper, so that each block has about 5,000 parameters; residual blocks normalise their input. Two usual learning rates
 * are tried, and two more rates, and gate biases of highway nets, drawn at random; the trial with the least training
 * loss is shown. Adam, the rate falling to zero, minibatches of 128.
 */
final class DepthSweep implements Study {
    private static final int CLASSES = 10;
    private static final int IMAGES = 10_000;
    private static final List<Connection> CONNECTIONS =
            List.of(Connection.PLAIN, Connection.RESIDUAL, Connection.WEIGHTED, Connection.HIGHWAY);

    public static void main(String[] arguments) throws Exception {
        StudyRunner.main(new DepthSweep(), arguments);
    }

    @Override
    public String name() {
        return "depth-sweep";
    }

    @Override
    public List<RunSettings> runs(boolean quick) {
        List<RunSettings> runs = new ArrayList<>();
        Random random = new Random(1);
        if (quick) {
            for (int depth : new int[] {10, 100}) {
                for (Connection connection : CONNECTIONS) {
                    int trial = connection == Connection.HIGHWAY ? 1 : 0;
                    runs.add(settings(connection, depth, trial, random, StudyData.FASHION_TRAIN, 15));
                }
            }
            return runs;
        }
        for (int depth : new int[] {100, 50, 20, 10}) {
            for (Connection connection : CONNECTIONS) {
                for (int trial = 0; trial < 4; trial++) {
                    runs.add(settings(connection, depth, trial, random, IMAGES, 40));
                }
            }
        }
        for (int trial = 0; trial < 2; trial++) {
            runs.add(settings(Connection.HIGHWAY, 900, trial, random, IMAGES, 10));
        }
        return runs;
    }

    private static RunSettings settings(
            Connection connection, int depth, int trial, Random random, int images, int epochs) {
        boolean highway = connection == Connection.HIGHWAY;
        // Two usual rates with the library's own gate bias, then a rate between 3e-4 and 1e-2 and a bias at random.
        boolean usual = trial < 2;
        double rate = usual ? (trial == 0 ? 1e-3 : 3e-3) : 3e-4 * Math.pow(33, random.nextDouble());
        String bias = !highway ? "none" : usual ? "default" : String.valueOf(-1.0 - random.nextInt(10));
        return RunSettings.of(
                depth * epochs * (double) images,
                "connection",
                connection,
                "depth",
                depth,
                "trial",
                trial,
                "rate",
                String.format(Locale.ROOT, "%.2g", rate),
                "bias",
                bias,
                "width",
                highway ? 50 : 71,
                "images",
                images,
                "tested",
                images == StudyData.FASHION_TRAIN ? StudyData.FASHION_TEST : 2000,
                "epochs",
                epochs,
                "seed",
                trial + 1);
    }

    @Override
    public List<Map<String, Object>> run(RunSettings settings) throws Exception {
        StudyData.Split data = StudyData.fashion(settings.whole("images"), settings.whole("tested"));
        int epochs = settings.whole("epochs");
        NetworkSpec spec = NetworkSpec.classification(784, CLASSES)
                .withSize(settings.whole("depth"), settings.whole("width"))
                .withConnection(Connection.valueOf(settings.text("connection")))
                .withUpdater(new FusedAdam(MinibatchTraining.falling(
                        settings.number("rate"), MinibatchTraining.steps(data.train(), epochs))))
                // Without normalisation a residual stack doubles its signal with every block.
                .withLayerNorm(settings.text("connection").equals("RESIDUAL"))
                .withSeed(settings.whole("seed"));
        if (settings.text("bias").startsWith("-")) {
            spec = spec.withTransformGateBias(settings.number("bias"));
        }
        ComputationGraph network = new ComputationGraph(GatedNetworks.configuration(spec));
        network.init();
        double before = network.score(data.train());
        List<Double> losses = MinibatchTraining.fit(network, data.train(), epochs, settings.whole("seed"));
        double after = network.score(data.train());
        double accuracy = MinibatchTraining.accuracy(network, data.test());
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int epoch = 0; epoch < losses.size(); epoch++) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("epoch", epoch + 1);
            row.put("loss", losses.get(epoch));
            row.put("untrained_loss", before);
            row.put("final_loss", after);
            row.put("test_accuracy", accuracy);
            rows.add(row);
        }
        return rows;
    }

    /** The best trial of a connection and depth. */
    private static Map<String, String> best(ResultTable results, Connection connection, String depth) {
        return results.where("connection", connection).where("depth", depth).least("final_loss");
    }

    @Override
    public String table(ResultTable results) {
        List<List<String>> lines = new ArrayList<>();
        for (String depth : depths(results)) {
            List<String> line = new ArrayList<>(List.of(depth));
            for (Connection connection : CONNECTIONS) {
                line.add(
                        results.where("connection", connection)
                                        .where("depth", depth)
                                        .isEmpty()
                                ? ""
                                : text(best(results, connection, depth)));
            }
            lines.add(line);
        }
        List<String> header = new ArrayList<>(List.of("blocks"));
        CONNECTIONS.forEach(connection -> header.add(name(connection)));
        return ResultTable.markdown(header, lines);
    }

    private static String text(Map<String, String> row) {
        return String.format(
                Locale.ROOT,
                "%.2g (%.3f; rate %s%s)",
                Double.parseDouble(row.get("final_loss")),
                Double.parseDouble(row.get("test_accuracy")),
                row.get("rate"),
                row.get("bias").equals("none") ? "" : ", bias " + row.get("bias"));
    }

    private static List<String> depths(ResultTable results) {
        return results.values("depth").stream()
                .sorted(Comparator.comparingInt(Integer::parseInt))
                .toList();
    }

    private static String name(Connection connection) {
        return connection.toString().toLowerCase(Locale.ROOT);
    }

    @Override
    public void draw(ResultTable results, Path folder) throws IOException {
        LineChart sweep =
                new LineChart("Training loss by depth, best of the trials", "blocks", "cross-entropy", true, true);
        LineChart course =
                new LineChart("Training loss by epoch, best of the trials", "epoch", "cross-entropy", false, true);
        for (Connection connection : CONNECTIONS) {
            ResultTable of = results.where("connection", connection);
            List<String> depths = depths(of);
            // By epochs: those of the deepest net are fewer, and its point is none of the line.
            for (String epochs : of.values("epochs").stream()
                    .sorted(Comparator.reverseOrder())
                    .toList()) {
                List<String> like = depths(of.where("epochs", epochs));
                sweep.line(
                        name(connection) + (like.contains("10") ? "" : ", " + epochs + " epochs"),
                        like.stream().map(Double::valueOf).toList(),
                        like.stream()
                                .map(depth -> Double.valueOf(
                                        best(results, connection, depth).get("final_loss")))
                                .toList());
            }
            for (String depth : List.of("10", "100")) {
                if (depths.contains(depth)) {
                    Map<String, String> best = best(results, connection, depth);
                    ResultTable epochs = of.where("depth", depth).where("trial", best.get("trial"));
                    course.line(name(connection) + " " + depth, epochs.numbers("epoch"), epochs.numbers("loss"));
                }
            }
        }
        sweep.write(folder.resolve(name() + ".svg"));
        course.write(folder.resolve(name() + "-epochs.svg"));
    }
}
