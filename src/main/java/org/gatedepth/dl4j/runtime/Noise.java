package org.gatedepth.dl4j.runtime;

import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.dropout.GaussianDropout;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The dropout of one training pass: factors by which the inputs of transforms are multiplied.
 *
 * @param dropout the layer's setting
 * @param iteration the network's count of iterations, for schedules
 * @param epoch the network's count of epochs, for schedules
 * @param workspaces those of the pass
 */
public record Noise(IDropout dropout, int iteration, int epoch, LayerWorkspaceMgr workspaces) {

    /** Refuses a setting that does more than multiply. */
    public static void requireMultiplicative(String layer, @Nullable IDropout dropout) {
        if (dropout != null && !(dropout instanceof Dropout) && !(dropout instanceof GaussianDropout)) {
            throw new DL4JInvalidConfigException(layer
                    + " multiplies the input of its transform by noise; use Dropout or GaussianDropout, got "
                    + dropout.getClass().getSimpleName());
        }
    }

    /** That of a layer; null where it has none. */
    public static @Nullable Noise of(Layer layer, LayerWorkspaceMgr workspaces) {
        IDropout dropout = layer.conf().getLayer().getIDropout();
        return dropout == null
                ? null
                : new Noise(dropout, layer.getIterationCount(), layer.getEpochCount(), workspaces);
    }

    /** What the dropout makes of ones: the factors of one transform, {@code [rows, size]}. */
    public INDArray factors(DataType type, long rows, long size) {
        INDArray ones = Nd4j.ones(type, rows, size);
        INDArray factors = Nd4j.createUninitialized(type, rows, size);
        dropout.applyDropout(ones, factors, iteration, epoch, workspaces);
        dropout.clear();
        return factors;
    }
}
