package org.gatedepth.studies;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * Images as sequences of 784 pixels, in their order and in a fixed random order (Le et al. 2015, arXiv 1504.00941; Bai
 * et al. 2018, arXiv 1803.01271, section 4, with digits; here Fashion-MNIST, whose classes are harder to tell apart).
 *
 * <p>What is measured is the share of test images that are classified wrongly, of the first 500. The quick form has
 * images of every fourth pixel, 196 steps.
 */
final class PixelSequences extends SequenceComparison {
    private static final int PIXELS = 784;

    PixelSequences() {
        super("Fashion-MNIST, pixel by pixel", "share of wrong answers");
    }

    public static void main(String[] arguments) throws Exception {
        StudyRunner.main(new PixelSequences(), arguments);
    }

    @Override
    public String name() {
        return "pixel-sequences";
    }

    @Override
    public List<RunSettings> runs(boolean quick) {
        List<RunSettings> runs = new ArrayList<>();
        for (SequenceModel model : models(quick)) {
            if (model.growsWithSquare() || model == SequenceModel.LSTM) {
                continue; // half an hour and more; and the quick form is of the same networks
            }
            for (String order : List.of("plain", "permuted")) {
                runs.add(settings(
                        1,
                        quick ? PIXELS / 4 : PIXELS,
                        order,
                        model,
                        quick ? 6000 : 20000,
                        4e-3,
                        quick ? 60 : 2000,
                        1));
            }
        }
        return runs;
    }

    @Override
    SequenceModel.Task task(RunSettings settings) {
        return new SequenceModel.Task(settings.whole("steps"), 1, 10, LossFunction.MCXENT, false);
    }

    @Override
    Source source(RunSettings settings, boolean test) throws IOException {
        boolean quick = settings.whole("steps") < PIXELS;
        StudyData.Split images = quick
                ? StudyData.fashion(StudyData.FASHION_TRAIN, StudyData.FASHION_TEST)
                : StudyData.fashion(60_000, testSequences());
        DataSet of = test ? images.test() : images.train();
        int[] order = order(settings.whole("steps"), settings.text("variant").equals("permuted"));
        return (sequences, random) -> {
            int[] rows = IntStream.range(0, sequences)
                    .map(i -> test ? i : random.nextInt(of.numExamples()))
                    .toArray();
            INDArray pixels = Nd4j.pullRows(
                    Nd4j.pullRows(of.getFeatures(), 1, rows).transpose().dup('c'), 1, order);
            return new DataSet(
                    pixels.transpose().dup('c').reshape(sequences, 1, order.length),
                    Nd4j.pullRows(of.getLabels(), 1, rows));
        };
    }

    /** Which pixels are read, in which order. */
    private static int[] order(int steps, boolean permuted) {
        List<Integer> order = new ArrayList<>();
        for (int pixel = 0; pixel < PIXELS; pixel++) {
            boolean kept = steps == PIXELS || (pixel % 2 == 0 && pixel / 28 % 2 == 0);
            if (kept) {
                order.add(pixel);
            }
        }
        if (permuted) {
            Collections.shuffle(order, new Random(0));
        }
        return order.stream().mapToInt(pixel -> pixel).toArray();
    }

    @Override
    int testSequences() {
        return 500;
    }

    @Override
    double measure(MultiLayerNetwork network, DataSet test) {
        Evaluation evaluation = new Evaluation(10);
        for (DataSet part : test.batchBy(50)) {
            evaluation.eval(part.getLabels(), network.output(part.getFeatures()));
        }
        return 1 - evaluation.accuracy();
    }
}
