package org.gatedepth.dl4j.training;

import org.gatedepth.dl4j.training.update.Numbers;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/**
 * The loss of a stock output layer, by Deeplearning4j's own classes.
 *
 * @param loss the layer's loss
 * @param activation its activation
 * @param scores columns of the scores
 * @param labels columns of the labels
 * @param type of the network's numbers
 */
record StockLoss(ILossFunction loss, IActivation activation, int scores, int labels, DataType type)
        implements OutputLoss {

    @Override
    public double of(Minibatch minibatch, int iteration, int epoch) {
        INDArray wanted = array(minibatch.labels(), labels);
        double[] counts = minibatch.mask();
        INDArray mask = counts == null ? null : array(counts, counts.length / minibatch.rows());
        // Arrays of their own, since these classes write into what they read.
        double sum = loss.computeScore(wanted, array(minibatch.scores(), scores), activation, mask, false);
        INDArray gradient = loss.computeGradient(wanted, array(minibatch.scores(), scores), activation, mask);
        System.arraycopy(Numbers.of(gradient), 0, minibatch.gradient(), 0, minibatch.gradient().length);
        return sum;
    }

    private INDArray array(double[] elements, int columns) {
        return Nd4j.createFromArray(elements).castTo(type).reshape('c', elements.length / columns, columns);
    }
}
