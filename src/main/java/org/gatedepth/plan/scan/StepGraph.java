package org.gatedepth.plan.scan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.gatedepth.plan.graph.Differentiation;
import org.gatedepth.plan.graph.Node;
import org.gatedepth.plan.graph.Program;
import org.gatedepth.plan.graph.Value;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The graph of one step, with the gradients at its inputs and at its products, but not those of the parameters: these
 * are products and sums over all steps.
 */
public final class StepGraph {
    /** The gradient of the loss at the new state that comes from later steps. */
    public static final String CARRIED = "gradient-from-later-steps";
    /** The gradient of the loss at the new state as an output of its step. */
    public static final String OWN = "gradient-of-step";

    /**
     * Where a step reads a parameter.
     *
     * @param param its name
     * @param left what is multiplied by it; empty where it is a row that is added
     * @param gradient the gradient at the product or the sum
     */
    public record Use(String param, String left, String gradient) {
        /** Whether the parameter is the matrix of a product. */
        public boolean isMatrix() {
            return !left.isEmpty();
        }
    }

    private final String output;
    private final Map<String, String> gradients = new LinkedHashMap<>();
    private final List<Use> uses = new ArrayList<>();
    private final Set<String> recorded = new LinkedHashSet<>();
    private final Set<String> readAgain = new HashSet<>();
    private final Program inference;
    private final Program training;
    private final Map<String, long[]> placeholders = new HashMap<>();

    /**
     * A graph, to which the gradients are added.
     *
     * @param sd the graph
     * @param output the new state, {@code [sequences, features]}
     * @param stateSize the features of the state
     * @param inputs the state before and what is projected, whose gradients are wanted
     * @param params arrays of the parameters
     * @throws IllegalArgumentException for a parameter that is neither the matrix of a product nor a row that is added
     */
    public StepGraph(
            SameDiff sd, SDVariable output, long stateSize, List<String> inputs, Map<String, INDArray> params) {
        this.output = output.name();
        inference = new Program(sd, params, List.of(List.of(this.output)));
        Map<String, String> used = findUses(params);
        SDVariable carried = sd.placeHolder(CARRIED, output.dataType(), -1, stateSize);
        SDVariable seed = carried.add(sd.placeHolder(OWN, output.dataType(), -1, stateSize));
        Set<String> wrt = new LinkedHashSet<>(inputs);
        wrt.addAll(used.keySet());
        Differentiation.gradients(sd, output, seed, wrt).forEach((name, g) -> gradients.put(name, g.name()));
        for (String name : wrt) {
            if (!gradients.containsKey(name)) {
                throw new IllegalArgumentException("the new state of a step must depend on the state before and on all"
                        + " that is projected, but not on \"" + name + "\"");
            }
        }
        uses.replaceAll(use -> new Use(use.param, use.left, Objects.requireNonNull(gradients.get(use.gradient))));
        Program all = new Program(sd, params, phases());
        record(all);
        training = new Program(sd, params, phases());
        if (!training.isSupported()) {
            throw new IllegalArgumentException("a step runs only in a plan, which cannot have the op "
                    + String.join(", ", training.unsupported()));
        }
        sd.variables().stream()
                .filter(SDVariable::isPlaceHolder)
                .filter(v -> !params.containsKey(v.name()) && !v.name().equals(CARRIED))
                .forEach(v -> placeholders.put(v.name(), Objects.requireNonNull(v.placeholderShape(), v.name())));
    }

    /** The results at which parameters are read; the name of a result stands for that of its gradient at first. */
    private Map<String, String> findUses(Map<String, INDArray> params) {
        Map<String, String> used = new LinkedHashMap<>();
        for (Node node : inference.phases().get(0)) {
            for (int i = 0; i < node.inputs().size(); i++) {
                String param = node.inputs().get(i).variable();
                INDArray array = params.get(param);
                if (array == null) {
                    continue;
                }
                boolean matrix = node.isPlainProduct() && i == 1;
                boolean row = node.op().opName().equals("add") && array.rank() == 2 && array.size(0) == 1;
                if (!matrix && !row) {
                    throw new IllegalArgumentException("a step reads its parameters as matrices of products and as"
                            + " rows that are added, but \"" + param + "\" of shape " + Arrays.toString(array.shape())
                            + " is read by the op " + node.op().opName());
                }
                String result = node.result().variable();
                uses.add(new Use(param, matrix ? node.inputs().get(0).variable() : "", result));
                used.put(result, param);
            }
        }
        return used;
    }

    private List<List<String>> phases() {
        List<String> forward = new ArrayList<>(List.of(output));
        forward.addAll(recorded);
        return List.of(forward, List.copyOf(new LinkedHashSet<>(gradients.values())));
    }

    /** Finds what the first phase computes and the second phase, or a product over all steps, reads. */
    private void record(Program all) {
        Set<Value> computed = new HashSet<>();
        all.phases().get(0).forEach(node -> computed.addAll(node.outputs()));
        Set<String> needed = new LinkedHashSet<>();
        uses.stream().filter(Use::isMatrix).forEach(use -> needed.add(use.left));
        all.phases()
                .get(1)
                .forEach(node -> node.inputs().forEach(value -> {
                    if (value.role() == Value.Role.RESULT) {
                        needed.add(value.variable());
                    }
                }));
        for (String name : needed) {
            if (computed.contains(Value.of(name))) {
                recorded.add(name);
            } else {
                readAgain.add(name);
            }
        }
        recorded.remove(output);
        if (needed.contains(output)) {
            readAgain.add(output);
        }
    }

    /** The forward phase alone. */
    public Program inference() {
        return inference;
    }

    /** The forward phase, which also gives {@link #recorded}, and the backward phase. */
    public Program training() {
        return training;
    }

    /** Name of the new state. */
    public String output() {
        return output;
    }

    /** What has to be kept of each step, besides its inputs and its output. */
    public Set<String> recorded() {
        return recorded;
    }

    /** Whether the backward phase reads an input or the output. */
    public boolean readsAgain(String name) {
        return readAgain.contains(name);
    }

    /** The variable that is the gradient at an input. */
    public String gradient(String input) {
        return Objects.requireNonNull(gradients.get(input), input);
    }

    /** Where parameters are read. */
    public List<Use> uses() {
        return uses;
    }

    /** The shapes of the placeholders for so many sequences. */
    public Map<String, long[]> placeholders(long sequences, boolean forTraining) {
        Map<String, long[]> shapes = new HashMap<>();
        placeholders.forEach((name, shape) -> {
            if (forTraining || !name.equals(OWN)) {
                shapes.put(name, new long[] {sequences, shape[1]});
            }
        });
        return shapes;
    }
}
