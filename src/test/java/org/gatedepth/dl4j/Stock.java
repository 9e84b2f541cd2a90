package org.gatedepth.dl4j;

import java.util.Map;
import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.samediff.SDLayerParams;
import org.deeplearning4j.nn.conf.layers.samediff.SDVertexParams;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffLayer;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffVertex;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Layers and vertices as Deeplearning4j's users write them, which its own runtimes run. */
final class Stock {
    private Stock() {}

    /** A stock layer, {@code tanh(x·W + b)}. */
    static final class StockLayer extends SameDiffLayer {
        StockLayer() {}

        StockLayer(Settings settings) {
            super(settings);
        }

        @Override
        public InputType getOutputType(int layerIndex, InputType inputType) {
            return inputType;
        }

        @Override
        public void defineParameters(SDLayerParams params) {
            params.clear();
            params.addWeightParam("W", 4, 4);
            params.addBiasParam("b", 1, 4);
        }

        @Override
        public void initializeParameters(Map<String, INDArray> params) {
            initWeights(4, 4, weightInit, params.get("W"));
            params.get("b").assign(0.1);
        }

        @Override
        public SDVariable defineLayer(
                SameDiff sd, SDVariable layerInput, Map<String, SDVariable> params, SDVariable mask) {
            return sd.math.tanh(layerInput.mmul(params.get("W")).add(params.get("b")));
        }

        /** Its builder. */
        @SuppressWarnings("unchecked")
        static final class Settings extends SameDiffLayer.Builder<Settings> {
            @Override
            public StockLayer build() {
                return new StockLayer(this);
            }
        }
    }

    /** A stock layer over sequences that changes nothing but the scale. */
    static final class StockSequenceLayer extends SameDiffLayer {
        @Override
        public InputType getOutputType(int layerIndex, InputType inputType) {
            return inputType;
        }

        @Override
        public void defineParameters(SDLayerParams params) {
            params.clear();
        }

        @Override
        public void initializeParameters(Map<String, INDArray> params) {}

        @Override
        public SDVariable defineLayer(
                SameDiff sd, SDVariable layerInput, Map<String, SDVariable> params, SDVariable mask) {
            return sd.math.tanh(layerInput);
        }
    }

    /** A stock vertex with one weight. */
    static final class StockVertex extends SameDiffVertex {
        @Override
        public StockVertex clone() {
            return new StockVertex();
        }

        @Override
        public boolean equals(Object o) {
            return o instanceof StockVertex;
        }

        @Override
        public int hashCode() {
            return 1;
        }

        @Override
        public void defineParametersAndInputs(SDVertexParams params) {
            params.clear();
            params.defineInputs("a", "b");
            params.addWeightParam("w", 1, 1);
        }

        @Override
        public void initializeParameters(Map<String, INDArray> params) {
            params.get("w").assign(0.5);
        }

        @Override
        public SDVariable defineVertex(
                SameDiff sd,
                Map<String, SDVariable> in,
                Map<String, SDVariable> params,
                Map<String, SDVariable> masks) {
            return sd.math.tanh(in.get("a").mul(params.get("w"))).add(in.get("b"));
        }

        @Override
        public InputType getOutputType(int layerIndex, InputType... inputs) {
            return inputs[0];
        }

        @Override
        public Pair<INDArray, MaskState> feedForwardMaskArrays(INDArray[] masks, MaskState state, int minibatch) {
            return new Pair<>(null, state);
        }
    }
}
