package org.gatedepth.weka.spark;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.io.Serializable;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.gatedepth.spark.Round;
import org.gatedepth.spark.SparkRun;
import org.gatedepth.spark.SparkTrainer;
import org.gatedepth.spark.Workers;
import org.gatedepth.weka.model.NetworkModel;
import org.gatedepth.weka.model.TrainedModel;
import org.gatedepth.weka.options.NetworkOptions;
import org.gatedepth.weka.progress.TrainingProgress;
import org.gatedepth.weka.training.SampledRun;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import weka.classifiers.functions.GatedNetwork;
import weka.core.Capabilities;
import weka.core.Instances;
import weka.core.SerializationHelper;
import weka.core.Utils;

/** One training of the classifier: survey, network, rounds, evaluation, results. */
final class Training {
    private static final String MODEL = "network.model";
    private static final String ZIP = "network.zip";
    private static final String EVALUATION = "evaluation.txt";
    private static final String REPORT = "depth-report.txt";

    /** The files of the results. */
    static final String[] RESULTS = {MODEL, ZIP, EVALUATION, REPORT};

    private static final String PREPARATION = "preparation.bin";

    private final Workers workers;
    private final Source source;
    private final Survey.Plan plan;
    private final GatedNetwork classifier;
    private final int steps;
    private final Consumer<String> lines;

    /**
     * What was found before the first round, so that a run that goes on finds the same.
     *
     * @param command what it depends on
     * @param table the table
     * @param choice what was chosen
     */
    private record Preparation(String command, Table table, SampledRun.Choice choice) implements Serializable {

        private static final long serialVersionUID = 1L;
    }

    /**
     * A training that is to be run.
     *
     * @param plan what becomes of the rows
     * @param classifier has the options, and is to have the model
     * @param steps of a round
     * @param lines hears how it goes on
     */
    Training(
            Workers workers,
            Source source,
            Survey.Plan plan,
            GatedNetwork classifier,
            int steps,
            Consumer<String> lines) {
        this.workers = workers;
        this.source = source;
        this.plan = plan;
        this.classifier = classifier;
        this.steps = steps;
        this.lines = lines;
    }

    /**
     * Trains, evaluates, and writes the results.
     *
     * @param state where to keep what is needed to go on; null for nowhere
     * @param files the files, in words
     * @param results where the results go
     * @return what was found, in words
     */
    String run(@Nullable ResultFolder state, String files, ResultFolder results) throws Exception {
        Preparation before = before(state, files);
        Table table = before == null ? survey() : before.table;
        describe(table);
        SampledRun run = prepared(table, before);
        if (before == null && state != null) {
            state.writeObject(PREPARATION, new Preparation(command(files), table, run.choice()));
        }
        SampledRun.Trained trained = train(table, run, state);
        TrainedModel model = run.finish(trained, table.measured(), table.heldOutRows());
        classifier.adopt(model);
        String evaluation = evaluation(table, model.network());
        String report = model.report().text();
        byte[] zip = model.network().zip();
        Map<String, ResultFolder.Content> contents = new LinkedHashMap<>();
        contents.put(EVALUATION, out -> out.write(evaluation.getBytes(UTF_8)));
        contents.put(REPORT, out -> out.write(report.getBytes(UTF_8)));
        contents.put(ZIP, out -> out.write(zip));
        contents.put(MODEL, out -> write(table.header(), out));
        results.writeAll(contents);
        return model.summary().describe() + "\n" + evaluation + "\n" + report;
    }

