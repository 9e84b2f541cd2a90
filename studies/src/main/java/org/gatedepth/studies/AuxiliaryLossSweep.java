package org.gatedepth.studies;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.gatedepth.block.Connection;
import org.gatedepth.dl4j.AuxiliaryHead;
import org.gatedepth.dl4j.AuxiliaryLabels;
import org.gatedepth.dl4j.FusedAdam;
import org.gatedepth.dl4j.GatedNetworks;
import org.gatedepth.dl4j.NetworkSpec;
import org.gatedepth.loss.Head;
import org.gatedepth.loss.LinearDecay;
import org.gatedepth.loss.Loss;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.preprocessor.NormalizerStandardize;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.schedule.FixedSchedule;
import weka.core.Instances;
import weka.core.converters.ConverterUtils.DataSource;

/**
 * What auxiliary losses do to the network's own: their weight, and the depth at which they stand.
 *
 * <p>Part {@code weight}: heads on the network's own target after every fifth of 20 blocks, as Lee et al. (2014, arXiv
 * 1409.5185) have them, with weights between 0 and .9; GoogLeNet (arXiv 1409.4842) takes .3, PSPNet (Zhao et al. 2016,
 * arXiv 1612.01105) finds .4 best. The table {@code letter}; the rate of two with the least training loss is shown.
 *
 * <p>Part {@code depth}: a head on another target, after the first, the third or the last of six blocks (Søgaard &amp;
 * Goldberg 2016, ACL P16-2038: low is best). The network's target is the length of a vowel, the head's which vowel it
 * is. The test rows are those of speakers that are not in training, or are drawn from all.
 */
final class AuxiliaryLossSweep implements Study {
    private static final String WEIGHT = "weight";
    private static final String DEPTH = "depth";
    private static final String FALLING = ".3 to 0";
    private static final List<Connection> TRUNKS = List.of(Connection.PLAIN, Connection.RESIDUAL, Connection.HIGHWAY);
    private static final List<String> WEIGHTS = List.of("0", ".1", ".3", ".4", ".9", FALLING);

    /** Blocks after which the head of part {@code depth} stands; 0 for none. */
    private static final List<Integer> PLACES = List.of(0, 1, 3, 6);

    private static final int VOWELS = 11;

    /** Rows of the eight speakers that are for training in the source; they come first. */
    private static final int SPEAKERS_TRAIN = 528;

    public static void main(String[] arguments) throws Exception {
        StudyRunner.main(new AuxiliaryLossSweep(), arguments);
    }

    @Override
    public String name() {
        return "auxiliary-losses";
    }

    @Override
    public List<RunSettings> runs(boolean quick) {
        List<RunSettings> runs = new ArrayList<>();
        for (Connection trunk : quick ? List.of(Connection.PLAIN) : TRUNKS) {
            for (String weight : quick ? List.of("0", ".9") : WEIGHTS) {
                for (int seed = 1; seed <= (quick ? 1 : 2); seed++) {
                    for (double rate : quick ? new double[] {3e-3} : new double[] {1e-3, 3e-3}) {
                        // The quick form has a plain net that is too deep to train well without heads.
                        runs.add(settings(
                                weight.equals("0") ? 15 : 30,
                                WEIGHT,
                                "letter",
                                trunk,
                                quick ? 30 : 20,
                                5,
                                weight,
                                rate,
                                seed,
                                quick ? 1024 : 4000,
                                quick ? 20 : 12));
                    }
                }
            }
        }
        for (String data : quick ? List.<String>of() : List.of("speakers", "rows")) {
            for (int place : PLACES) {
                for (String weight : place == 0 ? List.of("0") : List.of(".3", "1")) {
                    for (int seed = 1; seed <= 5; seed++) {
                        runs.add(settings(
                                8, DEPTH, data, Connection.HIGHWAY, 6, place, weight, 3e-3, seed, SPEAKERS_TRAIN, 40));
                    }
                }
            }
        }
        return runs;
    }

    private static RunSettings settings(
            double cost,
            String part,
            String data,
            Connection trunk,
            int blocks,
            int place,
            String weight,
            double rate,
            int seed,
            int rows,
            int epochs) {
        return RunSettings.of(
                cost, "part", part, "data", data, "trunk", trunk, "blocks", blocks, "place", place, "weight", weight,
                "rate", rate, "rows", rows, "epochs", epochs, "seed", seed);
    }

    @Override
    public List<Map<String, Object>> run(RunSettings settings) throws Exception {
        return List.of(settings.text("part").equals(WEIGHT) ? weighted(settings) : placed(settings));
    }

