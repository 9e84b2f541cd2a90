package org.gatedepth.testing;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.gatedepth.loss.Loss;
import org.gatedepth.plan.CompiledFunction;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A loss as a function of {@code scores} and {@code labels}.
 *
 * @param function its elements; both inputs are differentiable
 * @param predictions what the scores predict
 */
public record LossFunction(CompiledFunction function, CompiledFunction predictions) {

    /** The loss of so many outputs. */
    public static LossFunction of(Loss loss, DataType type, int outputs) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put("scores", new long[] {-1, outputs});
        shapes.put("labels", new long[] {-1, outputs});
        return new LossFunction(
                new CompiledFunction(
                        type,
                        shapes,
                        List.of("scores", "labels"),
                        Map.of(),
                        (sd, in, p) -> loss.elements(sd, in.get("scores"), in.get("labels"), outputs)),
                new CompiledFunction(
                        type,
                        Map.of("scores", new long[] {-1, outputs}),
                        List.of(),
                        Map.of(),
                        (sd, in, p) -> loss.prediction(sd, in.get("scores"))));
    }

    /** The elements of the loss. */
    public INDArray elements(INDArray scores, INDArray labels) {
        return function.infer(Map.of("scores", scores, "labels", labels)).dup();
    }

    /** The slopes of the sum of all elements along the scores. */
    public INDArray gradient(INDArray scores, INDArray labels) {
        INDArray elements = function.forward(Map.of("scores", scores, "labels", labels));
        INDArray ones = Nd4j.ones(elements.dataType(), elements.shape());
        return function.backward(ones).get("scores").dup();
    }

    /** What the scores predict. */
    public INDArray prediction(INDArray scores) {
        return predictions.infer(Map.of("scores", scores)).dup();
    }
}
