package org.gatedepth.studies;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.gatedepth.block.Connection;
import org.gatedepth.dl4j.AuxiliaryOutputLayer;
import org.gatedepth.dl4j.FusedAdam;
import org.gatedepth.dl4j.TemporalStack;
import org.gatedepth.loss.Loss;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * Easier targets at lower layers (Søgaard and Goldberg 2016, <i>Deep multi-task learning with low level tasks
 * supervised at lower layers</i>): entity tags at the top of a net, parts of speech after its lowest, middle or last
 * block.
 *
 * <p>GUM (see {@link TaggedText}); six highway convolutions over the sentence, not causal, 64 features, dropout; 10
 * epochs of all documents, 14 of 30 % and 40 of 10 %, Adam, the rate falling to zero, minibatches of 32 sentences. What
 * is measured is F1 over the tokens that are, or are taken for, part of an entity, and F1 over whole spans of the right
 * type.
 */
final class EasierTargets implements Study {
    private static final int BLOCKS = 6;
    private static final int WIDTH = 64;
    private static final int BATCH = 32;
    private static final int[] DILATIONS = {1, 1, 2, 2, 4, 4};
    private static final String NONE = "O";

    public static void main(String[] arguments) throws Exception {
        StudyRunner.main(new EasierTargets(), arguments);
    }

    @Override
    public String name() {
        return "easier-targets";
    }

