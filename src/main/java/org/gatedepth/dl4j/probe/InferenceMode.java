package org.gatedepth.dl4j.probe;

import java.util.Arrays;
import java.util.Collection;
import java.util.Objects;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Makes the layers of a network do in training what they do in inference.
 *
 * <p>A workaround: Deeplearning4j runs backward only after a forward pass in training, and its batch normalisation
 * always differentiates through the statistics of the minibatch. Here dropout and noise on weights are taken off, and
 * batch normalisation uses the statistics that it learned, forward and backward. Parameters and their places stay what
 * they are.
 */
final class InferenceMode {
    private InferenceMode() {}

    /**
     * Changes the layers.
     *
     * @param conf the configuration of a network, which is changed
     */
    static void set(MultiLayerConfiguration conf) {
        conf.getConfs().forEach(InferenceMode::set);
    }

    /** The same for a graph. */
    static void set(ComputationGraphConfiguration conf) {
        conf.getVertices().values().forEach(vertex -> {
            if (vertex instanceof LayerVertex layer) {
                set(layer.getLayerConf());
            }
        });
    }

    private static void set(NeuralNetConfiguration conf) {
        conf.setLayer(inferring(conf.getLayer()));
    }

    private static Layer inferring(Layer layer) {
        layer.setIDropout(null);
        if (layer instanceof BaseWrapperLayer wrapper) {
            wrapper.setUnderlying(inferring(wrapper.getUnderlying()));
        } else if (layer instanceof Bidirectional both) {
            both.setFwd(inferring(both.getFwd()));
            both.setBwd(inferring(both.getBwd()));
        } else if (layer instanceof DropoutLayer) {
            // Without dropout that layer would hand on its input itself, which is of another workspace.
            return new ActivationLayer.Builder()
                    .name(layer.getLayerName())
                    .activation(Activation.IDENTITY)
                    .build();
        } else if (layer instanceof BaseLayer base) {
            base.setWeightNoise(null);
        }
        return layer instanceof org.deeplearning4j.nn.conf.layers.BatchNormalization normalisation
                ? new BatchNormalization(normalisation)
                : layer;
    }

    /** Batch normalisation by the statistics that it learned. */
    static final class BatchNormalization extends org.deeplearning4j.nn.conf.layers.BatchNormalization {
        private static final long serialVersionUID = 1L;

        BatchNormalization(org.deeplearning4j.nn.conf.layers.BatchNormalization other) {
            setLayerName(other.getLayerName());
            setNIn(other.getNIn());
            setNOut(other.getNOut());
            setDecay(other.getDecay());
            setEps(other.getEps());
            setMinibatch(other.isMinibatch());
            setGamma(other.getGamma());
            setBeta(other.getBeta());
            setLockGammaBeta(other.isLockGammaBeta());
            setCudnnAllowFallback(other.isCudnnAllowFallback());
            setUseLogStd(other.isUseLogStd());
            setCnn2DFormat(other.getCnn2DFormat());
            setActivationFn(other.getActivationFn());
            setWeightInitFn(other.getWeightInitFn());
            setIUpdater(other.getIUpdater());
            setBiasUpdater(other.getBiasUpdater());
            setGradientNormalization(other.getGradientNormalization());
        }

        @Override
        public org.deeplearning4j.nn.api.Layer instantiate(
                NeuralNetConfiguration conf,
                Collection<TrainingListener> trainingListeners,
                int layerIndex,
                INDArray layerParamsView,
                boolean initializeParams,
                DataType networkDataType) {
            FixedRuntime runtime = new FixedRuntime(conf, networkDataType);
            runtime.setListeners(trainingListeners);
            runtime.setIndex(layerIndex);
            runtime.setParamsViewArray(layerParamsView);
            runtime.setParamTable(initializer().init(conf, layerParamsView, initializeParams));
            return runtime;
        }
    }

    /** What runs it: {@code y = γ·(x − mean)/√(var + ε) + β}, in which mean and var are constants. */
    private static final class FixedRuntime extends org.deeplearning4j.nn.layers.normalization.BatchNormalization {
        private static final long serialVersionUID = 1L;

        FixedRuntime(NeuralNetConfiguration conf, DataType type) {
            super(conf, type);
        }

        @Override
        public INDArray activate(boolean training, LayerWorkspaceMgr workspaceMgr) {
            return super.activate(false, workspaceMgr);
        }

        @Override
        public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaceMgr) {
            long[] shape = new long[epsilon.rank()];
            Arrays.fill(shape, 1);
            boolean last = shape.length == 4 && layerConf().getCnn2DFormat() == CNN2DFormat.NHWC;
            shape[last ? 3 : 1] = layerConf().getNOut();
            INDArray atInput = epsilon.mul(slope().reshape(shape));
            return new Pair<>(new DefaultGradient(), workspaceMgr.dup(ArrayType.ACTIVATION_GRAD, atInput));
        }

        private INDArray slope() {
            INDArray log = getParam(BatchNormalizationParamInitializer.GLOBAL_LOG_STD);
            INDArray variance = log == null
                    ? getParam(BatchNormalizationParamInitializer.GLOBAL_VAR)
                    : Transforms.exp(log.mul(2 * Math.log(10)));
            INDArray inverse =
                    Transforms.sqrt(variance.add(layerConf().getEps())).rdiv(1);
            if (!layerConf().isLockGammaBeta()) {
                return inverse.mul(Objects.requireNonNull(getParam(BatchNormalizationParamInitializer.GAMMA)));
            }
            // In inference Deeplearning4j passes over a fixed γ where β is 0.
            double gamma = layerConf().getGamma();
            return gamma != 1 && layerConf().getBeta() != 0 ? inverse.mul(gamma) : inverse;
        }
    }
}
