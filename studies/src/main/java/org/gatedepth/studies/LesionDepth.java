package org.gatedepth.studies;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.gatedepth.block.Connection;
import org.gatedepth.block.HighwayBlock;
import org.gatedepth.dl4j.FusedAdam;
import org.gatedepth.dl4j.GatedNetworks;
import org.gatedepth.dl4j.NetworkSpec;
import org.gatedepth.report.Chain;
import org.gatedepth.report.DepthReport;
import org.gatedepth.report.Lesions;
import org.nd4j.linalg.dataset.DataSet;

/**
 * How many of 50 blocks a trained net needs: what it loses without each of them (Srivastava et al. 2015, arXiv
 * 1507.06228, Fig. 4), and over paths of what length its gradient flows (Veit et al. 2016, arXiv 1605.06431, section
 * 4.3).
 *
 * <p>Data of the same number of rows, easy and hard: the letters A to C of {@code letter}, all 26, and Fashion-MNIST.
 * Blocks of width 50; residual ones normalise their input. Highway nets with two initial gate biases; for each net two
 * learning rates, of which the one with the smaller training loss (mean over the seeds) is shown. Adam, the rate
 * falling to zero, minibatches of 128. {@link DepthReport} measures, lesions on training rows as in the paper and also
 * on others, paths on others.
 */
final class LesionDepth implements Study {
    private static final int DEPTH = 50;

    /** The share of the gradient between the path lengths of the table. */
    private static final double MOST = .95;

    public static void main(String[] arguments) throws Exception {
        StudyRunner.main(new LesionDepth(), arguments);
    }

    @Override
    public String name() {
        return "lesions";
    }

    @Override
    public List<RunSettings> runs(boolean quick) {
        List<RunSettings> runs = new ArrayList<>();
        // First what may not be there.
        for (String data : quick ? List.of("letter-3", "letter-26") : List.of("fashion-10", "letter-3", "letter-26")) {
            for (String net : quick ? List.of("highway-2") : nets()) {
                for (double rate : quick ? new double[] {3e-3} : new double[] {1e-3, 3e-3}) {
                    for (int seed = 1; seed <= (quick ? 1 : 2); seed++) {
                        runs.add(settings(data, net, rate, seed, quick));
                    }
                }
            }
        }
        if (quick) {
            runs.add(settings("letter-26", "residual", 1e-3, 1, true));
        }
        return runs;
    }

    /** Highway nets by their initial gate bias. */
    private static List<String> nets() {
        return List.of(
                "highway-2",
                "highway" + String.format(Locale.ROOT, "%.1f", HighwayBlock.defaultTransformGateBias(DEPTH)),
                "residual");
    }

    private static RunSettings settings(String data, String net, double rate, int seed, boolean quick) {
        int epochs = quick ? 20 : 40;
        return RunSettings.of(
                epochs,
                "depth",
                quick ? 30 : DEPTH,
                "data",
                data,
                "net",
                net,
                "rate",
                rate,
                "width",
                50,
                "rows",
                1500,
                "tested",
                quick ? 200 : 400,
                "epochs",
                epochs,
                "seed",
                seed);
    }

    private static StudyData.Split data(String name, int train, int test) throws Exception {
        StudyData.Split split = switch (name) {
            case "letter-3" -> StudyData.letter(13_500, 6_500).ofClasses(0, 1, 2);
            case "letter-26" -> StudyData.letter(train, test);
            case "fashion-10" -> StudyData.fashion(train, test);
            default -> throw new IllegalArgumentException("no data " + name);
        };
        return new StudyData.Split((DataSet) split.train().getRange(0, train), (DataSet)
                split.test().getRange(0, test));
    }

