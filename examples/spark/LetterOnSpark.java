import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.dl4j.GatedStack;
import org.gatedepth.spark.Round;
import org.gatedepth.spark.SparkRun;
import org.gatedepth.spark.SparkTrainer;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/**
 * Trains four highway blocks on letter.arff on a cluster. Arguments: the table, a folder for checkpoints, and the file
 * for the network. cluster.sh runs it; spark-submit runs it on a cluster of your own.
 */
public class LetterOnSpark {
    private static final int INPUTS = 16;
    private static final int CLASSES = 26;
    private static final int MINIBATCH = 128;
    private static final int CORES = 2;

    /** Trains on four rows of five, prints each round, and then the accuracy on the others. */
    public static void main(String[] arguments) throws IOException {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Adam(0.005))
                .list()
                .layer(new GatedStack.Builder().depth(4).nOut(64).build())
                .layer(new OutputLayer.Builder()
                        .nOut(CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.feedForward(INPUTS))
                .build());
        network.init();

        try (JavaSparkContext spark = new JavaSparkContext(new SparkConf().setAppName("letter"))) {
            JavaRDD<String> rows = spark.textFile(arguments[0], CORES).filter(line -> line.matches("\\d.*"));
            JavaRDD<MultiDataSet> training =
                    rows.filter(row -> !isForTest(row)).mapPartitions(LetterOnSpark::minibatches);
            JavaRDD<MultiDataSet> test = rows.filter(row -> isForTest(row)).mapPartitions(LetterOnSpark::minibatches);

            SparkRun run = new SparkTrainer.Builder()
                    .rounds(60)
                    .stepsPerRound(21)
                    .checkpoints(arguments[1])
                    .onRound(round -> System.out.printf(
                            "round %d: loss %.4f, %.2f s%n", round.number(), round.trainingLoss(), round.seconds()))
                    .build()
                    .resume(network, training, null); // from the newest checkpoint, or from the start

            System.out.printf(
                    "half of the rounds took less than %.3f s, and their steps less than %.3f s%n",
                    median(run, Round::seconds), median(run, Round::slowestSeconds));
            Evaluation evaluation = new Evaluation(CLASSES);
            for (MultiDataSet minibatch : test.collect()) {
                evaluation.eval(minibatch.getLabels(0), network.output(minibatch.getFeatures(0)));
            }
            System.out.printf(
                    "accuracy %.3f on %d rows that it has not seen%n",
                    evaluation.accuracy(), evaluation.getNumRowCounter());
        }
        network.save(new File(arguments[2]));
    }

    private static double median(SparkRun run, ToDoubleFunction<Round> seconds) {
        double[] sorted = run.rounds().stream().mapToDouble(seconds).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    private static boolean isForTest(String row) {
        return Math.floorMod(row.hashCode(), 5) == 0;
    }

    /** The rows of a partition: 16 numbers from 0 to 15, and a letter in quotes. */
    private static Iterator<MultiDataSet> minibatches(Iterator<String> rows) {
        List<MultiDataSet> all = new ArrayList<>();
        while (rows.hasNext()) {
            List<String[]> some = new ArrayList<>();
            while (rows.hasNext() && some.size() < MINIBATCH) {
                some.add(rows.next().split(","));
            }
            INDArray x = Nd4j.create(some.size(), INPUTS);
            INDArray y = Nd4j.create(some.size(), CLASSES);
            for (int r = 0; r < some.size(); r++) {
                for (int c = 0; c < INPUTS; c++) {
                    x.putScalar(r, c, (Double.parseDouble(some.get(r)[c]) - 7.5) / 4);
                }
                y.putScalar(r, some.get(r)[INPUTS].charAt(1) - 'A', 1);
            }
            all.add(new org.nd4j.linalg.dataset.MultiDataSet(x, y));
        }
        return all.iterator();
    }
}
