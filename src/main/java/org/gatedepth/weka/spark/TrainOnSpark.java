package org.gatedepth.weka.spark;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.gatedepth.spark.Workers;
import org.gatedepth.weka.host.Platform;
import org.gatedepth.weka.options.NetworkOptions;
import org.gatedepth.weka.sequence.SequenceOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Unmatched;
import weka.classifiers.functions.GatedNetwork;
import weka.core.Utils;

/**
 * The command that trains the classifier {@link GatedNetwork} on tables of files, on a cluster of Apache Spark.
 *
 * <pre>{@code
 * spark-submit --class org.gatedepth.weka.spark.TrainOnSpark gatedepth-weka.jar \
 *     --data 'hdfs://namenode/rows/*.csv' --class species --output hdfs://namenode/models/species -depth 10
 * }</pre>
 *
 * <p>Options with two hyphens are its own, those with one are the classifier's. It leaves four files in the folder of
 * {@code --output}: {@code network.model}, which Weka opens; {@code network.zip}, which Deeplearning4j opens;
 * {@code evaluation.txt}; and {@code depth-report.txt}.
 */
@Command(
        name = "TrainOnSpark",
        sortOptions = false,
        description = "Trains Weka's classifier GatedNetwork on tables of files.",
        footer = {
            "",
            "All other options are those of the classifier, with their own names and defaults: -depth, -width,"
                    + " -epochs, -mini-batch, -validation and the others that its help lists."
        })
public final class TrainOnSpark extends SparkCommand {

    /** How Weka's sentence about options that nobody knows begins. */
    private static final String UNKNOWN = "Illegal options:";

    @Option(
            names = "--data",
            required = true,
            split = ",",
            paramLabel = "<files>",
            description = "Files of one table: paths or URIs, with * and other wildcards, ending with .csv, .parquet or"
                    + " .arff. A CSV file begins with the names of its columns.")
    private List<String> data = List.of();

    @Option(
            names = "--class",
            paramLabel = "<column>",
            defaultValue = "last",
            description = "The column that is predicted: its name, its number from 1, first, or last (default).")
    private String classColumn = "last";

    @Option(
            names = "--nominal",
            split = ",",
            paramLabel = "<columns>",
            description =
                    "Columns of CSV and Parquet whose numbers are labels, by name. A column with a text that is no"
                            + " number has labels anyway.")
    private List<String> nominal = List.of();

    @Option(
            names = "--hold-out",
            paramLabel = "<percent>",
            defaultValue = "20",
            description = "The percentage of rows, chosen by the seed -S, that are not trained on and evaluate the"
                    + " model (default 20).")
    private double holdOut = 20;

    @Option(
            names = "--output",
            required = true,
            paramLabel = "<folder>",
            description = "Where the model and its evaluation go; it must not hold results of an earlier run.")
    private String output = "";

    @Option(
            names = "--checkpoints",
            paramLabel = "<folder>",
            description = "Where a checkpoint goes after each round. The same command goes on from the last one.")
    private @Nullable String checkpoints;

    @Option(
            names = "--steps",
            paramLabel = "<count>",
            defaultValue = "10",
            description = "How many minibatches each partition trains on between two averages (default 10).")
    private int steps = 10;

    @Option(
            names = "--partitions",
            paramLabel = "<count>",
            defaultValue = "0",
            description = "How many copies of the network are trained, or 0 for the cores of the cluster (default 0).")
    private int partitions;

    @Option(
            names = "--sample",
            paramLabel = "<rows>",
            defaultValue = "100000",
            description = "How many training rows the driver holds for quantiles and pilot runs (default 100000).")
    private int sample = 100_000;

    @Unmatched
    private List<String> rest = new ArrayList<>();

    private final GatedNetwork classifier = new GatedNetwork();

    TrainOnSpark(PrintStream out) {
        super(out);
    }

    /** Runs the command, and ends the process with a status other than 0 if it fails. */
    public static void main(String[] arguments) {
        main(new TrainOnSpark(System.out), arguments);
    }

    @Override
    void check() throws Exception {
        require(holdOut >= 0 && holdOut <= 90, "--hold-out must be a percentage from 0 to 90, got " + holdOut);
        require(steps >= 1, "--steps must be at least 1, got " + steps);
        require(partitions >= 0, "--partitions must be at least 0, got " + partitions);
        require(sample >= 100, "--sample must be at least 100, got " + sample);
        setOptions(rest.toArray(String[]::new));
        NetworkOptions checked = classifier.checkedOptions();
        require(
                !checked.resume(),
                "-resume keeps what Weka needs to train on, which a cluster does not have: leave it out, and name"
                        + " --checkpoints to go on after a stop");
        require(
                checked.stream() == null && checked.workersOrOne() == 1,
                "-stream and -workers are for one machine: leave them out, and name --data and --partitions");
        require(
                checked.sequences().equals(SequenceOptions.DEFAULT),
                "options of sequences are for tables with bags, texts and series, which TrainOnSpark does not read:"
                        + " leave them out, or train on one machine");
    }

    private void setOptions(String[] options) throws Exception {
        try {
            classifier.setOptions(options);
            Utils.checkForRemainingOptions(options);
        } catch (Exception e) {
            String message = String.valueOf(e.getMessage());
            if (!message.startsWith(UNKNOWN)) {
                throw e;
            }
            throw new IllegalArgumentException(
                    "options must be those of TrainOnSpark (--help) or of the classifier, got "
                            + message.substring(UNKNOWN.length()).strip(),
                    e);
        }
    }

    private static void require(boolean holds, String sentence) {
        if (!holds) {
            throw new IllegalArgumentException(sentence);
        }
    }

    @Override
    void run(SparkSession spark, Workers workers) throws Exception {
        Configuration hadoop = spark.sparkContext().hadoopConfiguration();
        TableFiles files = TableFiles.of(data, hadoop);
        Set<String> labels = new LinkedHashSet<>(nominal);
        Source source = files.open(spark, labels);
        List<SourceColumn> columns = source.columns();
        nominal.forEach(name -> column("--nominal", name, columns));
        ResultFolder results = new ResultFolder(output, hadoop);
        results.claim(Training.RESULTS);
        NetworkOptions options = classifier.checkedOptions();
        Lots lots = new Lots(options.seed(), holdOut / 100, options.validation() / 100);
        int parts = partitions > 0 ? partitions : spark.sparkContext().defaultParallelism();
        Survey.Plan plan = new Survey.Plan(columns, column("--class", classColumn, columns), lots, parts, sample, 1);
        Training training = new Training(workers, source, plan, classifier, steps, this::say);
        Platform.run("Training", Platform.nativeThreads(options.threads(), classifier.getWidth()), () -> {
            ResultFolder state = checkpoints == null ? null : new ResultFolder(checkpoints, hadoop);
            print(training.run(state, files.describe(), results));
            return null;
        });
        say("The results are in " + results);
    }
}
