import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.dl4j.FusedAdam;
import org.gatedepth.dl4j.RecurrentHighwayLayer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/**
 * A switch that has to be remembered: some steps turn it on, some turn it off, most say nothing. The label of each step
 * is whether it is on. Then the network is run step by step, as on a stream.
 */
public class RecurrentHighway {
    private static final int STEPS = 60;
    private static final int MINIBATCH = 32;

    /** Trains a recurrent highway network, and prints its accuracy on new sequences. */
    public static void main(String[] args) {
        MultiLayerConfiguration configuration = new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new FusedAdam(5e-3))
                .gradientNormalization(GradientNormalization.ClipL2PerLayer)
                .list()
                .layer(new RecurrentHighwayLayer.Builder()
                        .recurrenceDepth(2)
                        .nOut(16)
                        .build())
                .layer(new RnnOutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.recurrent(3))
                .build();
        MultiLayerNetwork network = new MultiLayerNetwork(configuration);
        network.init();

        Nd4j.getRandom().setSeed(7);
        DataSet test = sequences(200);
        for (int batch = 0; batch <= 200; batch++) {
            if (batch % 50 == 0) {
                INDArray right = network.output(test.getFeatures())
                        .argMax(1)
                        .eq(test.getLabels().argMax(1));
                double accuracy = right.castTo(Nd4j.defaultFloatingPointType())
                        .meanNumber()
                        .doubleValue();
                System.out.printf(
                        "after %4d sequences %.1f %% of steps are right%n", batch * MINIBATCH, 100 * accuracy);
            }
            network.fit(sequences(MINIBATCH));
        }

        // A stream: the layer keeps its state from call to call.
        network.rnnClearPreviousState();
        for (int signal : new int[] {0, 2, 2, 2, 1, 2, 2, 0, 2}) {
            INDArray step = Nd4j.zeros(1, 3, 1);
            step.putScalar(0, signal, 0, 1);
            double on = network.rnnTimeStep(step).getDouble(0, 0, 0);
            System.out.printf("%-7s the switch is on: %.2f%n", new String[] {"on", "off", "nothing"}[signal], on);
        }
    }

    /** Features are [sequences, 3, steps]: on, off, nothing; labels [sequences, 2, steps]: on, off. */
    private static DataSet sequences(int count) {
        INDArray features = Nd4j.zeros(count, 3, STEPS);
        INDArray labels = Nd4j.zeros(count, 2, STEPS);
        for (int i = 0; i < count; i++) {
            int state = 1;
            for (int t = 0; t < STEPS; t++) {
                int signal = Math.min(2, Nd4j.getRandom().nextInt(20));
                state = signal == 2 ? state : signal;
                features.putScalar(i, signal, t, 1);
                labels.putScalar(i, state, t, 1);
            }
        }
        return new DataSet(features, labels);
    }
}
