package org.gatedepth.studies;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.weights.WeightInit;
import org.gatedepth.block.Connection;
import org.gatedepth.dl4j.FusedAdam;
import org.gatedepth.dl4j.GatedConvolution2D;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/**
 * The convolutional highway net of 39,000 parameters (Srivastava et al. 2015, arXiv 1507.06228, Table 1), on
 * Fashion-MNIST.
 *
 * <p>Ten layers of 16 maps: a convolution, eight highway blocks of 3 × 3 convolutions with a pooling after the second,
 * the fifth and the eighth, and the output. Beside it the same ten layers without gates, with 23 maps for as many
 * parameters. Adam at 3e-3 falling to zero, minibatches of 128.
 *
 * <p>A run that is stopped goes on after its last whole epoch.
 */
final class ConvolutionalHighway implements Study {
    /** Blocks up to each pooling. */
    private static final List<Integer> DEPTHS = List.of(2, 3, 3);

    private static final int SIDE = 28;

    public static void main(String[] arguments) throws Exception {
        StudyRunner.main(new ConvolutionalHighway(), arguments);
    }

    @Override
    public String name() {
        return "convolutional-highway";
    }

    @Override
    public List<RunSettings> runs(boolean quick) {
        if (quick) {
            return List.of(settings("highway", SIDE / 2, StudyData.FASHION_TRAIN, StudyData.FASHION_TEST, 6));
        }
        // The net of the paper as long as an hour allows, and a shorter comparison with the plain one.
        return List.of(
                settings("highway", SIDE, 60_000, 10_000, 16),
                settings("highway", SIDE, 60_000, 10_000, 5),
                settings("plain", SIDE, 60_000, 10_000, 5));
    }

    private static RunSettings settings(String kind, int side, int images, int tested, int epochs) {
        return RunSettings.of(
                epochs,
                "kind",
                kind,
                "maps",
                kind.equals("highway") ? 16 : 23,
                "side",
                side,
                "images",
                images,
                "tested",
                tested,
                "epochs",
                epochs,
                "seed",
                1);
    }

    @Override
    public List<Map<String, Object>> run(RunSettings settings) throws Exception {
        int side = settings.whole("side");
        StudyData.Split data = StudyData.fashion(settings.whole("images"), settings.whole("tested"));
        if (side < SIDE) {
            halve(data.train());
            halve(data.test());
        }
        int epochs = settings.whole("epochs");
        ComputationGraph network = network(
                settings.text("kind").equals("highway"),
                settings.whole("maps"),
                side,
                MinibatchTraining.steps(data.train(), epochs),
                settings.whole("seed"));
        List<Map<String, Object>> rows = new ArrayList<>();
        Path saved = Files.createDirectories(Path.of("target", "studies"))
                .resolve(name() + settings.byName().values() + ".zip");
        Path course = Path.of(saved + ".csv");
        if (Files.exists(saved) && Files.exists(course)) {
            network = ComputationGraph.load(saved.toFile(), true);
            ResultTable.read(course).rows().forEach(row -> rows.add(new LinkedHashMap<>(row)));
        }
        int first = rows.size() + 1;
        long start = System.nanoTime();
        for (int epoch = first; epoch <= epochs; epoch++) {
            double loss = MinibatchTraining.fit(network, data.train(), 1, epoch).get(0);
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("parameters", network.numParams());
            row.put("epoch", epoch);
            row.put("loss", loss);
            row.put("test_accuracy", MinibatchTraining.accuracy(network, data.test()));
            rows.add(row);
            double minutesEach = (System.nanoTime() - start) / 60e9 / (epoch - first + 1);
            System.err.printf(
                    Locale.ROOT,
                    "%s, epoch %d of %d, about %.0f min left: loss %.4f, test accuracy %.4f%n",
                    settings.text("kind"),
                    epoch,
                    epochs,
                    minutesEach * (epochs - epoch),
                    loss,
                    row.get("test_accuracy"));
            keep(network, saved, rows, course);
        }
        Files.deleteIfExists(saved);
        Files.deleteIfExists(course);
        return rows;
    }

