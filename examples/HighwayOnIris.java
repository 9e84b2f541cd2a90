import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.dl4j.HighwayLayer;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.SplitTestAndTrain;
import org.nd4j.linalg.dataset.api.preprocessor.NormalizerStandardize;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/**
 * Three highway layers in a MultiLayerNetwork, on iris. Argument: the ARFF file, examples/data/iris.arff by default.
 */
public class HighwayOnIris {
    /** Trains on 100 rows and prints the evaluation on the other 50. */
    public static void main(String[] args) throws IOException {
        DataSet iris = read(Path.of(args.length > 0 ? args[0] : "examples/data/iris.arff"));
        iris.shuffle(1);
        SplitTestAndTrain split = iris.splitTestAndTrain(100);
        NormalizerStandardize normalizer = new NormalizerStandardize();
        normalizer.fit(split.getTrain());
        normalizer.transform(split.getTrain());
        normalizer.transform(split.getTest());

        MultiLayerConfiguration configuration = new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Adam(0.01))
                .list()
                .layer(new HighwayLayer.Builder().nOut(16).build()) // 4 inputs: the carry is projected
                .layer(new HighwayLayer.Builder().nOut(16).transformGateBias(-2).build())
                .layer(new HighwayLayer.Builder().nOut(16).transformGateBias(-2).build())
                .layer(new OutputLayer.Builder()
                        .nOut(3)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.feedForward(4))
                .build();
        MultiLayerNetwork network = new MultiLayerNetwork(configuration);
        network.init();
        for (int epoch = 0; epoch < 100; epoch++) {
            network.fit(split.getTrain());
        }

        Evaluation evaluation = new Evaluation(3);
        evaluation.eval(
                split.getTest().getLabels(), network.output(split.getTest().getFeatures()));
        System.out.printf(
                "test accuracy %.3f on %d rows%n",
                evaluation.accuracy(), split.getTest().numExamples());
        INDArray gateBias = network.getLayer(2).getParam("T/b");
        System.out.printf("mean gate bias of the last highway layer: %.2f (began at -2)%n", gateBias.meanNumber());
    }

    private static DataSet read(Path arff) throws IOException {
        List<String> species = List.of("Iris-setosa", "Iris-versicolor", "Iris-virginica");
        List<String[]> rows = Files.readAllLines(arff).stream()
                .filter(line ->
                        line.endsWith(species.get(0)) || line.endsWith(species.get(1)) || line.endsWith(species.get(2)))
                .map(line -> line.split(","))
                .toList();
        INDArray features = Nd4j.create(rows.size(), 4);
        INDArray labels = Nd4j.zeros(rows.size(), 3);
        for (int i = 0; i < rows.size(); i++) {
            for (int j = 0; j < 4; j++) {
                features.putScalar(i, j, Double.parseDouble(rows.get(i)[j]));
            }
            labels.putScalar(i, species.indexOf(rows.get(i)[4]), 1);
        }
        return new DataSet(features, labels);
    }
}
