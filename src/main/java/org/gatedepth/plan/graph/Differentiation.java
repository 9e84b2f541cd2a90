package org.gatedepth.plan.graph;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.ops.impl.controlflow.compat.StopGradient;

/**
 * Reverse-mode differentiation of one variable, written into the same graph.
 *
 * <p>It walks the ops backwards and sums what each op's own {@code doDiff} gives for its inputs.
 * {@code SameDiff.createGradFunction} is not used: it prints a line for every op, takes any dangling op for the loss,
 * and with external errors counts the seed twice, so that every gradient comes out doubled.
 */
public final class Differentiation {
    private final SameDiff sd;
    private final Map<String, SDVariable> gradients = new HashMap<>();
    private final Set<String> dependent;

    private Differentiation(SameDiff sd, Collection<String> wrt, List<SameDiffOp> ops) {
        this.sd = sd;
        dependent = new HashSet<>(wrt);
        for (SameDiffOp op : ops) {
            boolean passes = !(op.getOp() instanceof StopGradient);
            if (passes && Node.inputsOf(op).stream().anyMatch(dependent::contains)) {
                // A comparison or an index carries no gradient.
                op.getOutputsOfOp().stream()
                        .filter(name -> sd.getVariable(name).dataType().isFPType())
                        .forEach(dependent::add);
            }
        }
    }

    /**
     * Adds the gradients of {@code sum(output · seed)} to the graph.
     *
     * @param sd graph that defines {@code output}
     * @param output a floating point variable
     * @param seed gradient of the loss with respect to {@code output}, of its shape
     * @param wrt names of the variables whose gradients are wanted
     * @return for each of them its gradient; without an entry where {@code output} does not depend on it
     */
    public static Map<String, SDVariable> gradients(
            SameDiff sd, SDVariable output, SDVariable seed, Collection<String> wrt) {
        // Ops stand in the order of their creation, which is a topological one; those added below must not be walked.
        List<SameDiffOp> ops = new ArrayList<>(sd.getOps().values());
        Differentiation d = new Differentiation(sd, wrt, ops);
        d.gradients.put(output.name(), seed);
        for (int i = ops.size() - 1; i >= 0; i--) {
            d.differentiate(ops.get(i));
        }
        Map<String, SDVariable> result = new LinkedHashMap<>();
        for (String name : wrt) {
            SDVariable gradient = d.gradients.get(name);
            if (gradient != null) {
                result.put(name, gradient);
            }
        }
        return result;
    }

    private void differentiate(SameDiffOp op) {
        List<String> outputs = op.getOutputsOfOp();
        boolean reached = outputs.stream().anyMatch(gradients::containsKey);
        if (!reached || outputs.stream().noneMatch(dependent::contains)) {
            return;
        }
        List<SDVariable> outputGradients = new ArrayList<>();
        for (String name : outputs) {
            SDVariable gradient = gradients.get(name);
            outputGradients.add(gradient != null ? gradient : sd.zerosLike(sd.getVariable(name)));
        }
        DifferentialFunction function = op.getOp();
        List<SDVariable> inputGradients = GradientRules.differentiate(sd, function, outputGradients);
        List<String> inputs = Node.inputsOf(op);
        for (int i = 0; i < Math.min(inputs.size(), inputGradients.size()); i++) {
            String name = inputs.get(i);
            SDVariable gradient = inputGradients.get(i);
            if (gradient != null && dependent.contains(name)) {
                gradients.merge(name, gradient, SDVariable::add);
            }
        }
    }
}
