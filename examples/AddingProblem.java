import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.block.Connection;
import org.gatedepth.dl4j.FusedAdam;
import org.gatedepth.dl4j.TemporalStack;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/**
 * The adding problem (Hochreiter and Schmidhuber 1997): each step has a number from 0 to 1 and a mark; the answer is
 * the sum of the two numbers that are marked, one in each half of the sequence. The squared error of who always answers
 * 1 is .167.
 */
public class AddingProblem {
    private static final int STEPS = 60;
    private static final int MINIBATCH = 32;

    /** Trains a temporal convolutional net with highway gates, and prints the squared error on new sequences. */
    public static void main(String[] args) {
        TemporalStack stack = new TemporalStack.Builder()
                .connection(Connection.HIGHWAY)
                .depth(5) // dilations 1, 2, 4, 8, 16
                .kernel(3)
                .nOut(24)
                .build();
        MultiLayerConfiguration configuration = new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new FusedAdam(4e-3))
                .gradientNormalization(GradientNormalization.ClipL2PerLayer)
                .list()
                .layer(new LastTimeStep(stack))
                .layer(new OutputLayer.Builder(LossFunctions.LossFunction.MSE)
                        .nOut(1)
                        .activation(Activation.IDENTITY)
                        .build())
                .setInputType(InputType.recurrent(2))
                .build();
        MultiLayerNetwork network = new MultiLayerNetwork(configuration);
        network.init();
        System.out.printf("an output depends on %d steps, of %d%n", stack.receptiveField(), STEPS);

        Nd4j.getRandom().setSeed(7);
        DataSet test = sequences(500);
        for (int batch = 0; batch <= 600; batch++) {
            if (batch % 150 == 0) {
                double error = test.getLabels().squaredDistance(network.output(test.getFeatures())) / 500;
                System.out.printf("squared error after %4d sequences: %.4f%n", batch * MINIBATCH, error);
            }
            network.fit(sequences(MINIBATCH));
        }
    }

    /** Features are [sequences, 2, steps], labels [sequences, 1]. */
    private static DataSet sequences(int count) {
        INDArray features = Nd4j.zeros(count, 2, STEPS);
        INDArray labels = Nd4j.zeros(count, 1);
        for (int i = 0; i < count; i++) {
            for (int t = 0; t < STEPS; t++) {
                features.putScalar(new int[] {i, 0, t}, Nd4j.getRandom().nextFloat());
            }
            for (int half = 0; half < 2; half++) {
                int t = half * STEPS / 2 + Nd4j.getRandom().nextInt(STEPS / 2);
                features.putScalar(new int[] {i, 1, t}, 1);
                labels.putScalar(i, 0, labels.getDouble(i, 0) + features.getDouble(i, 0, t));
            }
        }
        return new DataSet(features, labels);
    }
}
