import java.util.Random;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.dl4j.DeepSupervisionOutputLayer;
import org.gatedepth.dl4j.FusedAdam;
import org.gatedepth.dl4j.TemporalStack;
import org.gatedepth.loss.Head;
import org.gatedepth.loss.Loss;
import org.gatedepth.loss.SoftmaxCrossEntropy;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Tags for each word of a sentence, with parts of speech as an easier target of a lower block (Søgaard and Goldberg
 * 2016). Parts of speech are cheaper to have: here all sentences have them, and few have tags. The language is made up:
 * words are ambiguous, and whether a name is a place or a person depends on the last verb or preposition before it.
 */
public class TaggingWithEasierTargets {
    private static final int WORDS = 30;
    private static final int LENGTH = 25;
    /** Other, place, person. */
    private static final int TAGS = 3;
    /** Article, adjective, name, verb, preposition. */
    private static final int PARTS = 5;

    private static final SoftmaxCrossEntropy SOFTMAX = Loss.softmaxCrossEntropy();

    /** Trains without and with the easier target, and prints how many names get the right tag. */
    public static void main(String[] args) {
        DataSet test = sentences(300, 300, 1);
        for (double weight : new double[] {0, 1}) {
            double correct = 0;
            for (int seed = 2; seed < 5; seed++) {
                MultiLayerNetwork network = network(weight, seed);
                DataSet training = sentences(100, 10, seed);
                for (int epoch = 0; epoch < 60; epoch++) {
                    network.fit(training);
                }
                correct += correct(network, test) / 3;
            }
            System.out.printf("weight %.1f of parts of speech: %.1f %% of the names right%n", weight, 100 * correct);
        }
    }

    private static MultiLayerNetwork network(double weight, int seed) {
        TemporalStack stack = new TemporalStack.Builder()
                .depth(4) // an output depends on 31 steps
                .nOut(32)
                .taps(1)
                .build();
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(seed)
                .updater(new FusedAdam(5e-3))
                .list()
                .layer(stack)
                .layer(new DeepSupervisionOutputLayer.Builder(SOFTMAX, stack)
                        .nOut(TAGS)
                        .head(1, TAGS, Head.of(SOFTMAX, PARTS).withWeight(weight)) // labels from column TAGS on
                        .build())
                .setInputType(InputType.recurrent(WORDS))
                .build());
        network.init();
        return network;
    }

    /** The share of the names, which are not tagged as other, whose tag is right. */
    private static double correct(MultiLayerNetwork network, DataSet test) {
        INDArray tags = test.getLabels().get(NDArrayIndex.all(), NDArrayIndex.interval(0, TAGS), NDArrayIndex.all());
        INDArray names = tags.get(NDArrayIndex.all(), NDArrayIndex.point(0), NDArrayIndex.all())
                .rsub(1);
        Evaluation evaluation = new Evaluation();
        evaluation.evalTimeSeries(tags.dup(), network.output(test.getFeatures()), names);
        return evaluation.accuracy();
    }

    /**
     * Features [sentences, words, steps]; labels [sentences, tags and parts, steps], and a mask of that shape, which is
     * 0 after the end of a sentence, and for the tags of all sentences but the first.
     */
    private static DataSet sentences(int count, int tagged, long seed) {
        Random random = new Random(seed);
        INDArray words = Nd4j.zeros(count, WORDS, LENGTH);
        INDArray labels = Nd4j.zeros(count, TAGS + PARTS, LENGTH);
        INDArray present = Nd4j.zeros(count, LENGTH);
        INDArray known = Nd4j.zeros(count, TAGS + PARTS, LENGTH);
        for (int i = 0; i < count; i++) {
            int length = LENGTH / 2 + random.nextInt(LENGTH / 2);
            int before = 3; // the last verb or preposition
            int part = 0;
            for (int t = 0; t < length; t++) {
                part = (part + 1 + random.nextInt(PARTS - 1)) % PARTS;
                before = part >= 3 ? part : before;
                int tag = part != 2 ? 0 : before == 4 ? 1 : 2;
                // Of the ten words of a part, half are words of the next part, too.
                int word = (part * 5 + random.nextInt(10)) % WORDS;
                words.putScalar(new int[] {i, word, t}, 1);
                labels.putScalar(new int[] {i, tag, t}, 1);
                labels.putScalar(new int[] {i, TAGS + part, t}, 1);
                present.putScalar(i, t, 1);
                for (int column = i < tagged ? 0 : TAGS; column < TAGS + PARTS; column++) {
                    known.putScalar(new int[] {i, column, t}, 1);
                }
            }
        }
        return new DataSet(words, labels, present, known);
    }
}
