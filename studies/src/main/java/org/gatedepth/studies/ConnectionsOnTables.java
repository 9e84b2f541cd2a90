package org.gatedepth.studies;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.gatedepth.block.Connection;
import org.gatedepth.weka.table.NumberEmbedding;
import org.gatedepth.weka.table.Scaling;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.CategorySeries.CategorySeriesRenderStyle;
import org.knowm.xchart.style.Styler.LegendPosition;
import weka.classifiers.Classifier;
import weka.classifiers.Evaluation;
import weka.classifiers.functions.GatedNetwork;
import weka.classifiers.functions.MultilayerPerceptron;
import weka.classifiers.functions.SMO;
import weka.classifiers.trees.RandomForest;
import weka.core.Instances;
import weka.core.converters.ConverterUtils.DataSource;

/**
 * The connections on tables, beside Weka's own classifiers and what Klambauer et al. (2017, arXiv 1706.02515, table
 * A.11) published for highway, residual and self-normalising nets.
 *
 * <p>Ten-fold cross-validation in Weka. {@code GatedNetwork} with six blocks and its defaults but for connection and
 * width: a highway block has two matrices, so that the others get √2 times its width, for as many parameters; a dense
 * block adds twelve features, so that 22 of them have as many. Where a highway net of six blocks does not reach the
 * published residual net, others of 2 and of 12 blocks are tried.
 */
final class ConnectionsOnTables implements Study {

    /** Accuracy as published, where it was: highway, residual and self-normalising nets. */
    private static final Map<String, double[]> PUBLISHED = Map.of(
            "letter", new double[] {.898, .976, .973},
            "vowel", new double[] {.978, .994, .996},
            "vehicle", new double[] {.796, .758, .801},
            "ionosphere", new double[] {.943, .955, .886},
            "segment-challenge", new double[] {.902, .892, .911},
            "diabetes", new double[] {.719, .714, .755},
            "glass", new double[] {.642, .642, .736},
            "iris", new double[] {.838, .973, .973});

    private static final String LARGE = "letter";

    private static final List<String> CONNECTIONS = List.of("highway", "residual", "weighted", "plain");

    private static final String DENSE = "dense";

    private static final String BLOCKS = " blocks";

    /** Not at equal parameters: other depths, for {@link #MISSED}. */
    private static final List<String> DEPTHS = List.of("highway of 2" + BLOCKS, "highway of 12" + BLOCKS);

    private static final List<String> MISSED = List.of("iris", "ionosphere");

    private static final List<String> WEKA = List.of("MultilayerPerceptron", "RandomForest", "SMO");

    public static void main(String[] arguments) throws Exception {
        StudyRunner.main(new ConnectionsOnTables(), arguments);
    }

    @Override
    public String name() {
        return "tables";
    }

    @Override
    public List<RunSettings> runs(boolean quick) {
        List<RunSettings> runs = new ArrayList<>();
        List<String> tables = quick
                ? List.of("iris")
                : List.of(
                        "labor",
                        "iris",
                        "glass",
                        "ionosphere",
                        "diabetes",
                        "credit-g",
                        "vehicle",
                        "vowel",
                        "segment-challenge",
                        LARGE);
        for (String table : tables) {
            boolean large = table.equals(LARGE);
            double cost = large ? 40 : 1 + tables.indexOf(table);
            // Fewer for the large table, which would take hours, and in the quick form.
            List<String> networks = new ArrayList<>(large || quick ? List.of("highway", "residual") : CONNECTIONS);
            if (!quick && !large) {
                networks.add(DENSE);
            }
            if (!quick && MISSED.contains(table)) {
                networks.addAll(DEPTHS);
            }
            for (String network : networks) {
                int width = large ? 128 : 64;
                boolean wider = !network.startsWith("highway") && !network.equals(DENSE);
                runs.add(RunSettings.of(
                        cost * depth(network),
                        "table",
                        table,
                        "classifier",
                        network,
                        "width",
                        wider ? Math.round(width * Math.sqrt(2)) : width,
                        "seed",
                        1));
            }
            List<String> others = large ? List.of("RandomForest") : quick ? List.of("RandomForest", "SMO") : WEKA;
            for (String classifier : others) {
                runs.add(RunSettings.of(2 * cost, "table", table, "classifier", classifier, "width", "", "seed", 1));
            }
        }
        return runs;
    }

