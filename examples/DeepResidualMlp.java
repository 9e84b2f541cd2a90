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
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/**
 * 40 blocks on two interleaved spirals: plain blocks, residual ones and highway ones, with everything else equal.
 *
 * <p>A stack is one layer; only its connection changes.
 */
public class DeepResidualMlp {
    private static final int DEPTH = 40;
    private static final int ROWS = 400;

    /** Trains one network for each connection and prints the training loss and accuracy. */
    public static void main(String[] args) {
        DataSet spirals = spirals();
        for (Connection connection :
                new Connection[] {Connection.PLAIN, Connection.RESIDUAL, Connection.WEIGHTED, Connection.HIGHWAY}) {
            MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                    .seed(1)
                    .updater(new Adam(1e-3))
                    .weightInit(WeightInit.RELU)
                    .list()
                    .layer(new GatedStack.Builder()
                            .connection(connection)
                            .depth(DEPTH)
                            .nOut(20)
                            .layerNorm(connection == Connection.RESIDUAL) // tames the sum of 40 branches
                            .build())
                    .layer(new OutputLayer.Builder()
                            .nOut(2)
                            .activation(Activation.SOFTMAX)
                            .weightInit(WeightInit.XAVIER)
                            .build())
                    .setInputType(InputType.feedForward(2))
                    .build());
            network.init();
            for (int step = 0; step < 300; step++) {
                network.fit(spirals);
            }
            INDArray right = network.output(spirals.getFeatures())
                    .argMax(1)
                    .eq(spirals.getLabels().argMax(1))
                    .castTo(DataType.FLOAT);
            System.out.printf(
                    "%2d %-8s blocks: training loss %.4f, accuracy %.3f%n",
                    DEPTH,
                    connection,
                    network.score(spirals),
                    right.meanNumber().doubleValue());
        }
    }

    private static DataSet spirals() {
        INDArray features = Nd4j.create(DataType.FLOAT, ROWS, 2);
        INDArray labels = Nd4j.zeros(DataType.FLOAT, ROWS, 2);
        for (int i = 0; i < ROWS; i++) {
            int arm = i % 2;
            double radius = 2.0 * i / ROWS;
            double angle = 1.5 * Math.PI * radius + arm * Math.PI;
            features.putScalar(i, 0, radius * Math.cos(angle));
            features.putScalar(i, 1, radius * Math.sin(angle));
            labels.putScalar(i, arm, 1);
        }
        return new DataSet(features, labels);
    }
}
