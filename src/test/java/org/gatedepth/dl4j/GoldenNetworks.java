package org.gatedepth.dl4j;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.gatedepth.block.Connection;
import org.gatedepth.block.Weighting;
import org.gatedepth.loss.Head;
import org.gatedepth.loss.LinearDecay;
import org.gatedepth.loss.Loss;
import org.gatedepth.testing.Networks;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The networks that release 0.1.0 saved with {@link ModelSerializer}, with the outputs that they gave. Every layer and
 * vertex of {@code org.gatedepth.dl4j} is in one of them.
 *
 * <p>The main program writes them. Until 0.1.0 is released, and only until then, it is run after a change of what is
 * saved:
 *
 * <pre>
 * mvn -B -q test-compile org.codehaus.mojo:exec-maven-plugin:3.5.0:java -Dexec.classpathScope=test \
 *     -Dexec.mainClass=org.gatedepth.dl4j.GoldenNetworks
 * </pre>
 *
 * <p>From the release on the files are never made anew. Every later release has to read them: a change that
 * {@link GoldenNetworkTest} refuses would leave users with networks that they cannot open.
 */
public enum GoldenNetworks {
    /** Single layers and a tapped stack, with heads. */
    LAYERS("dl4j-0.1.0-layers") {
        @Override
        Model fitted() {
            GatedStack stack = new GatedStack.Builder()
                    .connection(Connection.HIGHWAY)
                    .depth(3)
                    .nOut(5)
                    .taps(1)
                    .dropOut(0.9)
                    .build();
            MultiLayerConfiguration conf = Networks.builder(new FusedAdam(1e-2))
                    .list()
                    .layer(new HighwayLayer.Builder()
                            .nOut(6)
                            .activation(Activation.TANH)
                            .build())
                    .layer(new WeightedSkipLayer.Builder()
                            .nOut(6)
                            .weighting(Weighting.PER_UNIT)
                            .beta(0.1)
                            .learnSkip(true)
                            .build())
                    .layer(new DenseSkipLayer.Builder()
                            .growthRate(2)
                            .layerNorm(true)
                            .build())
                    .layer(stack)
                    .layer(new DeepSupervisionOutputLayer.Builder(Loss.softmaxCrossEntropy(), stack)
                            .nOut(Networks.CLASSES)
                            .head(1, Head.of(Loss.softmaxCrossEntropy(), Networks.CLASSES))
                            .build())
                    .setInputType(InputType.feedForward(Networks.INPUTS))
                    .build();
            MultiLayerNetwork network = new MultiLayerNetwork(conf);
            network.init();
            for (int i = 0; i < 5; i++) {
                network.fit(features(), labels());
            }
            return network;
        }

        @Override
        INDArray[] outputs(Model network) {
            return new INDArray[] {((MultiLayerNetwork) network).output(features())};
        }
    },

    /** Both vertices and an auxiliary output with a schedule. */
    VERTICES("dl4j-0.1.0-vertices") {
        @Override
        Model fitted() {
            ComputationGraphConfiguration conf = Networks.builder(new FusedAdam(1e-2))
                    .graphBuilder()
                    .addInputs("in")
                    .addLayer("carry", dense(Activation.TANH, 0), "in")
                    .addLayer("transform", dense(Activation.RELU, 0), "in")
                    .addLayer("gate", dense(Activation.IDENTITY, -1), "in")
                    .addVertex("highway", new HighwayGateVertex(), "transform", "gate", "carry")
                    .addLayer("branch", dense(Activation.TANH, 0), "highway")
                    .addVertex(
                            "skip",
                            new WeightedSkipVertex.Builder()
                                    .weighting(Weighting.SCALAR)
                                    .beta(0)
                                    .build(),
                            "highway",
                            "branch")
                    .addLayer("out", Networks.output(), "skip")
                    .addLayer(
                            "head",
                            new AuxiliaryOutputLayer.Builder(Loss.softmaxCrossEntropy())
                                    .nOut(Networks.CLASSES)
                                    .weight(new LinearDecay(0.3, 0, 30))
                                    .build(),
                            "highway")
                    .setOutputs("out", "head")
                    .setInputTypes(InputType.feedForward(Networks.INPUTS))
                    .build();
            return fit(new ComputationGraph(conf), features());
        }
    },

