import java.util.Random;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.gatedepth.block.Connection;
import org.gatedepth.dl4j.GatedStack;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.adapter.SingletonDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/**
 * A residual network of 60 blocks beside a plain one, a ReZero one and a highway one, with everything else equal.
 *
 * <p>A stack is one layer, and only its connection changes. The task is made here: which of 8 sectors of a noisy
 * pinwheel a point lies in.
 */
public class DeepResidualMlp {
    private static final int DEPTH = 60;
    private static final int SECTORS = 8;

    /** Trains one network for each connection and prints the training loss and the accuracy on other points. */
    public static void main(String[] args) {
        DataSet train = pinwheel(800, 1);
        DataSet test = pinwheel(800, 2);
        for (Connection connection :
                new Connection[] {Connection.PLAIN, Connection.RESIDUAL, Connection.WEIGHTED, Connection.HIGHWAY}) {
            MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                    .seed(1)
                    .updater(new Adam(3e-3))
                    .weightInit(WeightInit.RELU)
                    .list()
                    .layer(new GatedStack.Builder()
                            .connection(connection)
                            .depth(DEPTH)
                            .nOut(24)
                            .layerNorm(connection == Connection.RESIDUAL) // tames the sum of 60 branches
                            .build())
                    .layer(new OutputLayer.Builder()
                            .nOut(SECTORS)
                            .activation(Activation.SOFTMAX)
                            .weightInit(WeightInit.XAVIER)
                            .build())
                    .setInputType(InputType.feedForward(2))
                    .build());
            network.init();
            for (int epoch = 0; epoch < 20; epoch++) {
                train.shuffle(epoch);
                train.batchBy(50).forEach(network::fit);
            }
            System.out.printf(
                    "%d %-8s blocks: training loss %.3f, test accuracy %.3f%n",
                    DEPTH,
                    connection,
                    network.score(train),
                    network.evaluate(new SingletonDataSetIterator(test)).accuracy());
        }
    }

    private static DataSet pinwheel(int count, long seed) {
        Random random = new Random(seed);
        INDArray features = Nd4j.create(DataType.FLOAT, count, 2);
        INDArray labels = Nd4j.zeros(DataType.FLOAT, count, SECTORS);
        for (int i = 0; i < count; i++) {
            int sector = random.nextInt(SECTORS);
            double radius = 0.2 + 1.8 * random.nextDouble();
            double angle = 2 * Math.PI * (sector + 0.8 * random.nextDouble()) / SECTORS + 1.5 * radius;
            features.putScalar(i, 0, radius * Math.cos(angle));
            features.putScalar(i, 1, radius * Math.sin(angle));
            labels.putScalar(i, sector, 1);
        }
        return new DataSet(features, labels);
    }
}
