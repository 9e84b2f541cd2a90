package org.gatedepth.dl4j.training;

import java.util.List;
import org.gatedepth.dl4j.runtime.PlacedHead;
import org.gatedepth.loss.Head;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/** The losses of heads whose scores stand side by side: each times the head's weight, less its threshold. */
final class HeadLoss implements OutputLoss {
    private final List<PlacedHead> heads;
    private final int scores;
    private final int labels;

    HeadLoss(List<PlacedHead> heads) {
        this.heads = heads;
        scores = (int)
                heads.stream().mapToLong(placed -> placed.head().outputs()).sum();
        labels = (int) heads.stream()
                .mapToLong(placed -> placed.labels() + placed.head().outputs())
                .max()
                .orElseThrow();
    }

    @Override
    public int scores() {
        return scores;
    }

    @Override
    public int labels() {
        return labels;
    }

    @Override
    public double of(Minibatch minibatch, int iteration, int epoch) {
        double sum = 0;
        int from = 0;
        for (PlacedHead placed : heads) {
            Head head = placed.head();
            double excess = excess(head, minibatch, from, (int) placed.labels());
            boolean on = head.threshold() == 0 || excess > 0;
            double weight = on ? head.weightAt(iteration, epoch) : 0;
            sum += weight > 0 ? weight * excess : 0;
            scale(minibatch, from, (int) head.outputs(), weight);
            from += (int) head.outputs();
        }
        return sum;
    }

    @Override
    public @Nullable SDVariable prediction(SameDiff sd, SDVariable predicted) {
        return heads.size() == 1 ? heads.get(0).head().loss().prediction(sd, predicted) : null;
    }

    /** The sum of a head's losses, less its threshold for each row that counts; writes the gradient without weight. */
    private double excess(Head head, Minibatch minibatch, int from, int firstLabel) {
        int outputs = (int) head.outputs();
        double[] own = new double[outputs];
        double[] wanted = new double[outputs];
        double[] counts = new double[outputs];
        double[] losses = new double[outputs];
        double[] gradient = new double[outputs];
        double excess = 0;
        for (int row = 0; row < minibatch.rows(); row++) {
            System.arraycopy(minibatch.scores(), row * scores + from, own, 0, outputs);
            System.arraycopy(minibatch.labels(), row * labels + firstLabel, wanted, 0, outputs);
            for (int k = 0; k < outputs; k++) {
                counts[k] = minibatch.count(row, firstLabel + k, labels);
            }
            head.loss().example(own, wanted, counts, losses, gradient);
            double counted = 0;
            for (int k = 0; k < outputs; k++) {
                excess += counts[k] * losses[k];
                counted += counts[k];
            }
            excess -= head.threshold() * counted / outputs;
            System.arraycopy(gradient, 0, minibatch.gradient(), row * scores + from, outputs);
        }
        return excess;
    }

    private void scale(Minibatch minibatch, int from, int outputs, double weight) {
        if (weight == 1) {
            return;
        }
        for (int row = 0; row < minibatch.rows(); row++) {
            for (int k = 0; k < outputs; k++) {
                int at = row * scores + from + k;
                minibatch.gradient()[at] = weight == 0 ? 0 : weight * minibatch.gradient()[at];
            }
        }
    }
}