    /** What {@link GatedNetworks} builds, with an embedding of a nominal column. */
    SPEC("dl4j-0.1.0-spec") {
        @Override
        Model fitted() {
            NetworkSpec spec = NetworkSpec.classification(Networks.INPUTS + 1, Networks.CLASSES)
                    .withSize(4, 6)
                    .withEmbeddings(List.of(new Embedding(7, 2)))
                    .withHeadsEvery(2, new LinearDecay(0.3, 0, 30));
            return fit(new ComputationGraph(GatedNetworks.configuration(spec)), indexed());
        }

        @Override
        INDArray[] outputs(Model network) {
            return ((ComputationGraph) network).output(indexed());
        }

        private INDArray indexed() {
            INDArray features = features();
            INDArray indices = Nd4j.create(features.dataType(), features.size(0), 1);
            for (int row = 0; row < features.size(0); row++) {
                indices.putScalar(row, 0, row % 7);
            }
            return Nd4j.concat(1, features, indices).castTo(DataType.FLOAT);
        }
    };

    private static final int ROWS = 12;
    private static final Path FOLDER = Path.of("src", "test", "resources", "golden");

    private final String file;

    GoldenNetworks(String file) {
        this.file = file;
    }

    /** A network after some steps of training. */
    abstract Model fitted();

    /** What a network of this kind predicts for the rows. */
    INDArray[] outputs(Model network) {
        return ((ComputationGraph) network).output(features());
    }

    private static DenseLayer dense(Activation activation, double bias) {
        return new DenseLayer.Builder()
                .nOut(5)
                .activation(activation)
                .biasInit(bias)
                .build();
    }

    private static Model fit(ComputationGraph graph, INDArray features) {
        graph.init();
        INDArray[] labels = new INDArray[graph.getNumOutputArrays()];
        Arrays.fill(labels, labels());
        for (int i = 0; i < 5; i++) {
            graph.fit(new MultiDataSet(new INDArray[] {features}, labels));
        }
        return graph;
    }

    /** Numbers that do not depend on a random generator. */
    static INDArray features() {
        INDArray features = Nd4j.create(DataType.DOUBLE, ROWS, Networks.INPUTS);
        for (int row = 0; row < ROWS; row++) {
            for (int column = 0; column < Networks.INPUTS; column++) {
                features.putScalar(row, column, Math.sin(1 + 3 * row + 7 * column));
            }
        }
        return features;
    }

    private static INDArray labels() {
        INDArray labels = Nd4j.create(DataType.DOUBLE, ROWS, Networks.CLASSES);
        for (int row = 0; row < ROWS; row++) {
            labels.putScalar(row, row % Networks.CLASSES, 1);
        }
        return labels;
    }

    /** The file as it was written. */
    Path zip() {
        return FOLDER.resolve(file + ".zip");
    }

    /** The numbers of all outputs as they were written. */
    double[] expected() throws IOException {
        return Files.readAllLines(FOLDER.resolve(file + ".txt")).stream()
                .mapToDouble(Double::parseDouble)
                .toArray();
    }

    /** The numbers of all outputs of a network. */
    double[] numbers(Model network) {
        return Arrays.stream(outputs(network))
                .flatMapToDouble(output -> Arrays.stream(output.dup('c').data().asDouble()))
                .toArray();
    }

    private void write() throws IOException {
        Model network = fitted();
        ModelSerializer.writeModel(network, zip().toFile(), true);
        List<String> lines =
                Arrays.stream(numbers(network)).mapToObj(Double::toString).toList();
        Files.write(FOLDER.resolve(file + ".txt"), lines);
    }

    /** Writes all files into the sources. */
    public static void main(String[] arguments) throws IOException {
        Files.createDirectories(FOLDER);
        for (GoldenNetworks golden : values()) {
            golden.write();
        }
    }
}
