package org.gatedepth.dl4j.runtime;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.gatedepth.block.ParamSpec;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Tells Deeplearning4j the parameters of a layer whose configuration is a {@link TimeConf}: two vectors, {@code W} with
 * all weights and {@code b} with all biases.
 */
public final class SequenceInitializer implements ParamInitializer {
    /** The only one, since it has no state. */
    public static final SequenceInitializer INSTANCE = new SequenceInitializer();

    private static final String WEIGHTS = "W";
    private static final String BIASES = "b";

    private SequenceInitializer() {}

    @Override
    public long numParams(NeuralNetConfiguration conf) {
        return numParams(conf.getLayer());
    }

    @Override
    public long numParams(Layer layer) {
        TimeConf conf = (TimeConf) layer;
        return conf.length(ParamSpec.Role.WEIGHT) + conf.length(ParamSpec.Role.BIAS);
    }

    @Override
    public List<String> paramKeys(Layer layer) {
        return List.of(WEIGHTS, BIASES);
    }

    @Override
    public List<String> weightKeys(Layer layer) {
        return List.of(WEIGHTS);
    }

    @Override
    public List<String> biasKeys(Layer layer) {
        return List.of(BIASES);
    }

    @Override
    public boolean isWeightParam(Layer layer, String key) {
        return key.equals(WEIGHTS);
    }

    @Override
    public boolean isBiasParam(Layer layer, String key) {
        return key.equals(BIASES);
    }

    @Override
    public Map<String, INDArray> init(NeuralNetConfiguration conf, INDArray view, boolean initialise) {
        Map<String, INDArray> params = parts(conf.getLayer(), view);
        if (initialise) {
            ((TimeConf) conf.getLayer()).initialize(params);
        }
        params.keySet().forEach(conf::addVariable);
        return params;
    }

    @Override
    public Map<String, INDArray> getGradientsFromFlattened(NeuralNetConfiguration conf, INDArray view) {
        return parts(conf.getLayer(), view);
    }

    private static Map<String, INDArray> parts(Layer layer, INDArray view) {
        long weights = ((TimeConf) layer).length(ParamSpec.Role.WEIGHT);
        Map<String, INDArray> parts = new LinkedHashMap<>();
        parts.put(WEIGHTS, part(view, 0, weights));
        parts.put(BIASES, part(view, weights, view.length()));
        return parts;
    }

    /** A row of some elements of a vector; not by {@code get}, for the reason that {@link TimeMajor#part} has. */
    private static INDArray part(INDArray vector, long from, long to) {
        return Nd4j.create(
                vector.data(), new long[] {1, to - from}, new long[] {to - from, 1}, vector.offset() + from, 'c');
    }
}
