import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.block.Connection;
import org.gatedepth.block.attention.Positions;
import org.gatedepth.dl4j.FusedAdam;
import org.gatedepth.dl4j.GatedAttentionLayer;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Associative recall: each step but the last has a key and a value, in random order; the last one has a key alone, and
 * the answer is the value that stood beside it. Guessing is right for one sequence in four.
 */
public class GatedAttention {
    private static final int KEYS = 12;
    private static final int VALUES = 4;
    private static final int MINIBATCH = 64;

    /** Trains attention with highway gates, and prints the accuracy on new sequences. */
    public static void main(String[] args) {
        GatedAttentionLayer attention = new GatedAttentionLayer.Builder()
                .connection(Connection.HIGHWAY)
                .heads(2)
                .positions(Positions.NONE) // the order of the pairs says nothing
                .nOut(32)
                .build();
        MultiLayerConfiguration configuration = new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new FusedAdam(5e-3))
                .gradientNormalization(GradientNormalization.ClipL2PerLayer)
                .list()
                .layer(new LastTimeStep(attention))
                .layer(new OutputLayer.Builder()
                        .nOut(VALUES)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.recurrent(KEYS + VALUES))
                .build();
        MultiLayerNetwork network = new MultiLayerNetwork(configuration);
        network.init();

        Nd4j.getRandom().setSeed(7);
        DataSet test = sequences(500);
        for (int batch = 0; batch <= 120; batch++) {
            if (batch % 30 == 0) {
                Evaluation evaluation = new Evaluation();
                evaluation.eval(test.getLabels(), network.output(test.getFeatures()));
                System.out.printf("accuracy after %4d sequences: %.3f%n", batch * MINIBATCH, evaluation.accuracy());
            }
            network.fit(sequences(MINIBATCH));
        }
    }

    /** Features are [sequences, keys and values, steps], labels [sequences, values]. */
    private static DataSet sequences(int count) {
        INDArray features = Nd4j.zeros(count, KEYS + VALUES, KEYS + 1);
        INDArray labels = Nd4j.zeros(count, VALUES);
        for (int i = 0; i < count; i++) {
            int asked = Nd4j.getRandom().nextInt(KEYS);
            int first = Nd4j.getRandom().nextInt(KEYS);
            features.putScalar(new int[] {i, asked, KEYS}, 1);
            for (int t = 0; t < KEYS; t++) {
                int key = (first + 5 * t) % KEYS;
                int value = Nd4j.getRandom().nextInt(VALUES);
                features.putScalar(new int[] {i, key, t}, 1);
                features.putScalar(new int[] {i, KEYS + value, t}, 1);
                if (key == asked) {
                    labels.putScalar(i, value, 1);
                }
            }
        }
        return new DataSet(features, labels);
    }
}
