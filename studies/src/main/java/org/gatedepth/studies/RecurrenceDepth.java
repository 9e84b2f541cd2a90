package org.gatedepth.studies;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.dl4j.FusedAdam;
import org.gatedepth.dl4j.RecurrentHighwayLayer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.rng.Random;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * What depth within a time step is worth, at equal numbers of parameters (Zilly et al. 2016, arXiv 1607.03474, section
 * 5): the next character of a text, by one recurrent highway layer of depth 1, 3 and 5.
 *
 * <p>The text is the Jargon File, which is in the public domain, from Debian's package {@code jargon-text}; the quick
 * form reads this project's documents. The last 5 % are for testing. Some 100,000 parameters, segments of 100
 * characters, minibatches of 32, gradients clipped to norm 1, Adam, the rate falling to zero.
 */
final class RecurrenceDepth implements Study {
    private static final Path TEXT = Path.of("/usr/share/doc/jargon-text/jargon.txt.gz");
    /** Codes of characters; all from here on count as one. */
    private static final int CHARACTERS = 96;

    private static final int BATCH = 32;
    private static final int STEPS = 100;
    private static final int TEST_SEGMENTS = 100;

    public static void main(String[] arguments) throws Exception {
        StudyRunner.main(new RecurrenceDepth(), arguments);
    }

    @Override
    public String name() {
        return "recurrence-depth";
    }

    @Override
    public List<RunSettings> runs(boolean quick) {
        List<RunSettings> runs = new ArrayList<>();
        for (int depth : new int[] {1, 3, 5}) {
            for (double rate : quick ? new double[] {4e-3} : new double[] {2e-3}) {
                for (int seed = 1; seed <= 1; seed++) {
                    runs.add(RunSettings.of(
                            depth,
                            "text",
                            quick ? "documents" : "jargon",
                            "depth",
                            depth,
                            "rate",
                            rate,
                            "parameters",
                            quick ? 30_000 : 100_000,
                            "minibatches",
                            quick ? 120 : 3000,
                            "seed",
                            seed));
                }
            }
        }
        return runs;
    }

    @Override
    public List<Map<String, Object>> run(RunSettings settings) throws Exception {
        byte[] text = text(settings.text("text"));
        int forTraining = text.length / 20 * 19;
        int minibatches = settings.whole("minibatches");
        MultiLayerNetwork network = network(
                settings.whole("depth"),
                settings.whole("parameters"),
                MinibatchTraining.falling(settings.number("rate"), minibatches),
                settings.whole("seed"));
        Random random = Nd4j.getRandomFactory().getNewRandomInstance(settings.whole("seed"));
        double sum = 0;
        int last = minibatches / 10;
        for (int i = 1; i <= minibatches; i++) {
            network.fit(segments(text, 0, forTraining, BATCH, random));
            sum += i > minibatches - last ? network.score() : 0;
        }
        DataSet test = segments(
                text,
                forTraining,
                text.length,
                TEST_SEGMENTS,
                Nd4j.getRandomFactory().getNewRandomInstance(7));
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("width", SequenceModel.width(network));
        row.put("trained", network.numParams());
        row.put("final_loss", bits(sum / last));
        row.put("test_bits", bits(network.score(test)));
        return List.of(row);
    }

    /** Bits of a character; Deeplearning4j's score is the sum over the steps of a sequence, in units of e. */
    private static double bits(double score) {
        return score / STEPS / Math.log(2);
    }

    private static MultiLayerNetwork network(int depth, long parameters, ISchedule rate, long seed) {
        int width = 8;
        while (Math.abs(parameters - count(depth, width + 8)) < Math.abs(parameters - count(depth, width))) {
            width += 8;
        }
        MultiLayerNetwork network = new MultiLayerNetwork(configuration(depth, width, new FusedAdam(rate), seed));
        network.init();
        return network;
    }

    private static long count(int depth, int width) {
        return configuration(depth, width, new FusedAdam(), 1).getConfs().stream()
                .mapToLong(conf -> conf.getLayer().initializer().numParams(conf))
                .sum();
    }

    private static MultiLayerConfiguration configuration(int depth, int width, FusedAdam updater, long seed) {
        return new NeuralNetConfiguration.Builder()
                .seed(seed)
                .updater(updater)
                .gradientNormalization(GradientNormalization.ClipL2PerLayer)
                .gradientNormalizationThreshold(1)
                .list()
                .layer(new RecurrentHighwayLayer.Builder()
                        .recurrenceDepth(depth)
                        .nOut(width)
                        .build())
                .layer(new RnnOutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(CHARACTERS)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.recurrent(CHARACTERS))
                .build();
    }

    /** One-hot characters at random places, and as labels those that follow. */
    private static DataSet segments(byte[] text, int from, int to, int count, Random random) {
        INDArray features = Nd4j.zeros(count, CHARACTERS, STEPS);
        INDArray labels = Nd4j.zeros(count, CHARACTERS, STEPS);
        for (int i = 0; i < count; i++) {
            int start = from + random.nextInt(to - from - STEPS);
            for (int t = 0; t < STEPS; t++) {
                features.putScalar(i, code(text[start + t]), t, 1);
                labels.putScalar(i, code(text[start + t + 1]), t, 1);
            }
        }
        return new DataSet(features, labels);
    }

    /**
     * 0 for white space, and for other printable characters of ASCII their code from 1 on; the last one for all others.
     */
    private static int code(byte character) {
        if (character == '\n' || character == '\t') {
            return 0;
        }
        return character >= ' ' && character < 127 ? character - ' ' : CHARACTERS - 1;
    }

    private static byte[] text(String name) throws IOException {
        if (name.equals("documents")) {
            StringBuilder documents = new StringBuilder();
            for (String file : List.of("auxiliary-losses", "deeplearning4j", "depth-report", "weka")) {
                documents.append(Files.readString(Path.of("docs", file + ".md")));
            }
            return documents.toString().getBytes(StandardCharsets.UTF_8);
        }
        if (!Files.exists(TEXT)) {
            throw new IOException("there is no " + TEXT + ": install Debian's package jargon-text.");
        }
        try (InputStream in = new GZIPInputStream(Files.newInputStream(TEXT))) {
            return in.readAllBytes();
        }
    }

    @Override
    public String table(ResultTable results) {
        List<List<String>> lines = new ArrayList<>();
        for (String depth : results.values("depth")) {
            ResultTable best = results.where("depth", depth).bestRate();
            lines.add(List.of(
                    depth,
                    best.values("width").get(0),
                    best.values("trained").get(0),
                    best.values("rate").get(0),
                    String.format(Locale.ROOT, "%.3f", best.mean("final_loss")),
                    best.bySeed("test_bits", "%.3f", 1),
                    String.format(Locale.ROOT, "%.0f", best.mean("seconds"))));
        }
        return ResultTable.markdown(
                List.of("recurrence depth", "width", "parameters", "rate", "training bits", "test bits", "seconds"),
                lines);
    }

    @Override
    public void draw(ResultTable results, Path folder) throws IOException {
        LineChart chart = new LineChart(
                "Depth within a time step, at equal parameters",
                "recurrence depth",
                "bits of a character",
                false,
                false);
        List<Double> depths =
                results.values("depth").stream().map(Double::valueOf).sorted().toList();
        for (String column : List.of("final_loss", "test_bits")) {
            chart.line(
                    column.equals("test_bits") ? "test" : "training",
                    depths,
                    depths.stream()
                            .map(depth -> results.where("depth", depth.intValue())
                                    .bestRate()
                                    .mean(column))
                            .toList());
        }
        chart.write(folder.resolve(name() + ".svg"));
    }
}
