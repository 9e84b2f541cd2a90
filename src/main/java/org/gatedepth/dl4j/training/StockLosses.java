package org.gatedepth.dl4j.training;

import java.util.List;
import org.gatedepth.dl4j.runtime.PlacedHead;
import org.gatedepth.loss.Head;
import org.gatedepth.loss.Loss;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;
import org.nd4j.linalg.lossfunctions.impl.LossMixtureDensity;
import org.nd4j.linalg.lossfunctions.impl.LossNegativeLogLikelihood;
import org.nd4j.linalg.lossfunctions.impl.LossSparseMCXENT;

/**
 * The losses of stock output layers: in plain numbers where one has the gradient of one of ours, and else by
 * Deeplearning4j's own class. ({@code LossBinaryXENT} has not: it clips probabilities.)
 */
final class StockLosses {
    private StockLosses() {}

    /**
     * A loss.
     *
     * @param name of the layer, for messages
     * @param outputs columns of the scores
     * @param type of the network's numbers
     */
    static OutputLoss of(String name, ILossFunction loss, IActivation activation, long outputs, DataType type) {
        Loss ours = ours(loss, activation, outputs);
        if (ours != null) {
            Head head = Head.of(ours, outputs).withWeight(1);
            return new HeadLoss(List.of(new PlacedHead("", 0, 0, outputs, 0, head)));
        }
        if (loss instanceof LossMixtureDensity) {
            throw Parts.refused(name, "the loss LossMixtureDensity");
        }
        int labels = loss instanceof LossSparseMCXENT ? 1 : (int) outputs;
        return new StockLoss(loss, activation, (int) outputs, labels, type);
    }

    private static @Nullable Loss ours(ILossFunction loss, IActivation activation, long outputs) {
        Class<?> type = loss.getClass();
        if ((type == LossMCXENT.class || type == LossNegativeLogLikelihood.class)
                && ((LossMCXENT) loss).getWeights() == null
                && activation instanceof ActivationSoftmax
                && outputs > 1) {
            return Loss.softmaxCrossEntropy();
        }
        boolean squared = type == LossMSE.class && ((LossMSE) loss).getWeights() == null;
        return squared && activation instanceof ActivationIdentity ? Loss.squaredError() : null;
    }
}
