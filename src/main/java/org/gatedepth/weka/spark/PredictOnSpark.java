package org.gatedepth.weka.spark;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.gatedepth.spark.Workers;
import org.gatedepth.weka.model.NetworkModel;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import weka.classifiers.functions.GatedNetwork;
import weka.core.Attribute;
import weka.core.Instances;
import weka.core.SerializationHelper;
import weka.core.Utils;

/**
 * The command that predicts the rows of files with a model of the classifier {@link GatedNetwork}, on a cluster of
 * Apache Spark.
 *
 * <pre>{@code
 * spark-submit --class org.gatedepth.weka.spark.PredictOnSpark gatedepth-weka.jar \
 *     --model hdfs://namenode/models/species/network.model --data 'hdfs://namenode/new/*.csv' \
 *     --output hdfs://namenode/predicted --format parquet
 * }</pre>
 *
 * <p>Its tables have the columns of the files, then {@code prediction}, and for a nominal class
 * {@code probability_<label>} for each label.
 */
@Command(
        name = "PredictOnSpark",
        sortOptions = false,
        description = "Predicts the rows of files with a model of Weka's classifier GatedNetwork.")
public final class PredictOnSpark extends SparkCommand {
    private static final String PREDICTION = "prediction";

    @Option(
            names = "--model",
            required = true,
            paramLabel = "<file>",
            description = "A model file, as TrainOnSpark or Weka writes it.")
    private String model = "";

    @Option(
            names = "--data",
            required = true,
            split = ",",
            paramLabel = "<files>",
            description = "Files of one table: paths or URIs, with * and other wildcards, ending with .csv, .parquet or"
                    + " .arff. They have the columns that the model was trained with, by name; the class may"
                    + " be left out.")
    private List<String> data = List.of();

    @Option(
            names = "--output",
            required = true,
            paramLabel = "<folder>",
            description = "Where the predicted rows go; it must not be there yet.")
    private String output = "";

    @Option(
            names = "--format",
            paramLabel = "<name>",
            defaultValue = "csv",
            description = "How they are written: csv (default) or parquet.")
    private String format = "csv";

    PredictOnSpark(PrintStream out) {
        super(out);
    }

    /** Runs the command, and ends the process with a status other than 0 if it fails. */
    public static void main(String[] arguments) {
        main(new PredictOnSpark(System.out), arguments);
    }

    @Override
    void check() {
        format = format.toLowerCase(Locale.ROOT);
        if (!format.equals("csv") && !format.equals("parquet")) {
            throw new IllegalArgumentException("--format must be csv or parquet, got " + format);
        }
    }

    @Override
    void run(SparkSession spark, Workers workers) throws Exception {
        Configuration hadoop = spark.sparkContext().hadoopConfiguration();
        NetworkModel network = read(new Path(model), hadoop);
        Instances header = network.header();
        for (int a = 0; a < header.numAttributes(); a++) {
            Attribute attribute = header.attribute(a);
            if (attribute.isRelationValued() || attribute.isString()) {
                throw new IllegalArgumentException("a model on Spark must read numbers, labels and dates, got the"
                        + " attribute '" + attribute.name() + "' of type " + Attribute.typeToString(attribute)
                        + ": predict with Weka");
            }
        }
        Source source = TableFiles.of(data, hadoop).open(spark, Set.of());
        RowReader reader = RowReader.byName(header, source.columns());
        Path place = new Path(output);
        Path unfinished = new Path(place.getParent(), "." + place.getName() + "-" + UUID.randomUUID());
        FileSystem files = place.getFileSystem(hadoop);
        if (files.exists(place)) {
            throw new IllegalArgumentException(
                    "--output must name a folder that is not there yet, got " + output + ": name another one");
        }
        Broadcast<NetworkModel> sent =
                JavaSparkContext.fromSparkContext(spark.sparkContext()).broadcast(network);
        try {
            JavaRDD<Row> rows = rows(source, new Predictor(sent, reader), header);
            StructType schema = schema(source.columns(), header);
            SparkSession own = spark.newSession();
            own.conf().set("spark.sql.caseSensitive", true);
            workers.run(() -> {
                own.createDataFrame(rows, schema)
                        .write()
                        .format(format)
                        .option("header", true)
                        .save(unfinished.toString());
                return schema;
            });
            if (!files.rename(unfinished, place)) {
                throw new IOException("the predicted rows cannot be moved to " + output);
            }
        } finally {
            sent.destroy();
            files.delete(unfinished, true);
        }
        say("The predicted rows are in " + place);
    }

