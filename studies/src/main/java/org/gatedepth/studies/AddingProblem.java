package org.gatedepth.studies;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.rng.Random;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * The adding problem (Hochreiter and Schmidhuber 1997; Bai et al. 2018, arXiv 1803.01271, section 4): each step has a
 * number from 0 to 1 and a mark; the answer, at the end, is the sum of the two numbers that are marked, one in each
 * half.
 *
 * <p>Always to answer 1 has a squared error of 1/6 (.1767 in the paper's sample). 200 steps with some 12,000 parameters
 * and 600 with some 40,000 (70,000 in the paper), gradients clipped to norm 1, Adam, the rate falling to zero,
 * minibatches of 32 new sequences.
 */
final class AddingProblem extends SequenceComparison {
    AddingProblem() {
        super("The adding problem", "squared error");
    }

    public static void main(String[] arguments) throws Exception {
        StudyRunner.main(new AddingProblem(), arguments);
    }

    @Override
    public String name() {
        return "adding-problem";
    }

    @Override
    public List<RunSettings> runs(boolean quick) {
        List<RunSettings> runs = new ArrayList<>();
        for (int steps : quick ? new int[] {30} : new int[] {200, 600}) {
            for (SequenceModel model : models(quick)) {
                if (steps == 600 && (model.growsWithSquare() || model == SequenceModel.LSTM)) {
                    continue; // a quarter of an hour and more
                }
                int parameters = steps == 600 ? 40_000 : 12_000;
                int minibatches = quick ? 500 : steps == 600 ? 4000 : 2000;
                double cost = (double) minibatches * steps * (model.growsWithSquare() ? steps : 200);
                runs.add(settings(cost, steps, "adding", model, parameters, quick ? 8e-3 : 4e-3, minibatches, 1));
            }
        }
        return runs;
    }

    @Override
    SequenceModel.Task task(RunSettings settings) {
        return new SequenceModel.Task(settings.whole("steps"), 2, 1, LossFunction.MSE, false);
    }

    @Override
    Source source(RunSettings settings, boolean test) {
        int steps = settings.whole("steps");
        return (sequences, random) -> sequences(sequences, steps, random);
    }

    /** New sequences with their sums. */
    private static DataSet sequences(int count, int steps, Random random) {
        INDArray features = Nd4j.zeros(count, 2, steps);
        INDArray sums = Nd4j.zeros(count, 1);
        for (int i = 0; i < count; i++) {
            for (int t = 0; t < steps; t++) {
                features.putScalar(i, 0, t, random.nextFloat());
            }
            for (int half = 0; half < 2; half++) {
                int marked = half * (steps / 2) + random.nextInt(steps / 2);
                features.putScalar(i, 1, marked, 1);
                sums.putScalar(i, 0, sums.getDouble(i, 0) + features.getDouble(i, 0, marked));
            }
        }
        return new DataSet(features, sums);
    }

    @Override
    double measure(MultiLayerNetwork network, DataSet test) {
        return network.output(test.getFeatures()).squaredDistance(test.getLabels()) / test.numExamples();
    }
}
