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
 * <p>Fashion-MNIST, its first 10,000 images; blocks of width 50 for highway nets and 71 for the others, as in the paper, so that
 * each block has about 5,000 parameters; residual blocks normalise their input. Two usual learning rates are tried, and two
 * more rates, and gate biases of highway nets, drawn at random; the trial with the least training loss is shown. Adam, the
 * rate falling to zero, minibatches of 128.
 */
final class DepthSweep implements Study {
    private static final int CLASSES = 10;
    private static final int IMAGES = 10_000;
    private static final List<Connection> CONNECTIONS =
            List.of(Connection.PLAIN, Connection.RESIDUAL, Connection.WEIGHTED, Connection.HIGHWAY);

    public static void main(String[] arguments) throws Exception {
        Grid.main(new DepthSweep(), arguments);
    }

    @Override
    public String name() {
        return "depth-sweep";
    }

    @Override
    public List<Cell> cells(boolean quick) {
        List<Cell> cells = new ArrayList<>();
        Random random = new Random(1);
        if (quick) {
            for (int depth : new int[] {10, 100}) {
                for (Connection connection : CONNECTIONS) {
                    int trial = connection == Connection.HIGHWAY ? 1 : 0;
                    cells.add(cell(connection, depth, trial, random, Data.FASHION_TRAIN, 25));
                }
            }
            return cells;
        }
        for (int depth : new int[] {100, 50, 20, 10}) {
            for (Connection connection : CONNECTIONS) {
                for (int trial = 0; trial < 4; trial++) {
                    cells.add(cell(connection, depth, trial, random, IMAGES, 40));
                }
            }
        }
        for (int trial = 0; trial < 2; trial++) {
            cells.add(cell(Connection.HIGHWAY, 900, trial, random, IMAGES, 10));
        }
        return cells;
    }

    private static Cell cell(Connection connection, int depth, int trial, Random random, int images, int epochs) {
        boolean highway = connection == Connection.HIGHWAY;
        // Two usual rates with the library's own gate bias, then a rate between 3e-4 and 1e-2 and a bias at random.
        boolean usual = trial < 2;
        double rate = usual ? (trial == 0 ? 1e-3 : 3e-3) : 3e-4 * Math.pow(33, random.nextDouble());
        String bias = !highway ? "none" : usual ? "default" : String.valueOf(-1.0 - random.nextInt(10));
        return Cell.of(
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
                images == Data.FASHION_TRAIN ? Data.FASHION_TEST : 2000,
                "epochs",
                epochs,
                "seed",
                trial + 1);
    }

    @Override
    public List<Map<String, Object>> run(Cell cell) throws Exception {
        Data.Split data = Data.fashion(cell.whole("images"), cell.whole("tested"));
        int epochs = cell.whole("epochs");
        NetworkSpec spec = NetworkSpec.classification(784, CLASSES)
                .withSize(cell.whole("depth"), cell.whole("width"))
                .withConnection(Connection.valueOf(cell.text("connection")))
                .withUpdater(new FusedAdam(Training.falling(cell.number("rate"), Training.steps(data.train(), epochs))))
                // Without normalisation a residual stack doubles its signal with every block.
                .withLayerNorm(cell.text("connection").equals("RESIDUAL"))
                .withSeed(cell.whole("seed"));
        if (cell.text("bias").startsWith("-")) {
            spec = spec.withGateBias(cell.number("bias"));
        }
        ComputationGraph network = new ComputationGraph(GatedNetworks.configuration(spec));
        network.init();
        double before = network.score(data.train());
        List<Double> losses = Training.fit(network, data.train(), epochs, cell.whole("seed"));
        double after = network.score(data.train());
        double accuracy = Training.accuracy(network, data.test());
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
    private static Map<String, String> best(Results results, Connection connection, String depth) {
        return results.where("connection", connection).where("depth", depth).least("final_loss");
    }

    @Override
    public String table(Results results) {
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
        return Results.markdown(header, lines);
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

    private static List<String> depths(Results results) {
        return results.values("depth").stream()
                .sorted(Comparator.comparingInt(Integer::parseInt))
                .toList();
    }

    private static String name(Connection connection) {
        return connection.toString().toLowerCase(Locale.ROOT);
    }

    @Override
    public void draw(Results results, Path folder) throws IOException {
        Picture sweep =
                new Picture("Training loss by depth, best of the trials", "blocks", "cross-entropy", true, true);
        Picture course =
                new Picture("Training loss by epoch, best of the trials", "epoch", "cross-entropy", false, true);
        for (Connection connection : CONNECTIONS) {
            Results of = results.where("connection", connection);
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
                    Results epochs = of.where("depth", depth).where("trial", best.get("trial"));
                    course.line(name(connection) + " " + depth, epochs.numbers("epoch"), epochs.numbers("loss"));
                }
            }
        }
        sweep.write(folder.resolve(name() + ".svg"));
        course.write(folder.resolve(name() + "-epochs.svg"));
    }
}