    /** As Weka writes a model. */
    private void write(Instances header, OutputStream out) throws IOException {
        try {
            SerializationHelper.writeAll(out, new Object[] {classifier, header});
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** What the same command has found before; null if it is the first time. */
    private @Nullable Preparation before(@Nullable ResultFolder state, String files) {
        if (state == null) {
            return null;
        }
        state.claim();
        if (!state.has(PREPARATION)) {
            return null;
        }
        Preparation before = state.readObject(PREPARATION, Preparation.class);
        if (!before.command.equals(command(files))) {
            throw new IllegalArgumentException("checkpoints must be those of the same command, got in " + state
                    + " those of (" + before.command + ") for (" + command(files)
                    + "): name another folder, or give the files and options that the run began with");
        }
        return before;
    }

    private String command(String files) {
        return files + "; class " + plan.columns().get(plan.classIndex()).name() + ", "
                + String.format(Locale.ROOT, "%.4f held out", plan.lots().heldOut()) + ", " + plan.partitions()
                + " partitions, " + steps + " steps, sample of " + plan.sample() + "; "
                + Utils.joinOptions(classifier.getOptions()).strip();
    }

    private Table survey() {
        lines.accept("Reading the rows for their ranges, labels and quantiles");
        return Table.survey(workers, source, plan);
    }

    private void describe(Table table) {
        lines.accept(String.format(
                Locale.ROOT,
                "%,d rows to train on, %,d for validation, %,d held out%s",
                table.sample().count(),
                Arrays.stream(table.validationRows()).sum(),
                table.heldOutRows(),
                table.leftOut() == 0 ? "" : String.format(Locale.ROOT, ", %,d without a class", table.leftOut())));
        if (!table.unseen().isEmpty()) {
            lines.accept("No training row has the class " + String.join(", ", table.unseen())
                    + ", so the held-out and validation rows of it cannot be predicted right");
        }
    }

    private SampledRun prepared(Table table, @Nullable Preparation before) throws Exception {
        NetworkOptions options = optionsOfSample();
        TrainingProgress pilots = new TrainingProgress() {
            @Override
            public void choosing(int run, String setting) {
                lines.accept("Pilot run " + run + " on a part of the sample, " + setting);
            }

            @Override
            public void begun(int epochs) {}

            @Override
            public void within(int epoch, double part) {}

            @Override
            public void epoch(int epoch, double loss, @Nullable Double validationLoss, Details details) {}

            @Override
            public void ended(boolean finished) {}
        };
        Capabilities capabilities = classifier.getCapabilities();
        return before == null
                ? SampledRun.start(options, capabilities, table.sample(), pilots)
                : SampledRun.again(options, capabilities, table.sample(), pilots, before.choice);
    }

    /** The rows for validation have been taken out of the sample already. */
    private NetworkOptions optionsOfSample() {
        double validation = classifier.getValidation();
        classifier.setValidation(0);
        try {
            return classifier.checkedOptions();
        } finally {
            classifier.setValidation(validation);
        }
    }

    private SampledRun.Trained train(Table table, SampledRun run, @Nullable ResultFolder state) {
        NetworkOptions options = classifier.checkedOptions();
        SampledRun.Choice choice = run.choice();
        RowWeights weights = table.weights(options.inputs().classWeights());
        Minibatches minibatches = new Minibatches(
                plan,
                RowReader.of(table.header()),
                weights,
                run.examples(table.equalWeights() && weights.areEqual()),
                options.miniBatch());
        JavaRDD<RawRow> rows = source.rows();
        JavaRDD<MultiDataSet> training = minibatches.of(
                rows,
                Lots.Kind.TRAINING,
                table.trainingRows(),
                choice.regularisation().mixup());
        long validationRows = Arrays.stream(table.validationRows()).sum();
        JavaRDD<MultiDataSet> validation =
                validationRows == 0 ? null : minibatches.of(rows, Lots.Kind.VALIDATION, table.validationRows(), 0);
        long largest =
                minibatches.count(Arrays.stream(table.trainingRows()).max().orElseThrow());
        int ofEpoch = Math.toIntExact((largest + steps - 1) / steps);
        Rounds rounds = new Rounds(lines, ofEpoch, choice.epochs(), choice.members());
        SparkTrainer.Builder trainer = new SparkTrainer.Builder()
                .rounds(rounds.all())
                .stepsPerRound(steps)
                .onRound(rounds);
        Integer patience = options.patience();
        if (patience != null && validation != null) {
            trainer.patience(Math.multiplyExact(patience, ofEpoch));
        }
        ComputationGraph network = run.network();
        SparkRun done = state == null
                ? trainer.build().fit(network, training, validation)
                : trainer.checkpoints(state.toString()).build().resume(network, training, validation);
        List<Round> all = done.rounds();
        return new SampledRun.Trained(
                network,
                rounds.losses(all),
                rounds.epoch(done.bestRound()),
                all.stream().mapToDouble(Round::seconds).sum(),
                rounds.validation(all.get(done.bestRound() - 1)),
                validationRows);
    }

    private String evaluation(Table table, NetworkModel model) {
        if (table.heldOutRows() == 0) {
            return "No rows were held out.\n";
        }
        JavaRDD<RawRow> rows = source.rows();
        Broadcast<NetworkModel> sent =
                JavaSparkContext.fromSparkContext(rows.context()).broadcast(model);
        try {
            return new Predictor(sent, RowReader.of(table.header()))
                    .evaluate(workers, rows, plan)
                    .describe();
        } finally {
            sent.destroy();
        }
    }
}