    /** Keeps what is there after an epoch: the network aside first, so that the two files belong together. */
    private static void keep(ComputationGraph network, Path saved, List<Map<String, Object>> rows, Path course)
            throws IOException {
        Path aside = Path.of(saved + ".part");
        network.save(aside.toFile(), true);
        Files.deleteIfExists(course);
        Files.move(aside, saved, StandardCopyOption.REPLACE_EXISTING);
        new ResultTable(rows.stream().map(ResultTable::texts).toList()).write(course);
    }

    private static ComputationGraph network(boolean highway, int maps, int side, int steps, long seed) {
        GraphBuilder builder = new NeuralNetConfiguration.Builder()
                .seed(seed)
                .updater(new FusedAdam(MinibatchTraining.falling(3e-3, steps)))
                .weightInit(WeightInit.RELU)
                .graphBuilder()
                .addInputs("image")
                .addLayer("stem", blocks(false, maps, 1), "image");
        String below = "stem";
        for (int i = 0; i < DEPTHS.size(); i++) {
            builder.addLayer("blocks" + i, blocks(highway, maps, DEPTHS.get(i)), below);
            below = "pool" + i;
            builder.addLayer(below, pooling(), "blocks" + i);
        }
        ComputationGraph network = new ComputationGraph(builder.addLayer(
                        "out",
                        new OutputLayer.Builder()
                                .nOut(10)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        below)
                .setOutputs("out")
                .setInputTypes(InputType.convolutionalFlat(side, side, 1))
                .build());
        network.init();
        return network;
    }

    private static GatedConvolution2D blocks(boolean highway, int maps, int depth) {
        GatedConvolution2D.Builder builder = new GatedConvolution2D.Builder()
                .connection(highway ? Connection.HIGHWAY : Connection.PLAIN)
                .depth(depth)
                .nOut(maps);
        // -1 carries a little more than it transforms at first, as in the code of the paper for nets of this depth.
        return highway ? builder.transformGateBias(-1).build() : builder.build();
    }

    /** Images of half the side: each pixel is the mean of four. */
    private static void halve(DataSet data) {
        int half = SIDE / 2;
        INDArray quarters = data.getFeatures().reshape(data.numExamples(), half, 2, half, 2);
        data.setFeatures(quarters.mean(2, 4).reshape(data.numExamples(), half * half));
    }

    private static SubsamplingLayer pooling() {
        return new SubsamplingLayer.Builder(PoolingType.MAX)
                .kernelSize(2, 2)
                .stride(2, 2)
                .build();
    }

    /** The rows of each net, epoch by epoch. */
    private static List<ResultTable> courses(ResultTable results) {
        return results.values("epochs").stream()
                .flatMap(epochs -> results.values("kind").stream()
                        .map(kind -> results.where("kind", kind).where("epochs", epochs)))
                .filter(course -> !course.isEmpty())
                .toList();
    }

    @Override
    public String table(ResultTable results) {
        List<List<String>> lines = new ArrayList<>();
        for (ResultTable course : courses(results)) {
            Map<String, String> last = course.rows().get(course.rows().size() - 1);
            lines.add(List.of(
                    last.get("kind"),
                    last.get("maps"),
                    last.get("parameters"),
                    last.get("epochs"),
                    String.format(Locale.ROOT, "%.3f", Double.parseDouble(last.get("loss"))),
                    String.format(Locale.ROOT, "%.2f %%", 100 * Double.parseDouble(last.get("test_accuracy"))),
                    String.format(Locale.ROOT, "%.0f", Double.parseDouble(last.get("seconds")) / 60)));
        }
        return ResultTable.markdown(
                List.of("net", "maps", "parameters", "epochs", "training loss", "test accuracy", "minutes"), lines);
    }

    @Override
    public void draw(ResultTable results, Path folder) throws IOException {
        LineChart picture = new LineChart("Convolutional nets of ten layers", "epoch", "test accuracy", false, false);
        for (ResultTable course : courses(results)) {
            Map<String, String> of = course.rows().get(0);
            picture.line(
                    of.get("kind") + ", " + of.get("epochs") + " epochs",
                    course.numbers("epoch"),
                    course.numbers("test_accuracy"));
        }
        picture.write(folder.resolve(name() + ".svg"));
    }
}