    private static NetworkModel read(Path file, Configuration hadoop) throws Exception {
        Object object;
        try (InputStream in = file.getFileSystem(hadoop).open(file)) {
            object = SerializationHelper.read(in);
        } catch (IOException | IllegalArgumentException | ClassNotFoundException e) {
            throw new IllegalArgumentException("the model " + file + " cannot be read: " + e.getMessage(), e);
        }
        if (!(object instanceof GatedNetwork network)) {
            throw new IllegalArgumentException("the model must be one of GatedNetwork, got one of "
                    + object.getClass().getName() + " in " + file);
        }
        return network.built().network();
    }

    private static StructType schema(List<SourceColumn> columns, Instances header) {
        StructType schema = new StructType();
        for (SourceColumn column : columns) {
            boolean number = column.type() == SourceColumn.Type.NUMBER;
            schema = schema.add(
                    column.name(),
                    number
                            ? DataTypes.DoubleType
                            : column.type() == SourceColumn.Type.DATE ? DataTypes.TimestampType : DataTypes.StringType);
        }
        boolean nominal = header.classAttribute().isNominal();
        StructType all = schema.add(PREDICTION, nominal ? DataTypes.StringType : DataTypes.DoubleType);
        for (int label = 0; nominal && label < header.numClasses(); label++) {
            all = all.add("probability_" + header.classAttribute().value(label), DataTypes.DoubleType);
        }
        List<String> names = List.of(all.fieldNames());
        for (SourceColumn column : columns) {
            if (names.indexOf(column.name()) != names.lastIndexOf(column.name())) {
                throw new IllegalArgumentException(
                        "the table must not have a column of the name that a prediction gets," + " got '"
                                + column.name() + "': rename it, or leave it out");
            }
        }
        return all;
    }

    private static JavaRDD<Row> rows(Source source, Predictor predictor, Instances header) {
        boolean[] dates = new boolean[source.columns().size()];
        for (int c = 0; c < dates.length; c++) {
            dates[c] = source.columns().get(c).type() == SourceColumn.Type.DATE;
        }
        return source.rows().mapPartitions(part -> rows(predictor.predict(part), dates, header.classAttribute()));
    }

    private static Iterator<Row> rows(Iterator<Predictor.Predicted> predicted, boolean[] dates, Attribute ofClass) {
        return new Ahead<>() {
            @Override
            @Nullable
            Row find() {
                return predicted.hasNext() ? row(predicted.next(), dates, ofClass) : null;
            }
        };
    }

    private static Row row(Predictor.Predicted predicted, boolean[] dates, Attribute ofClass) {
        List<@Nullable Object> values = new ArrayList<>();
        for (int c = 0; c < dates.length; c++) {
            Object cell = predicted.row().cells()[c];
            values.add(dates[c] && cell != null ? new java.sql.Timestamp(((Double) cell).longValue()) : cell);
        }
        double[] prediction = predicted.prediction();
        values.add(ofClass.isNominal() ? ofClass.value(Utils.maxIndex(prediction)) : (Object) prediction[0]);
        for (int label = 0; ofClass.isNominal() && label < prediction.length; label++) {
            values.add(prediction[label]);
        }
        return RowFactory.create(values.toArray());
    }
}
