package org.gatedepth.studies;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.rng.Random;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Copy memory (Hochreiter and Schmidhuber 1997; Bai et al. 2018, arXiv 1803.01271, section 4): ten symbols out of
 * eight, a pause, a sign, and then the ten symbols are to be given again.
 *
 * <p>A sequence has 20 steps more than the pause of 200 (quick: 30). What is measured is the cross-entropy of a step;
 * without memory it is 10·ln 8 / steps, .0945 at 220 steps. Symbols are one-hot, where the paper feeds their number.
 */
final class CopyMemory extends SequenceComparison {
    private static final int SYMBOLS = 8;
    private static final int COPIED = 10;
    /** Eight symbols, the pause and the sign. */
    private static final int INPUTS = SYMBOLS + 2;

    CopyMemory() {
        super("Copy memory", "cross-entropy");
    }

    public static void main(String[] arguments) throws Exception {
        StudyRunner.main(new CopyMemory(), arguments);
    }

    @Override
    public String name() {
        return "copy-memory";
    }

    @Override
    public List<RunSettings> runs(boolean quick) {
        List<RunSettings> runs = new ArrayList<>();
        int steps = (quick ? 30 : 200) + 2 * COPIED;
        for (SequenceModel model : models(quick)) {
            int minibatches = quick ? 300 : 2000;
            runs.add(settings(minibatches, steps, "copying", model, quick ? 8000 : 12000, 4e-3, minibatches, 1));
        }
        return runs;
    }

    @Override
    SequenceModel.Task task(RunSettings settings) {
        return new SequenceModel.Task(settings.whole("steps"), INPUTS, SYMBOLS + 1, LossFunction.MCXENT, true);
    }

    @Override
    Source source(RunSettings settings, boolean test) {
        int steps = settings.whole("steps");
        return (sequences, random) -> sequences(sequences, steps, random);
    }

    private static DataSet sequences(int count, int steps, Random random) {
        INDArray features = Nd4j.zeros(count, INPUTS, steps);
        INDArray labels = Nd4j.zeros(count, SYMBOLS + 1, steps);
        // All are the pause at first.
        features.get(NDArrayIndex.all(), NDArrayIndex.point(SYMBOLS), NDArrayIndex.all())
                .assign(1);
        labels.get(NDArrayIndex.all(), NDArrayIndex.point(SYMBOLS), NDArrayIndex.all())
                .assign(1);
        for (int i = 0; i < count; i++) {
            for (int t = 0; t < COPIED; t++) {
                int symbol = random.nextInt(SYMBOLS);
                features.putScalar(i, SYMBOLS, t, 0);
                features.putScalar(i, symbol, t, 1);
                labels.putScalar(i, SYMBOLS, steps - COPIED + t, 0);
                labels.putScalar(i, symbol, steps - COPIED + t, 1);
            }
            features.putScalar(i, SYMBOLS, steps - COPIED - 1, 0);
            features.putScalar(i, SYMBOLS + 1, steps - COPIED - 1, 1);
        }
        return new DataSet(features, labels);
    }

    @Override
    double measure(MultiLayerNetwork network, DataSet test) {
        INDArray logarithms = Transforms.log(Transforms.max(network.output(test.getFeatures()), 1e-30), false);
        double steps = test.getLabels().size(0) * (double) test.getLabels().size(2);
        return -logarithms.muli(test.getLabels()).sumNumber().doubleValue() / steps;
    }
}
