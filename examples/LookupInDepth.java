import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.block.Connection;
import org.gatedepth.dl4j.DepthAttentionLayer;
import org.gatedepth.dl4j.FusedAdam;
import org.gatedepth.dl4j.GatedStack;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.adapter.SingletonDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Two ways in which a block can read the outputs of all blocks before it: attention over depth, and dense connections.
 *
 * <p>The task is made here: which of two interleaved spirals a point lies on.
 */
public class LookupInDepth {
    /** Trains both networks, and prints parameters, training loss and the accuracy on other points. */
    public static void main(String[] args) throws Exception {
        Map<String, Layer> layers = new LinkedHashMap<>();
        layers.put(
                "attention over depth",
                new DepthAttentionLayer.Builder().depth(12).heads(2).nOut(16).build());
        layers.put(
                "dense connections",
                new GatedStack.Builder()
                        .connection(Connection.DENSE)
                        .depth(12)
                        .growthRate(6)
                        .nOut(16)
                        .build());
        DataSet train = spirals(600, 1);
        DataSet test = spirals(600, 2);
        for (Map.Entry<String, Layer> entry : layers.entrySet()) {
            MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                    .seed(1)
                    .updater(new FusedAdam(2e-3))
                    .gradientNormalization(GradientNormalization.ClipL2PerLayer)
                    .list()
                    .layer(entry.getValue())
                    .layer(new OutputLayer.Builder()
                            .nOut(2)
                            .activation(Activation.SOFTMAX)
                            .build())
                    .setInputType(InputType.feedForward(2))
                    .build());
            network.init();
            for (int epoch = 0; epoch < 40; epoch++) {
                train.shuffle(epoch);
                train.batchBy(50).forEach(network::fit);
            }
            System.out.printf(
                    "%-20s %5d parameters, training loss %.3f, test accuracy %.3f%n",
                    entry.getKey(),
                    network.numParams(),
                    network.score(train),
                    network.evaluate(new SingletonDataSetIterator(test)).accuracy());
        }
    }

    private static DataSet spirals(int count, long seed) {
        Random random = new Random(seed);
        INDArray features = Nd4j.create(count, 2);
        INDArray labels = Nd4j.zeros(count, 2);
        for (int i = 0; i < count; i++) {
            int spiral = i % 2;
            double angle = 1 + 2.5 * Math.PI * Math.sqrt(random.nextDouble());
            double turn = angle + Math.PI * spiral;
            features.putScalar(i, 0, angle / 4 * Math.cos(turn) + 0.05 * random.nextGaussian());
            features.putScalar(i, 1, angle / 4 * Math.sin(turn) + 0.05 * random.nextGaussian());
            labels.putScalar(i, spiral, 1);
        }
        return new DataSet(features, labels);
    }
}
