import java.util.Random;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.gatedepth.block.Connection;
import org.gatedepth.dl4j.FusedAdam;
import org.gatedepth.dl4j.GatedConvolution2D;
import org.gatedepth.report.DepthReport;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Seven blocks of 3 × 3 convolutions, with highway gates and with residual skips, between stock pooling layers.
 *
 * <p>The task is made here: noisy 16 × 16 images of a circle, a square or a cross, anywhere in the image.
 */
public class GatedImages {
    private static final int SIZE = 16;
    private static final int CLASSES = 3;

    /** Trains both networks and prints the accuracy and the depth report's verdict on other images. */
    public static void main(String[] args) {
        DataSet train = images(480, 1);
        DataSet test = images(300, 2);
        for (Connection connection : new Connection[] {Connection.HIGHWAY, Connection.RESIDUAL}) {
            MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                    .seed(1)
                    .updater(new FusedAdam(3e-3))
                    .weightInit(WeightInit.RELU)
                    .gradientNormalization(GradientNormalization.ClipL2PerLayer)
                    .list()
                    .layer(blocks(connection, 3))
                    .layer(new SubsamplingLayer.Builder(PoolingType.MAX)
                            .kernelSize(2, 2)
                            .stride(2, 2)
                            .build())
                    .layer(blocks(connection, 4))
                    .layer(new GlobalPoolingLayer(PoolingType.MAX))
                    .layer(new OutputLayer.Builder()
                            .nOut(CLASSES)
                            .activation(Activation.SOFTMAX)
                            .weightInit(WeightInit.XAVIER)
                            .build())
                    .setInputType(InputType.convolutional(SIZE, SIZE, 1))
                    .build());
            network.init();
            for (int epoch = 0; epoch < 10; epoch++) {
                train.shuffle(epoch);
                train.batchBy(32).forEach(network::fit);
            }
            Evaluation evaluation = new Evaluation(CLASSES);
            evaluation.eval(test.getLabels(), network.output(test.getFeatures()));
            System.out.printf("%-8s test accuracy %.3f%n", connection, evaluation.accuracy());
            DepthReport.of(network, test).verdict().forEach(System.out::println);
        }
    }

    private static GatedConvolution2D blocks(Connection connection, int depth) {
        return new GatedConvolution2D.Builder()
                .connection(connection)
                .depth(depth)
                .nOut(8)
                .build();
    }

    private static DataSet images(int count, long seed) {
        Random random = new Random(seed);
        INDArray features = Nd4j.create(count, 1, SIZE, SIZE);
        INDArray labels = Nd4j.zeros(count, CLASSES);
        for (int i = 0; i < count; i++) {
            int shape = random.nextInt(CLASSES);
            int row = 4 + random.nextInt(SIZE - 8);
            int column = 4 + random.nextInt(SIZE - 8);
            for (int y = 0; y < SIZE; y++) {
                for (int x = 0; x < SIZE; x++) {
                    int dy = Math.abs(y - row);
                    int dx = Math.abs(x - column);
                    boolean drawn = switch (shape) {
                        case 0 -> Math.abs(Math.hypot(dy, dx) - 3) < 0.6;
                        case 1 -> Math.max(dy, dx) == 3;
                        default -> Math.min(dy, dx) == 0 && Math.max(dy, dx) <= 3;
                    };
                    features.putScalar(new int[] {i, 0, y, x}, (drawn ? 1 : 0) + 0.3 * random.nextGaussian());
                }
            }
            labels.putScalar(i, shape, 1);
        }
        return new DataSet(features, labels);
    }
}
