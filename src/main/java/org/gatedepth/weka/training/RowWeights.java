package org.gatedepth.weka.training;

import java.util.Objects;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.gatedepth.dl4j.GatedNetworks;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/**
 * A loss that multiplies the loss of each row by the weight of the row, for as long as a network trains.
 *
 * <p>DL4J's own means, the label mask, is not enough: an output layer of 1.0.0-M2.1 multiplies its pre-activations by
 * the mask as well ({@code BaseLayer.preOutputWithPreNorm}), which is harmless for zeros and ones and wrong for any
 * other weight. The loss functions by themselves treat a mask as weights, and correctly; this class gives it only to
 * them.
 *
 * <p>The network has its own loss again after {@link #uninstall}, so that this class is in no saved configuration.
 */
final class RowWeights implements ILossFunction {

    private final transient BaseOutputLayer output;
    private final transient ILossFunction loss;
    private transient @Nullable INDArray weights;

    /** For a network, whose output layer keeps its own loss until {@link #install}. */
    RowWeights(ComputationGraph network) {
        output = outputLayer(network);
        loss = output.getLossFn();
    }

    /** Puts this loss between the output layer of the network and its own loss. */
    void install() {
        output.setLossFn(this);
    }

    /** Gives the output layer its own loss back. */
    void uninstall() {
        output.setLossFn(loss);
    }

    private static BaseOutputLayer outputLayer(ComputationGraph network) {
        LayerVertex vertex = (LayerVertex) Objects.requireNonNull(
                network.getConfiguration().getVertices().get(GatedNetworks.OUTPUT), GatedNetworks.OUTPUT);
        return (BaseOutputLayer) vertex.getLayerConf().getLayer();
    }

    /** Sets the weights of the next minibatch, a column of one number a row. */
    void set(INDArray column) {
        weights = column;
    }

    @Override
    public double computeScore(
            INDArray labels, INDArray preOutput, IActivation activation, @Nullable INDArray mask, boolean average) {
        return loss.computeScore(labels, preOutput, activation, weights, average);
    }

    @Override
    public INDArray computeScoreArray(
            INDArray labels, INDArray preOutput, IActivation activation, @Nullable INDArray mask) {
        return loss.computeScoreArray(labels, preOutput, activation, weights);
    }

    @Override
    public INDArray computeGradient(
            INDArray labels, INDArray preOutput, IActivation activation, @Nullable INDArray mask) {
        return loss.computeGradient(labels, preOutput, activation, weights);
    }

    @Override
    public Pair<Double, INDArray> computeGradientAndScore(
            INDArray labels, INDArray preOutput, IActivation activation, @Nullable INDArray mask, boolean average) {
        return loss.computeGradientAndScore(labels, preOutput, activation, weights, average);
    }

    @Override
    public String name() {
        return "RowWeights(" + loss.name() + ")";
    }
}