    @Override
    public List<RunSettings> runs(boolean quick) {
        List<RunSettings> runs = new ArrayList<>();
        for (double share : quick ? new double[] {.1} : new double[] {.1, .3, 1}) {
            for (int seed = 1; seed <= (quick ? 1 : 5); seed++) {
                for (double weight : quick ? new double[] {0, .3} : new double[] {0, .1, .3, 1}) {
                    for (int block : weight == 0 ? new int[] {0} : quick ? new int[] {1} : new int[] {1, 3, BLOCKS}) {
                        int epochs = quick ? 4 : (int) Math.max(10, Math.ceil(4 / share));
                        runs.add(RunSettings.of(
                                share * epochs,
                                "share",
                                share,
                                "block",
                                block,
                                "weight",
                                weight,
                                "epochs",
                                epochs,
                                "rate",
                                2e-3,
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
        int seed = settings.whole("seed");
        int epochs = settings.whole("epochs");
        TaggedText text = new TaggedText(settings.number("share"), seed);
        Random random = new Random(seed);
        int each = text.minibatches(BATCH, random).size();
        ComputationGraph network = new ComputationGraph(configuration(
                text,
                settings.whole("block"),
                settings.number("weight"),
                MinibatchTraining.falling(settings.number("rate"), each * epochs),
                seed));
        network.init();
        double sum = 0;
        for (int epoch = 0; epoch < epochs; epoch++) {
            sum = 0;
            for (List<List<TaggedText.Token>> minibatch : text.minibatches(BATCH, random)) {
                MultiDataSet arrays = text.arrays(minibatch);
                network.fit(settings.whole("block") == 0 ? withoutParts(arrays) : arrays);
                sum += network.score();
            }
        }
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("final_loss", sum / each);
        row.putAll(figures(network, text));
        return List.of(row);
    }

    private static MultiDataSet withoutParts(MultiDataSet arrays) {
        return new MultiDataSet(
                arrays.getFeatures(),
                new INDArray[] {arrays.getLabels(0)},
                arrays.getFeaturesMaskArrays(),
                new INDArray[] {arrays.getLabelsMaskArray(0)});
    }

    /** The network; {@code block} 0 for one without the auxiliary target. */
    private static ComputationGraphConfiguration configuration(
            TaggedText text, int block, double weight, ISchedule rate, long seed) {
        ComputationGraphConfiguration.GraphBuilder graph = new NeuralNetConfiguration.Builder()
                .seed(seed)
                .updater(new FusedAdam(rate))
                .graphBuilder()
                .addInputs("word", "ending", "shape")
                .addLayer("words", embedding(text.words(), 48), "word")
                .addLayer("endings", embedding(text.endings(), 16), "ending")
                .addVertex("token", new MergeVertex(), "words", "endings", "shape");
        String below = "token";
        int first = 0;
        for (int last : block == 0 || block == BLOCKS ? new int[] {BLOCKS} : new int[] {block, BLOCKS}) {
            int[] dilations = Arrays.copyOfRange(DILATIONS, first, last);
            String name = "blocks" + last;
            graph.addLayer(
                    name,
                    new TemporalStack.Builder()
                            .connection(Connection.HIGHWAY)
                            .depth(dilations.length)
                            .dilations(dilations)
                            .causal(false)
                            .transformGateBias(-1)
                            .dropOut(.7)
                            .nOut(WIDTH)
                            .build(),
                    below);
            below = name;
            first = last;
        }
        graph.addLayer(
                "entity",
                new RnnOutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(text.entities().size())
                        .activation(Activation.SOFTMAX)
                        .build(),
                below);
        if (block > 0) {
            graph.addLayer(
                    "part",
                    new AuxiliaryOutputLayer.Builder(Loss.softmaxCrossEntropy())
                            .nOut(text.parts().size())
                            .weight(weight)
                            .build(),
                    "blocks" + block);
        }
        return graph.setOutputs(block > 0 ? new String[] {"entity", "part"} : new String[] {"entity"})
                // Deeplearning4j takes the number of indices of an embedding from its input type.
                .setInputTypes(
                        InputType.recurrent(text.words()),
                        InputType.recurrent(text.endings()),
                        InputType.recurrent(TaggedText.SHAPE))
                .build();
    }

    private static EmbeddingSequenceLayer embedding(int indices, int size) {
        return new EmbeddingSequenceLayer.Builder().nIn(indices).nOut(size).build();
    }

    private static Map<String, Object> figures(ComputationGraph network, TaggedText text) {
        Score tokens = new Score();
        Score spans = new Score();
        List<String> names = text.entities();
        for (int from = 0; from < text.test().size(); from += BATCH) {
            List<List<TaggedText.Token>> sentences =
                    text.test().subList(from, Math.min(text.test().size(), from + BATCH));
            MultiDataSet arrays = text.arrays(sentences);
            INDArray output = network.output(false, arrays.getFeatures(), arrays.getFeaturesMaskArrays(), null)[0];
            for (int i = 0; i < sentences.size(); i++) {
                List<String> right =
                        sentences.get(i).stream().map(TaggedText.Token::entity).toList();
                int[] best = output.get(
                                NDArrayIndex.point(i), NDArrayIndex.all(), NDArrayIndex.interval(0, right.size()))
                        .argMax(0)
                        .toIntVector();
                List<String> found = Arrays.stream(best).mapToObj(names::get).toList();
                tokens.add(entityTokens(right), entityTokens(found));
                spans.add(spans(right), spans(found));
            }
        }
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("span_f1", spans.f1());
        figures.put("token_f1", tokens.f1());
        return figures;
    }

    /** Counts for F1, the harmonic mean of precision and recall. */
    private static final class Score {
        private int right;
        private int expected;
        private int found;

        void add(Set<String> expectedOnes, Set<String> foundOnes) {
            expected += expectedOnes.size();
            found += foundOnes.size();
            right += (int) foundOnes.stream().filter(expectedOnes::contains).count();
        }

        double f1() {
            return expected + found == 0 ? 0 : 2.0 * right / (expected + found);
        }
    }

    /** Place and tag of each token that is part of an entity. */
    private static Set<String> entityTokens(List<String> tags) {
        Set<String> tokens = new HashSet<>();
        for (int t = 0; t < tags.size(); t++) {
            if (!tags.get(t).equals(NONE)) {
                tokens.add(t + " " + tags.get(t));
            }
        }
        return tokens;
    }

    /** Place and type of each span: it begins at B, or at I after another type or no entity. */
    private static Set<String> spans(List<String> tags) {
        Set<String> spans = new HashSet<>();
        int start = 0;
        String type = "";
        for (int t = 0; t <= tags.size(); t++) {
            String tag = t < tags.size() ? tags.get(t) : NONE;
            boolean goesOn = tag.equals("I-" + type);
            if (!goesOn) {
                if (!type.isEmpty()) {
                    spans.add(start + " " + t + " " + type);
                }
                start = t;
                type = tag.equals(NONE) ? "" : tag.substring(2);
            }
        }
        return spans;
    }

    @Override
    public String table(ResultTable results) {
        List<List<String>> lines = new ArrayList<>();
        for (String share : results.values("share")) {
            for (String block : results.values("block").stream().sorted().toList()) {
                for (String weight : results.where("block", block).values("weight").stream()
                        .sorted()
                        .toList()) {
                    ResultTable those =
                            results.where("share", share).where("block", block).where("weight", weight);
                    if (!those.isEmpty()) {
                        lines.add(List.of(
                                String.format(Locale.ROOT, "%.0f %%", 100 * Double.parseDouble(share)),
                                block.equals("0") ? "none" : "after block " + block,
                                weight,
                                spread(those.numbers("token_f1")),
                                spread(those.numbers("span_f1"))));
                    }
                }
            }
        }
        return ResultTable.markdown(List.of("documents", "parts of speech", "weight", "token F1", "span F1"), lines);
    }

    /** Mean and standard deviation; of one value itself. */
    private static String spread(List<Double> values) {
        double mean = values.stream().mapToDouble(v -> v).average().orElse(Double.NaN);
        if (values.size() == 1) {
            return String.format(Locale.ROOT, "%.3f", mean);
        }
        double squares =
                values.stream().mapToDouble(v -> (v - mean) * (v - mean)).sum();
        return String.format(Locale.ROOT, "%.3f ± %.3f", mean, Math.sqrt(squares / (values.size() - 1)));
    }

    @Override
    public void draw(ResultTable results, Path folder) throws IOException {
        LineChart chart = new LineChart(
                "Entity tags with parts of speech below", "weight of the auxiliary loss", "span F1", false, false);
        for (String share : results.values("share")) {
            ResultTable of = results.where("share", share);
            double none = of.where("block", "0").mean("span_f1");
            for (String block : of.values("block").stream()
                    .filter(b -> !b.equals("0"))
                    .sorted()
                    .toList()) {
                List<Double> weights = new ArrayList<>(List.of(0.0));
                List<Double> figures = new ArrayList<>(List.of(none));
                of.where("block", block).values("weight").stream().sorted().forEach(weight -> {
                    weights.add(Double.valueOf(weight));
                    figures.add(of.where("block", block).where("weight", weight).mean("span_f1"));
                });
                chart.line(
                        String.format(Locale.ROOT, "block %s, %.0f %%", block, 100 * Double.parseDouble(share)),
                        weights,
                        figures);
            }
        }
        chart.write(folder.resolve(name() + ".svg"));
    }
}
