import java.util.Random;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.dl4j.FusedAdam;
import org.gatedepth.dl4j.GatedResidualNetwork;
import org.gatedepth.dl4j.TemporalStack;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/**
 * A forecast in the manner of the Temporal Fusion Transformer (Lim et al. 2019): gated residual networks on each time
 * step, with dilated convolutions over time between them.
 *
 * <p>Each step has a noisy value and the hour of the day; the label is the value of the next step without its noise.
 */
public class GatedForecast {
    private static final int STEPS = 48;

    /** Trains, and prints the squared error on new series. */
    public static void main(String[] args) {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new FusedAdam(3e-3))
                .gradientNormalization(GradientNormalization.ClipL2PerLayer)
                .list()
                .layer(new GatedResidualNetwork.Builder().nOut(16).build())
                .layer(new TemporalStack.Builder().depth(4).kernel(2).nOut(16).build())
                .layer(new GatedResidualNetwork.Builder().nOut(16).depth(2).build())
                .layer(new RnnOutputLayer.Builder(LossFunctions.LossFunction.MSE)
                        .nOut(1)
                        .activation(Activation.IDENTITY)
                        .build())
                .setInputType(InputType.recurrent(2))
                .build());
        network.init();
        Random random = new Random(7);
        DataSet test = series(200, random);
        for (int batch = 0; batch <= 300; batch++) {
            if (batch % 100 == 0) {
                INDArray error = network.output(test.getFeatures()).sub(test.getLabels());
                System.out.printf(
                        "squared error after %5d series: %.4f%n",
                        batch * 32, error.mul(error).meanNumber().doubleValue());
            }
            network.fit(series(32, random));
        }
    }

    /** Features are [series, 2, steps], labels [series, 1, steps]. */
    private static DataSet series(int count, Random random) {
        INDArray features = Nd4j.zeros(count, 2, STEPS);
        INDArray labels = Nd4j.zeros(count, 1, STEPS);
        for (int i = 0; i < count; i++) {
            double level = random.nextGaussian();
            double swing = 1 + random.nextDouble();
            for (int t = 0; t < STEPS; t++) {
                double value = level + swing * Math.sin(2 * Math.PI * t / 24);
                features.putScalar(new int[] {i, 0, t}, value + 0.5 * random.nextGaussian());
                features.putScalar(new int[] {i, 1, t}, t % 24 / 24.0);
                labels.putScalar(new int[] {i, 0, t}, level + swing * Math.sin(2 * Math.PI * (t + 1) / 24));
            }
        }
        return new DataSet(features, labels);
    }
}
