import java.util.Random;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.weights.WeightInit;
import org.gatedepth.dl4j.HighwayGateVertex;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/**
 * A convolutional highway network: HighwayGateVertex joins two stock convolutions and their input.
 *
 * <p>The task is made here: noisy 12 × 12 images of a horizontal, a vertical or a diagonal line.
 */
public class GatesInComputationGraph {
    private static final int SIZE = 12;
    private static final int CHANNELS = 8;
    private static final int BLOCKS = 4;

    /** Trains on 300 images and prints the accuracy on 300 others. */
    public static void main(String[] args) {
        GraphBuilder builder = new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Adam(5e-3))
                .weightInit(WeightInit.RELU)
                .convolutionMode(ConvolutionMode.Same)
                .graphBuilder()
                .addInputs("image")
                .addLayer("stem", convolution(Activation.RELU, 0), "image");
        String carry = "stem";
        for (int i = 0; i < BLOCKS; i++) {
            builder.addLayer("h" + i, convolution(Activation.RELU, 0), carry)
                    .addLayer("t" + i, convolution(Activation.IDENTITY, -2), carry) // the gate carries at first
                    .addVertex("highway" + i, new HighwayGateVertex(), "h" + i, "t" + i, carry);
            carry = "highway" + i;
        }
        ComputationGraph network =
                new ComputationGraph(builder.addLayer("pool", new GlobalPoolingLayer(PoolingType.MAX), carry)
                        .addLayer(
                                "out",
                                new OutputLayer.Builder()
                                        .nOut(3)
                                        .activation(Activation.SOFTMAX)
                                        .build(),
                                "pool")
                        .setOutputs("out")
                        .setInputTypes(InputType.convolutional(SIZE, SIZE, 1))
                        .build());
        network.init();

        DataSet train = lines(300, 1);
        DataSet test = lines(300, 2);
        for (int epoch = 0; epoch < 8; epoch++) {
            train.shuffle(epoch);
            train.batchBy(50).forEach(network::fit);
        }
        Evaluation evaluation = new Evaluation(3);
        evaluation.eval(test.getLabels(), network.outputSingle(test.getFeatures()));
        System.out.printf(
                "%d gated convolutions, %d parameters: test accuracy %.3f%n",
                BLOCKS, network.numParams(), evaluation.accuracy());
    }

    private static ConvolutionLayer convolution(Activation activation, double bias) {
        return new ConvolutionLayer.Builder(3, 3)
                .nOut(CHANNELS)
                .activation(activation)
                .biasInit(bias)
                .build();
    }

    private static DataSet lines(int count, long seed) {
        Random random = new Random(seed);
        INDArray images = Nd4j.zeros(DataType.FLOAT, count, 1, SIZE, SIZE);
        INDArray labels = Nd4j.zeros(DataType.FLOAT, count, 3);
        for (int i = 0; i < count; i++) {
            int kind = i % 3;
            int at = random.nextInt(SIZE);
            for (int p = 0; p < SIZE; p++) {
                for (int q = 0; q < SIZE; q++) {
                    images.putScalar(new int[] {i, 0, p, q}, 0.3 * random.nextGaussian());
                }
            }
            for (int p = 0; p < SIZE; p++) {
                int row = kind == 0 ? at : p;
                int column = kind == 1 ? at : kind == 0 ? p : (p + at) % SIZE;
                images.putScalar(new int[] {i, 0, row, column}, 1);
            }
            labels.putScalar(i, kind, 1);
        }
        return new DataSet(images, labels);
    }
}
