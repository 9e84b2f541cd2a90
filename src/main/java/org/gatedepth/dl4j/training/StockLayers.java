package org.gatedepth.dl4j.training;

import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.dropout.GaussianDropout;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.gatedepth.block.Activations;
import org.gatedepth.block.Params;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What Deeplearning4j's layers compute on rows. */
final class StockLayers {
    /** The scope of the one dropout that a stock layer has. */
    private static final String NOTHING = "";

    /** What an embedding gives for one-hot rows. */
    private record Embedding(Activation activation, boolean bias) implements Equation {
        @Override
        public SDVariable define(SameDiff sd, List<SDVariable> inputs, Params p) {
            return Activations.apply(sd, activation, affine(inputs.get(0), p, bias));
        }
    }

    /** What an output layer computes before its activation. */
    private record Scores(long columns, boolean bias) implements Equation {
        @Override
        public SDVariable define(SameDiff sd, List<SDVariable> inputs, Params p) {
            return affine(p.dropOut(NOTHING, inputs.get(0), columns), p, bias);
        }
    }

    private StockLayers() {}

    /**
     * A layer, or its refusal.
     *
     * @param indices where it reads a column of label indices; null elsewhere
     * @param type of the network's numbers
     */
    static Part of(String name, List<String> inputs, Layer layer, Part.@Nullable LabelColumn indices, DataType type) {
        org.deeplearning4j.nn.conf.layers.Layer conf = layer.conf().getLayer();
        Map<String, INDArray> params = layer.numParams() == 0 ? Map.of() : layer.paramTable();
        Map<String, INDArray> gradients = gradients(layer);
        if (conf instanceof FeedForwardLayer stock && stock.getWeightNoise() != null) {
            throw Parts.refused(name, "weight noise");
        }
        if (conf instanceof EmbeddingLayer embedding && indices != null && embedding.getIDropout() == null) {
            Activation activation = activation(name, embedding.getActivationFn());
            return Part.layer(name, inputs, new Embedding(activation, embedding.hasBias()), layer)
                    .with(params, gradients)
                    .with(indices);
        }
        if (conf instanceof ActivationLayer stock) {
            // Deeplearning4j's has no dropout, whatever its settings say.
            Activation activation = activation(name, stock.getActivationFn());
            return Part.layer(name, inputs, (sd, in, p) -> Activations.apply(sd, activation, in.get(0)), layer);
        }
        if (conf instanceof LossLayer last && conf.getClass() == LossLayer.class) {
            long columns = Math.max(last.getNIn(), last.getNOut());
            if (columns < 1) {
                throw Parts.refused(name, "LossLayer without nIn");
            }
            return Part.layer(name, inputs, (sd, in, p) -> in.get(0), layer)
                    .with(StockLosses.of(name, last.getLossFn(), last.getActivationFn(), columns, type));
        }
        if (conf.getClass() == BatchNormalization.class) {
            return batchNormalization(name, inputs, layer, (BatchNormalization) conf, params, gradients);
        }
        requireMultiplicative(name, conf.getIDropout());
        if (conf.getClass() == DropoutLayer.class) {
            return Part.layer(name, inputs, (sd, in, p) -> p.dropOut(NOTHING, in.get(0), WholeFunction.ANY), layer);
        }
        if (conf instanceof OutputLayer last && conf.getClass() == OutputLayer.class) {
            return Part.layer(name, inputs, new Scores(last.getNIn(), last.hasBias()), layer)
                    .with(params, gradients)
                    .with(StockLosses.of(name, last.getLossFn(), last.getActivationFn(), last.getNOut(), type));
        }
        if (conf instanceof DenseLayer dense && conf.getClass() == DenseLayer.class && !dense.hasLayerNorm()) {
            Activation activation = activation(name, dense.getActivationFn());
            return Part.layer(
                            name,
                            inputs,
                            (sd, in, p) -> Activations.apply(
                                    sd,
                                    activation,
                                    affine(p.dropOut(NOTHING, in.get(0), dense.getNIn()), p, dense.hasBias())),
                            layer)
                    .with(params, gradients);
        }
        throw Parts.refused(name, conf.getClass().getSimpleName());
    }

    /** The gradients of a layer's parameters, by the names that Deeplearning4j gives them. */
    static Map<String, INDArray> gradients(Layer layer) {
        return layer.numParams() == 0
                ? Map.of()
                : layer.conf()
                        .getLayer()
                        .initializer()
                        .getGradientsFromFlattened(layer.conf(), layer.getGradientsViewArray());
    }

    private static void requireMultiplicative(String name, @Nullable IDropout dropout) {
        if (dropout != null && !(dropout instanceof Dropout) && !(dropout instanceof GaussianDropout)) {
            throw Parts.refused(name, dropout.getClass().getSimpleName());
        }
    }

    private static Part batchNormalization(
            String name,
            List<String> inputs,
            Layer layer,
            BatchNormalization conf,
            Map<String, INDArray> params,
            Map<String, INDArray> gradients) {
        return Part.layer(name, inputs, (sd, in, p) -> batchNormalization(sd, in.get(0), conf, p), layer)
                .with(learned(conf, params), learned(conf, gradients))
                .with(new RunningStatistics(conf, params, gradients));
    }

    /** Without the running statistics, which have no gradient. */
    private static Map<String, INDArray> learned(BatchNormalization conf, Map<String, INDArray> all) {
        return conf.isLockGammaBeta()
                ? Map.of()
                : Map.of(
                        BatchNormalizationParamInitializer.GAMMA,
                        all.get(BatchNormalizationParamInitializer.GAMMA),
                        BatchNormalizationParamInitializer.BETA,
                        all.get(BatchNormalizationParamInitializer.BETA));
    }

    private static SDVariable batchNormalization(SameDiff sd, SDVariable x, BatchNormalization conf, Params p) {
        SDVariable centred = x.sub(x.mean(true, 0));
        SDVariable variance = sd.math.square(centred).mean(true, 0);
        SDVariable normal = centred.mul(sd.math.pow(variance.add(conf.getEps()), -0.5));
        if (!conf.isLockGammaBeta()) {
            return normal.mul(p.get(BatchNormalizationParamInitializer.GAMMA))
                    .add(p.get(BatchNormalizationParamInitializer.BETA));
        }
        // As Deeplearning4j: a constant alone is passed over.
        boolean both = conf.getGamma() != 1 && conf.getBeta() != 0;
        return both ? normal.mul(conf.getGamma()).add(conf.getBeta()) : normal;
    }

    private static SDVariable affine(SDVariable x, Params p, boolean bias) {
        SDVariable product = x.mmul(p.get("W"));
        return bias ? product.add(p.get("b")) : product;
    }

    private static Activation activation(String name, IActivation function) {
        for (Activation activation : Activations.supported()) {
            if (activation.getActivationFunction().equals(function)) {
                return activation;
            }
        }
        throw Parts.refused(name, "the activation " + function);
    }
}
