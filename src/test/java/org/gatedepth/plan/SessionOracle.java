package org.gatedepth.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.gatedepth.testing.Console;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What SameDiff's own session and differentiation give for a body: {@code output}, and the gradients by name. */
record SessionOracle(INDArray output, Map<String, INDArray> gradients) {

    /**
     * The loss is {@code sum(output · seed)}; no external errors, since those double the gradients. The inputs are
     * variables: at a placeholder that several ops read SameDiff loses a part of the gradient.
     */
    static SessionOracle of(
            CompiledFunction.Body body,
            DataType type,
            Map<String, INDArray> inputs,
            Map<String, INDArray> params,
            INDArray seed)
            throws Exception {
        SameDiff sd = SameDiff.create();
        Map<String, SDVariable> in = new LinkedHashMap<>();
        inputs.forEach((name, array) -> in.put(name, sd.var(name, array.dup('c').castTo(type))));
        Map<String, SDVariable> ps = new LinkedHashMap<>();
        params.forEach((name, array) -> ps.put(name, sd.var(name, array.dup('c'))));
        SDVariable output = body.define(sd, in::get, ps::get);
        // A name of its own, since a body may return its input.
        SDVariable result = sd.identity("result-of-body", output);
        result.mul(sd.constant(seed.dup('c'))).sum().markAsLoss();
        INDArray value = sd.outputSingle(Map.of(), "result-of-body").dup('c');
        List<String> wrt = new ArrayList<>(inputs.keySet());
        wrt.addAll(params.keySet());
        Map<String, INDArray> gradients = new HashMap<>();
        Console.capture(() -> {
            sd.calculateGradients(Map.of(), wrt).forEach((name, g) -> gradients.put(name, g.dup('c')));
            return null;
        });
        return new SessionOracle(value, gradients);
    }
}