    private static Map<String, Object> weighted(RunSettings settings) throws Exception {
        int epochs = settings.whole("epochs");
        StudyData.Split data = StudyData.letter(settings.whole("rows"), settings.whole("rows"));
        Connection trunk = Connection.valueOf(settings.text("trunk"));
        NetworkSpec spec = NetworkSpec.classification(16, 26)
                .withSize(settings.whole("blocks"), 50)
                .withConnection(trunk)
                .withLayerNorm(trunk == Connection.RESIDUAL)
                .withUpdater(new FusedAdam(MinibatchTraining.falling(
                        settings.number("rate"), MinibatchTraining.steps(data.train(), epochs))))
                .withSeed(settings.whole("seed"));
        String weight = settings.text("weight");
        if (!weight.equals("0")) {
            spec = spec.withHeadsEvery(
                    settings.whole("place"),
                    weight.equals(FALLING)
                            ? new LinearDecay(.3, 0, epochs)
                            : new FixedSchedule(Double.parseDouble(weight)));
        }
        ComputationGraph network = new ComputationGraph(GatedNetworks.configuration(spec));
        network.init();
        AuxiliaryLabels labels = AuxiliaryLabels.same(1 + spec.heads().size());
        MinibatchTraining.fit(network, data.train(), epochs, settings.whole("seed"), MinibatchTraining.BATCH, labels);
        return measured(network, data);
    }

    private static Map<String, Object> placed(RunSettings settings) throws Exception {
        int epochs = settings.whole("epochs");
        int batch = 33;
        Instances table = DataSource.read("examples/data/vowel-length.arff");
        if (settings.text("data").equals("rows")) {
            table.randomize(new Random(settings.whole("seed")));
        }
        int rows = settings.whole("rows");
        DataSet train = vowels(table, 0, rows, true);
        StudyData.Split data = new StudyData.Split(
                vowels(table, 0, rows, false), vowels(table, rows, table.numInstances() - rows, false));
        NormalizerStandardize scale = new NormalizerStandardize();
        scale.fit(train);
        scale.transform(train);
        scale.transform(data.train());
        scale.transform(data.test());
        NetworkSpec spec = NetworkSpec.classification(9, 2)
                .withSize(settings.whole("blocks"), 32)
                .withConnection(Connection.valueOf(settings.text("trunk")))
                .withActivation(Activation.TANH)
                .withUpdater(new FusedAdam(MinibatchTraining.falling(settings.number("rate"), epochs * (rows / batch))))
                .withSeed(settings.whole("seed"));
        AuxiliaryLabels.Builder labels =
                new AuxiliaryLabels.Builder().columns("length", 0, 2).columns("vowel", 2, 2 + VOWELS);
        if (settings.whole("place") == 0) {
            labels.outputs("length");
        } else {
            spec = spec.withHeads(List.of(new AuxiliaryHead(
                    "vowel",
                    settings.whole("place"),
                    Head.of(Loss.softmaxCrossEntropy(), VOWELS).withWeight(settings.number("weight")))));
            labels.outputs("length", "vowel");
        }
        ComputationGraph network = new ComputationGraph(GatedNetworks.configuration(spec));
        network.init();
        MinibatchTraining.fit(network, train, epochs, settings.whole("seed"), batch, labels.build());
        return measured(network, data);
    }

    /** What the network does without its heads. */
    private static Map<String, Object> measured(ComputationGraph network, StudyData.Split data) {
        ComputationGraph lean = GatedNetworks.withoutHeads(network);
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("final_loss", lean.score(data.train()));
        row.put("test_accuracy", MinibatchTraining.accuracy(lean, data.test()));
        return row;
    }

    /** Nine numbers a row; labels are the length one-hot, and where it is asked for the vowel one-hot beside it. */
    private static DataSet vowels(Instances table, int from, int count, boolean both) {
        float[][] features = new float[count][9];
        float[][] labels = new float[count][both ? 2 + VOWELS : 2];
        for (int i = 0; i < count; i++) {
            double[] values = table.instance(from + i).toDoubleArray();
            for (int j = 0; j < 9; j++) {
                features[i][j] = (float) values[j];
            }
            labels[i][(int) values[10]] = 1;
            if (both) {
                labels[i][2 + (int) values[9]] = 1;
            }
        }
        return new DataSet(Nd4j.createFromArray(features), Nd4j.createFromArray(labels));
    }