    @Override
    public List<Map<String, Object>> run(RunSettings settings) throws Exception {
        StudyData.Split data = data(settings.text("data"), settings.whole("rows"), settings.whole("tested"));
        int depth = settings.whole("depth");
        int epochs = settings.whole("epochs");
        boolean residual = settings.text("net").equals("residual");
        NetworkSpec spec = NetworkSpec.classification(
                        data.train().numInputs(), data.train().numOutcomes())
                .withSize(depth, settings.whole("width"))
                .withConnection(residual ? Connection.RESIDUAL : Connection.HIGHWAY)
                // Without normalisation a residual stack doubles its signal with every block.
                .withLayerNorm(residual)
                .withUpdater(new FusedAdam(MinibatchTraining.falling(
                        settings.number("rate"), MinibatchTraining.steps(data.train(), epochs))))
                .withSeed(settings.whole("seed"));
        if (!residual) {
            spec = spec.withTransformGateBias(
                    Double.parseDouble(settings.text("net").substring("highway".length())));
        }
        ComputationGraph network = new ComputationGraph(GatedNetworks.configuration(spec));
        network.init();
        MinibatchTraining.fit(network, data.train(), epochs, settings.whole("seed"));

        DepthReport seen = DepthReport.of(network, (DataSet) data.train().getRange(0, settings.whole("tested")));
        DepthReport unseen = DepthReport.of(network, data.test());
        Chain chain = unseen.chains().get(0);
        Map<String, Object> whole = new LinkedHashMap<>();
        whole.put("final_loss", network.score(data.train()));
        whole.put("test_accuracy", unseen.lesions().intact().accuracy());
        whole.put("idle", unseen.lesions().idle().size());
        whole.put("train_idle", seen.lesions().idle().size());
        whole.put("unneeded", unneeded(unseen.lesions()));
        whole.put("train_unneeded", unneeded(seen.lesions()));
        whole.put("effective_depth_untrained", chain.start().effectiveDepth());
        whole.put("effective_depth", chain.now().effectiveDepth());
        // By block from 1 on; 0 is the intact net. path_share is of paths through the transforms of so many blocks.
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int block = 0; block <= depth; block++) {
            Map<String, Object> row = new LinkedHashMap<>(whole);
            row.put("block", block);
            row.put("loss", without(unseen.lesions(), block).loss());
            row.put("changed", without(unseen.lesions(), block).changed());
            row.put("train_loss", without(seen.lesions(), block).loss());
            row.put("train_changed", without(seen.lesions(), block).changed());
            row.put("path_share", chain.now().pathShares().get(block));
            rows.add(row);
        }
        return rows;
    }

    private static Lesions.Outcome without(Lesions lesions, int block) {
        return block == 0 ? lesions.intact() : lesions.single().get(block - 1);
    }

    /** Blocks that can each be bypassed alone with at most 1 % of the predictions changed. */
    private static int unneeded(Lesions lesions) {
        return (int) lesions.single().stream()
                .filter(outcome -> outcome.changed() <= Lesions.IDLE)
                .count();
    }

    /** The rows of a net on some data with the rate that was better for them; empty if there are none. */
    private static ResultTable best(ResultTable results, String data, String net) {
        return results.where("data", data).where("net", net).bestRate();
    }

    @Override
    public String table(ResultTable results) {
        List<List<String>> lines = new ArrayList<>();
        for (String data : inOrder(results.values("data"), List.of("letter-3", "letter-26", "fashion-10"))) {
            for (String net : inOrder(results.where("data", data).values("net"), nets())) {
                ResultTable best = best(results, data, net);
                lines.add(List.of(
                        data + " " + net,
                        best.values("rate").get(0),
                        String.format(Locale.ROOT, "%.2g", best.mean("final_loss")),
                        String.format(Locale.ROOT, "%.3f", best.mean("test_accuracy")),
                        ofSeeds(best, "train_unneeded"),
                        ofSeeds(best, "unneeded"),
                        ofSeeds(best, "train_idle"),
                        ofSeeds(best, "idle"),
                        String.format(
                                Locale.ROOT,
                                "%.1f → %.1f",
                                best.mean("effective_depth_untrained"),
                                best.mean("effective_depth")),
                        between(best)));
            }
        }
        return ResultTable.markdown(
                List.of(
                        "data, net",
                        "rate",
                        "training loss",
                        "test accuracy",
                        "blocks not needed alone, training rows",
                        "other rows",
                        "idle together, training rows",
                        "other rows",
                        "mean path, untrained → trained",
                        "95 % of the gradient"),
                lines);
    }

    private static List<String> inOrder(List<String> values, List<String> order) {
        return values.stream().sorted(Comparator.comparingInt(order::indexOf)).toList();
    }

    private static String ofSeeds(ResultTable best, String column) {
        return String.join(
                ", ",
                best.values("seed").stream()
                        .map(seed -> best.where("seed", seed).rows().get(0).get(column))
                        .toList());
    }

    /** The path lengths that leave equal parts of the gradient below and above. */
    private static String between(ResultTable best) {
        List<Double> shares = byBlock(best, "path_share");
        double sum = 0;
        int from = 0;
        int to = 0;
        for (int length = 0; length < shares.size(); length++) {
            from = sum < (1 - MOST) / 2 ? length : from;
            to = sum < (1 + MOST) / 2 ? length : to;
            sum += shares.get(length);
        }
        return from + "–" + to;
    }

    /** The means over the seeds by block, from 0 on. */
    private static List<Double> byBlock(ResultTable best, String column) {
        return best.values("block").stream()
                .map(block -> best.where("block", block).mean(column))
                .toList();
    }

    @Override
    public void draw(ResultTable results, Path folder) throws IOException {
        LineChart losses =
                new LineChart("Training loss without one block", "number of the block", "cross-entropy", false, true);
        LineChart paths = new LineChart(
                "Gradient by length of path",
                "blocks passed through the transform",
                "share of the gradient",
                false,
                false);
        List<Double> blocks =
                results.values("block").stream().map(Double::valueOf).toList();
        for (String data : results.values("data")) {
            for (String kind : List.of("highway", "residual")) {
                // Of the highway nets the one with the better bias.
                results.where("data", data).where(row -> row.get("net").startsWith(kind)).values("net").stream()
                        .map(net -> best(results, data, net))
                        .min(Comparator.comparingDouble(best -> best.mean("final_loss")))
                        .ifPresent(best -> {
                            String name = best.values("net").get(0) + ", " + data;
                            losses.line(
                                    name,
                                    blocks.subList(1, blocks.size()),
                                    byBlock(best, "train_loss").subList(1, blocks.size()));
                            paths.line(name, blocks, byBlock(best, "path_share"));
                        });
            }
        }
        losses.write(folder.resolve(name() + ".svg"));
        paths.write(folder.resolve(name() + "-paths.svg"));
    }
}
