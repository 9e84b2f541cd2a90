package org.gatedepth.studies;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.rng.Random;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** A study that compares the {@link SequenceModel}s on a task, at equal numbers of parameters. */
abstract class SequenceComparison implements Study {
    /** Points of the course of a run. */
    private static final int POINTS = 10;

    private static final int BATCH = 32;

    private final String title;
    private final String figure;

    /**
     * A comparison.
     *
     * @param title of its picture
     * @param figure what is measured on other sequences, such as "squared error"
     */
    SequenceComparison(String title, String figure) {
        this.title = title;
        this.figure = figure;
    }

    /** What is to be learned. */
    abstract SequenceModel.Task task(RunSettings settings);

    /** A source of minibatches of so many sequences, for training or for testing. */
    abstract Source source(RunSettings settings, boolean test) throws IOException;

    /** What is measured on sequences that were not trained on. */
    abstract double measure(MultiLayerNetwork network, DataSet test);

    /** Gives minibatches. */
    @FunctionalInterface
    interface Source {
        /** The next sequences, drawn with the generator. */
        DataSet next(int sequences, Random random);
    }

    /**
     * The networks of a form; the quick one, which is in the build, leaves out Deeplearning4j's LSTM, which is slow.
     */
    static List<SequenceModel> models(boolean quick) {
        return Arrays.stream(SequenceModel.values())
                .filter(model -> !quick || model != SequenceModel.LSTM)
                .toList();
    }

    /** The settings of a run. */
    static RunSettings settings(
            double cost,
            int steps,
            String variant,
            SequenceModel model,
            long parameters,
            double rate,
            int minibatches,
            int seed) {
        return RunSettings.of(
                cost,
                "steps",
                steps,
                "variant",
                variant,
                "model",
                model,
                "parameters",
                parameters,
                "rate",
                rate,
                "minibatches",
                minibatches,
                "seed",
                seed);
    }

    @Override
    public final List<Map<String, Object>> run(RunSettings settings) throws Exception {
        int minibatches = settings.whole("minibatches");
        MultiLayerNetwork network = SequenceModel.valueOf(settings.text("model"))
                .network(
                        task(settings),
                        settings.whole("parameters"),
                        MinibatchTraining.falling(settings.number("rate"), minibatches),
                        settings.whole("seed"));
        Random random = Nd4j.getRandomFactory().getNewRandomInstance(settings.whole("seed"));
        Source training = source(settings, false);
        DataSet test = source(settings, true)
                .next(testSequences(), Nd4j.getRandomFactory().getNewRandomInstance(7));
        List<Map<String, Object>> course = new ArrayList<>();
        double sum = 0;
        int every = Math.max(1, minibatches / POINTS);
        for (int i = 1; i <= minibatches; i++) {
            network.fit(training.next(BATCH, random));
            sum += network.score();
            if (i % every == 0 || i == minibatches) {
                Map<String, Object> row = new LinkedHashMap<>();
                row.put("width", SequenceModel.width(network));
                row.put("trained", network.numParams());
                row.put("after", i);
                row.put("final_loss", sum / ((i - 1) % every + 1));
                row.put("figure", measure(network, test));
                course.add(row);
                sum = 0;
            }
        }
        return course;
    }

    /** Number of sequences to test on. */
    int testSequences() {
        return 200;
    }

    /** The last row of each run. */
    private static ResultTable ends(ResultTable results) {
        return results.where(row -> row.get("after").equals(row.get("minibatches")));
    }

    /** The runs of a model with the rate that gave the least training loss. */
    private static ResultTable best(ResultTable ends, String model) {
        return ends.where("model", model).bestRate();
    }

    @Override
    public String table(ResultTable results) {
        List<List<String>> lines = new ArrayList<>();
        ResultTable ends = ends(results);
        for (String steps : ends.values("steps")) {
            for (String variant : ends.where("steps", steps).values("variant")) {
                ResultTable those = ends.where("steps", steps).where("variant", variant);
                for (String model : those.values("model")) {
                    ResultTable best = best(those, model);
                    lines.add(List.of(
                            variant + ", " + steps + " steps",
                            model.toLowerCase(Locale.ROOT).replace('_', ' '),
                            best.values("trained").get(0),
                            best.values("width").get(0),
                            best.values("rate").get(0),
                            best.values("minibatches").get(0),
                            best.bySeed("figure", "%.3g", 1),
                            String.format(Locale.ROOT, "%.0f", best.mean("seconds"))));
                }
            }
        }
        return ResultTable.markdown(
                List.of("task", "network", "parameters", "width", "rate", "minibatches", figure, "seconds"), lines);
    }

    @Override
    public void draw(ResultTable results, Path folder) throws IOException {
        LineChart chart = new LineChart(title, "minibatches of " + BATCH + " sequences", figure, false, true);
        ResultTable ends = ends(results);
        for (String steps : ends.values("steps")) {
            for (String variant : ends.where("steps", steps).values("variant")) {
                ResultTable those = ends.where("steps", steps).where("variant", variant);
                for (String model : those.values("model")) {
                    ResultTable best = best(those, model);
                    ResultTable course = results.where("steps", steps)
                            .where("variant", variant)
                            .where("model", model)
                            .where("rate", best.values("rate").get(0))
                            .where("seed", best.values("seed").get(0));
                    chart.line(
                            model.toLowerCase(Locale.ROOT).replace('_', ' ') + ", " + steps + " steps, " + variant,
                            course.numbers("after"),
                            course.numbers("figure"));
                }
            }
        }
        chart.write(folder.resolve(name() + ".svg"));
    }
}