    @Override
    public List<Map<String, Object>> run(RunSettings settings) throws Exception {
        Instances table = DataSource.read("examples/data/" + settings.text("table") + ".arff");
        table.setClassIndex(table.numAttributes() - 1);
        Classifier classifier = switch (settings.text("classifier")) {
            case "MultilayerPerceptron" -> new MultilayerPerceptron();
            case "RandomForest" -> new RandomForest();
            case "SMO" -> new SMO();
            default -> network(settings);
        };
        Evaluation evaluation = new Evaluation(table);
        evaluation.crossValidateModel(classifier, table, 10, new Random(settings.whole("seed")));
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("accuracy", evaluation.pctCorrect() / 100);
        row.put("parameters", classifier instanceof GatedNetwork ? parameters(network(settings), table) : "");
        return List.of(row);
    }

    private static GatedNetwork network(RunSettings settings) {
        GatedNetwork network = new GatedNetwork();
        String name = settings.text("classifier");
        network.setConnection(Connection.valueOf(name.split(" ")[0].toUpperCase(Locale.ROOT)));
        network.setDepth(depth(name));
        network.setWidth(settings.whole("width"));
        network.setSeed(settings.whole("seed"));
        network.setMembers(1);
        network.setNumberEmbedding(NumberEmbedding.NONE);
        network.setScaling(Scaling.STANDARDISE);
        return network;
    }

    private static int depth(String network) {
        if (network.endsWith(BLOCKS)) {
            return Integer.parseInt(network.split(" ")[2]);
        }
        return network.equals(DENSE) ? 22 : 6;
    }

    /** Of a network for the whole table, for which one epoch is enough. */
    private static String parameters(GatedNetwork network, Instances table) throws Exception {
        network.setEpochs(1);
        network.setMixup("0");
        network.setWeightDecay("0");
        network.buildClassifier(table);
        return String.format(Locale.ROOT, "%.0f", network.getMeasure("measureParameters"));
    }

    @Override
    public String table(ResultTable results) {
        List<String> classifiers = new ArrayList<>(CONNECTIONS);
        classifiers.add(DENSE);
        classifiers.addAll(WEKA);
        String connections = table(results, results.values("table"), classifiers);
        List<String> missed = results.where("classifier", DEPTHS.get(0)).values("table");
        return missed.isEmpty()
                ? connections
                : connections + "\n" + table(results, missed, List.of(DEPTHS.get(0), "highway", DEPTHS.get(1)));
    }

    private static String table(ResultTable results, List<String> tables, List<String> columns) {
        List<String> classifiers =
                columns.stream().filter(results.values("classifier")::contains).toList();
        List<String> header = new ArrayList<>(List.of("table"));
        header.addAll(classifiers);
        header.addAll(List.of("published highway", "published residual", "published SNN"));
        List<List<String>> lines = new ArrayList<>();
        for (String table : tables.stream().sorted().toList()) {
            List<String> line = new ArrayList<>(List.of(table));
            for (String classifier : classifiers) {
                ResultTable of = results.where("table", table).where("classifier", classifier);
                line.add(of.isEmpty() ? "" : format(of.mean("accuracy")));
            }
            double[] published = PUBLISHED.get(table);
            for (int column = 0; column < 3; column++) {
                line.add(published == null ? "" : format(published[column]));
            }
            lines.add(line);
        }
        return ResultTable.markdown(header, lines);
    }

    private static String format(double accuracy) {
        return String.format(Locale.ROOT, "%.3f", accuracy).substring(1);
    }

    @Override
    public void draw(ResultTable results, Path folder) throws IOException {
        List<String> tables = results.values("table").stream()
                .filter(PUBLISHED::containsKey)
                .sorted()
                .toList();
        CategoryChart chart = new CategoryChartBuilder()
                .width(760)
                .height(460)
                .title("Accuracy of ten folds, and what was published")
                .yAxisTitle("accuracy")
                .build();
        chart.getStyler()
                .setDefaultSeriesRenderStyle(CategorySeriesRenderStyle.Scatter)
                .setXAxisLabelRotation(30)
                .setYAxisMin(.6)
                .setYAxisMax(1.)
                .setLegendPosition(LegendPosition.OutsideE)
                .setChartBackgroundColor(Color.WHITE);
        for (String classifier : List.of("highway", "residual", "RandomForest")) {
            add(
                    chart,
                    classifier,
                    tables,
                    table -> results.where("table", table)
                            .where("classifier", classifier)
                            .mean("accuracy"));
        }
        add(chart, "published highway", tables, table -> Objects.requireNonNull(PUBLISHED.get(table))[0]);
        add(chart, "published residual", tables, table -> Objects.requireNonNull(PUBLISHED.get(table))[1]);
        LineChart.write(chart, folder.resolve(name() + ".svg"));
    }

    private static void add(CategoryChart chart, String name, List<String> tables, ToDoubleFunction<String> accuracy) {
        int number = chart.getSeriesMap().size();
        LineChart.mark(
                chart.addSeries(
                        name,
                        tables,
                        tables.stream().map(accuracy::applyAsDouble).toList()),
                number);
    }
}