    /** The rows of a trunk and a weight at that of the rates at which the mean of the training losses is the least. */
    private static ResultTable best(ResultTable results, String trunk, String weight) {
        return results.where("part", WEIGHT)
                .where("trunk", trunk)
                .where("weight", weight)
                .bestRate();
    }

    @Override
    public String table(ResultTable results) {
        List<String> trunks = results.where("part", WEIGHT).values("trunk");
        List<List<String>> lines = new ArrayList<>();
        for (String weight : WEIGHTS) {
            List<String> line = new ArrayList<>(List.of(weight));
            for (String trunk : trunks) {
                ResultTable best = best(results, trunk, weight);
                line.add(
                        best.isEmpty()
                                ? ""
                                : best.bySeed("final_loss", "%.2g", 1) + " ("
                                        + best.bySeed("test_accuracy", "%.3f", 1) + "; rate "
                                        + best.values("rate").get(0) + ")");
            }
            lines.add(line);
        }
        List<String> header = new ArrayList<>(List.of("weight of each head"));
        trunks.forEach(trunk -> header.add(trunk.toLowerCase(Locale.ROOT)));
        return ResultTable.markdown(header, lines) + placesTable(results.where("part", DEPTH));
    }

    private static String placesTable(ResultTable results) {
        if (results.isEmpty()) {
            return "";
        }
        List<List<String>> lines = new ArrayList<>();
        for (String place : results.values("place")) {
            for (String weight : results.where("place", place).values("weight")) {
                List<String> line = new ArrayList<>(List.of(place.equals("0") ? "none" : place, weight));
                for (String data : List.of("speakers", "rows")) {
                    ResultTable of = results.where("place", place)
                            .where("weight", weight)
                            .where("data", data);
                    line.add(of.isEmpty() ? "" : meanAndError(of.numbers("test_accuracy")));
                }
                lines.add(line);
            }
        }
        return "\n"
                + ResultTable.markdown(
                        List.of("head behind block", "weight", "accuracy, other speakers", "accuracy, other rows"),
                        lines);
    }

    /** The mean and its standard error. */
    private static String meanAndError(List<Double> values) {
        double mean = values.stream().mapToDouble(v -> v).average().orElseThrow();
        double squares =
                values.stream().mapToDouble(v -> (v - mean) * (v - mean)).sum();
        double error = Math.sqrt(squares / Math.max(1, values.size() - 1) / values.size());
        return String.format(Locale.ROOT, "%.3f ± %.3f", mean, error);
    }

    @Override
    public void draw(ResultTable results, Path folder) throws IOException {
        LineChart weights = new LineChart(
                "Training loss of the network's own output, by the weight of its heads",
                "weight of each head",
                "cross-entropy",
                false,
                false);
        for (String trunk : results.where("part", WEIGHT).values("trunk")) {
            String label = trunk.toLowerCase(Locale.ROOT);
            List<Double> x = new ArrayList<>();
            List<Double> y = new ArrayList<>();
            for (String weight : WEIGHTS) {
                ResultTable best = best(results, trunk, weight);
                if (!best.isEmpty() && !weight.equals(FALLING)) {
                    x.add(Double.valueOf(weight));
                    y.add(best.mean("final_loss"));
                }
            }
            weights.line(label, x, y);
            ResultTable falling = best(results, trunk, FALLING);
            if (!falling.isEmpty()) {
                weights.line(label + ", .3 to 0", List.of(.3), List.of(falling.mean("final_loss")));
            }
        }
        weights.write(folder.resolve(name() + ".svg"));
        ResultTable placed = results.where("part", DEPTH);
        if (placed.isEmpty()) {
            return;
        }
        LineChart places = new LineChart(
                "Accuracy for the length, by the place of the head on the vowel",
                "block behind which the head stands (0: no head)",
                "test accuracy, mean of the seeds",
                false,
                false);
        for (String data : placed.values("data")) {
            for (String weight : List.of(".3", "1")) {
                List<Double> x = new ArrayList<>();
                List<Double> y = new ArrayList<>();
                for (String place : placed.values("place")) {
                    ResultTable of = placed.where("data", data)
                            .where("place", place)
                            .where(row -> place.equals("0") || row.get("weight").equals(weight));
                    if (!of.isEmpty()) {
                        x.add(Double.valueOf(place));
                        y.add(of.mean("test_accuracy"));
                    }
                }
                places.line("other " + data + ", weight " + weight, x, y);
            }
        }
        places.write(folder.resolve(name() + "-places.svg"));
    }
}
