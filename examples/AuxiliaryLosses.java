import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.gatedepth.dl4j.AuxiliaryHead;
import org.gatedepth.dl4j.AuxiliaryLabels;
import org.gatedepth.dl4j.EarlyExit;
import org.gatedepth.dl4j.GatedNetworks;
import org.gatedepth.dl4j.NetworkSpec;
import org.gatedepth.loss.Head;
import org.gatedepth.loss.LinearDecay;
import org.gatedepth.loss.Loss;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.preprocessor.NormalizerStandardize;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Losses in the middle of a network: whether a vowel is long, with the help of which vowel it is.
 *
 * <p>The vowel is known for half of the training rows only, and for no row when the network is used.
 */
public class AuxiliaryLosses {
    private static final List<String> VOWELS =
            List.of("hid", "hId", "hEd", "hAd", "hYd", "had", "hOd", "hod", "hUd", "hud", "hed");
    private static final int EPOCHS = 60;

    /** Trains with and without the auxiliary target, then removes the heads, and then leaves early. */
    public static void main(String[] args) throws IOException {
        DataSet data = vowels(Path.of("examples/data/vowel-length.arff"));
        data.shuffle(1);
        DataSet train = (DataSet) data.getRange(0, 495);
        DataSet test = (DataSet) data.getRange(495, 990);
        NormalizerStandardize normalizer = new NormalizerStandardize();
        normalizer.fit(train);
        normalizer.transform(train);
        normalizer.transform(test);

        // The labels are the length, columns 0 and 1, and the vowel, columns 2 to 12: each output gets its own.
        AuxiliaryLabels.Builder columns =
                new AuxiliaryLabels.Builder().columns("length", 0, 2).columns("vowel", 2, 13);
        NetworkSpec spec = NetworkSpec.classification(9, 2).withSize(6, 32).withActivation(Activation.TANH);

        ComputationGraph alone = trained(spec, train, columns.outputs("length").build());
        System.out.printf(
                "the length alone:              accuracy %.3f%n",
                accuracy(test, alone.outputSingle(test.getFeatures())));

        columns = new AuxiliaryLabels.Builder().columns("length", 0, 2).columns("vowel", 2, 13);
        NetworkSpec helped = spec.withHeads(
                        List.of(new AuxiliaryHead("vowel", 3, Head.of(Loss.softmaxCrossEntropy(), 11))))
                .withHeadsEvery(2, new LinearDecay(0.3, 0.1, EPOCHS));
        // The outputs in their order: out, the head vowel, and the heads on the length after blocks 2 and 4.
        ComputationGraph network = trained(
                helped,
                train,
                columns.outputs("length", "vowel", "length", "length").build());

        ComputationGraph lean = GatedNetworks.withoutHeads(network);
        System.out.printf(
                "with a head on the vowel:      accuracy %.3f; %d parameters, %d of them without the heads%n",
                accuracy(test, lean.outputSingle(test.getFeatures())), network.numParams(), lean.numParams());

        EarlyExit.Result early = new EarlyExit(network, List.of("head2", "head4"), 0.9).predict(test.getFeatures());
        System.out.printf("leaving at a confidence of .9: accuracy %.3f", accuracy(test, early.output()));
        early.shares().forEach((head, share) -> System.out.printf(", %.0f%% at %s", 100 * share, head));
        System.out.println();
    }

    private static ComputationGraph trained(NetworkSpec spec, DataSet train, AuxiliaryLabels labels) {
        ComputationGraph network = new ComputationGraph(GatedNetworks.configuration(spec));
        network.init();
        for (int epoch = 0; epoch < EPOCHS; epoch++) {
            train.shuffle(epoch);
            for (DataSet batch : train.batchBy(33)) {
                MultiDataSet all = batch.toMultiDataSet();
                labels.preProcess(all); // with an iterator: iterator.setPreProcessor(labels)
                network.fit(all);
            }
            network.incrementEpochCount();
        }
        return network;
    }

    private static double accuracy(DataSet test, INDArray predicted) {
        Evaluation evaluation = new Evaluation(2);
        evaluation.eval(test.getLabels().get(NDArrayIndex.all(), NDArrayIndex.interval(0, 2)), predicted);
        return evaluation.accuracy();
    }

    /**
     * Nine numbers a row; labels are the length one-hot and beside it the vowel one-hot, or NaN where it is not known.
     */
    private static DataSet vowels(Path file) throws IOException {
        List<String> rows = Files.readAllLines(file).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("@") && !line.startsWith("%"))
                .toList();
        INDArray features = Nd4j.create(rows.size(), 9);
        INDArray labels = Nd4j.zeros(rows.size(), 13);
        for (int i = 0; i < rows.size(); i++) {
            String[] values = rows.get(i).split(",");
            for (int j = 0; j < 9; j++) {
                features.putScalar(i, j, Double.parseDouble(values[j]));
            }
            labels.putScalar(i, values[10].equals("long") ? 1 : 0, 1);
            if (i % 2 == 0) {
                labels.putScalar(i, 2 + VOWELS.indexOf(values[9]), 1);
            } else {
                labels.get(NDArrayIndex.point(i), NDArrayIndex.interval(2, 13)).assign(Double.NaN);
            }
        }
        return new DataSet(features, labels);
    }
}
