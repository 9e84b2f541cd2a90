package org.gatedepth.dl4j.runtime;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.gatedepth.block.Params;
import org.gatedepth.dl4j.runtime.watch.Watcher;
import org.gatedepth.plan.CompiledFunction;
import org.gatedepth.plan.DifferentiableFunction;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.regularization.Regularization;

/**
 * What all runtimes do alike, whichever class of Deeplearning4j they must extend: runs the function of a layer or
 * vertex forward and backward, with dropout and without, and knows the parameters by the names that the block gives
 * them.
 *
 * <p>The function is compiled when it is first needed, once with dropout and once without, and again for inputs of
 * other names, such as a mask. Its parameters are read in place, and gradients are written where Deeplearning4j wants
 * them.
 */
public final class BlockDelegate {
    /** Name of the function's input that dropout and, in layers, the layer below belong to. */
    public static final String INPUT = "input";
    /**
     * Name of the input that says how the rows of {@link #INPUT} are sequences, {@code [steps, sequences]}; only layers
     * for sequences have it. All steps get the same dropout.
     */
    public static final String STEPS = "steps";

    private final DataType type;
    private final Supplier<Map<String, INDArray>> stored;
    private final UnaryOperator<Map<String, INDArray>> views;
    private final Definition definition;

    private @Nullable Map<String, INDArray> named;
    /** Where gradients go, as Deeplearning4j stores them; empty before it has told. */
    private Map<String, INDArray> gradients = Map.of();

    private final Map<Kind, DifferentiableFunction> functions = new HashMap<>();
    /** Features of the dropout masks that functions with dropout read, by the placeholder's name. */
    private final Map<String, Long> masks = new LinkedHashMap<>();
    /** The inputs of the last forward pass that kept what a backward pass needs. */
    private Map<String, INDArray> forwardInputs = Map.of();
    /** The function that ran it; null where none is to be gone back from. */
    private @Nullable DifferentiableFunction forwardFunction;

    private @Nullable Watcher watcher;

    /**
     * What a function is for.
     *
     * @param inputs the names of its inputs, without the masks of dropout
     * @param noisy whether it has dropout
     */
    private record Kind(Set<String> inputs, boolean noisy) {}

    /** Makes the function. */
    @FunctionalInterface
    public interface Definition {
        /**
         * The function.
         *
         * @param inputs the names of its inputs
         * @param params the parameters by the block's names
         * @param lookup how the block shall find them
         */
        DifferentiableFunction define(Set<String> inputs, Map<String, INDArray> params, Lookup lookup);
    }

    /** The parameters of a block in a graph, with dropout or without. */
    @FunctionalInterface
    public interface Lookup {
        Params of(SameDiff sd, CompiledFunction.Variables params);
    }

    /**
     * A delegate.
     *
     * @param type floating point type of the network
     * @param stored the parameters as Deeplearning4j stores them
     * @param views from arrays as Deeplearning4j stores them to views by the block's names
     * @param definition the function
     */
    BlockDelegate(
            DataType type,
            Supplier<Map<String, INDArray>> stored,
            UnaryOperator<Map<String, INDArray>> views,
            Definition definition) {
        this.type = type;
        this.stored = stored;
        this.views = views;
        this.definition = definition;
    }

    /** The output for these inputs in inference; an array that the next pass overwrites. */
    public INDArray infer(Map<String, INDArray> inputs) {
        forget();
        return function(inputs.keySet(), false).infer(inputs);
    }

    /**
     * The output for these inputs in training; an array that the next pass overwrites.
     *
     * @param noise what to drop; null for nothing
     */
    public INDArray forward(Map<String, INDArray> inputs, @Nullable Noise noise) {
        DifferentiableFunction function = function(inputs.keySet(), noise != null);
        Map<String, INDArray> all = new HashMap<>(inputs);
        if (noise != null) {
            INDArray sequences = inputs.get(STEPS);
            int steps = sequences == null ? 1 : (int) sequences.size(0);
            INDArray input = Objects.requireNonNull(inputs.get(INPUT));
            // Before the features: the rows, or, of a scan, which repeats the factors itself, the sequences of a step.
            long rows = input.size(input.rank() - 2) / steps;
            masks.forEach((name, size) -> all.put(name, repeated(noise.factors(type, rows, size), steps)));
        }
        forget(); // what a pass leaves that is cut short is no forward pass to go back from
        INDArray output = function.forward(all);
        forwardInputs = inputs;
        forwardFunction = function;
        return output;
    }

    /** Rows so often one after the other. */
    private static INDArray repeated(INDArray rows, int times) {
        return times == 1 ? rows : Nd4j.tile(rows, times, 1);
    }

    /**
     * The gradients of {@code sum(output · seed)}.
     *
     * <p>Where the last pass was none of training on these very arrays, as below {@code FrozenLayerWithBackprop}, one
     * without dropout comes first.
     *
     * @return by name, of the inputs and of the parameters
     */
    public Map<String, INDArray> backward(Map<String, INDArray> inputs, INDArray seed) {
        if (!isForwardOf(inputs)) {
            forward(inputs, null);
        }
        return Objects.requireNonNull(forwardFunction).backward(seed);
    }

    @SuppressWarnings("ReferenceEquality") // the very arrays, not equal ones
    private boolean isForwardOf(Map<String, INDArray> inputs) {
        return forwardFunction != null
                && inputs.entrySet().stream().allMatch(e -> forwardInputs.get(e.getKey()) == e.getValue());
    }

    /** The gradients of the parameters after {@link #backward}, by the names under which Deeplearning4j stores them. */
    public Gradient gradient() {
        Gradient result = new DefaultGradient();
        for (String name : stored.get().keySet()) {
            result.gradientForVariable().put(name, Objects.requireNonNull(gradients.get(name), name));
        }
        return result;
    }

    /** Says where gradients go, by the names under which Deeplearning4j stores them. */
    public void setGradients(Map<String, INDArray> arrays) {
        gradients = arrays;
        Map<String, INDArray> byName = views.apply(arrays);
        functions.values().forEach(function -> function.setGradientArrays(byName));
    }

    /** Gives up what was compiled, since the parameters are in other arrays now or the function is another. */
    public void drop() {
        named = null;
        functions.values().forEach(DifferentiableFunction::close);
        functions.clear();
        forget();
    }

    /** Gives up the last forward pass. */
    public void forget() {
        forwardInputs = Map.of();
        forwardFunction = null;
    }

    private DifferentiableFunction function(Set<String> inputs, boolean noisy) {
        DifferentiableFunction known = functions.get(new Kind(inputs, noisy));
        if (known != null) {
            return known;
        }
        DifferentiableFunction function =
                definition.define(inputs, named(), noisy ? this::withDropout : (sd, params) -> params::get);
        if (!gradients.isEmpty()) {
            function.setGradientArrays(views.apply(gradients));
        }
        functions.put(new Kind(Set.copyOf(inputs), noisy), function);
        return function;
    }

    private Params withDropout(SameDiff sd, CompiledFunction.Variables params) {
        return new Params() {
            @Override
            public SDVariable get(String name) {
                return params.get(name);
            }

            @Override
            public SDVariable dropOut(String scope, SDVariable x, long size) {
                String name = "dropOut/" + scope;
                masks.put(name, size);
                return x.mul(sd.placeHolder(name, type, -1, size));
            }
        };
    }

    /** The parameters by the names that the block gives them. */
    public Map<String, INDArray> named() {
        Map<String, INDArray> byName = named;
        if (byName == null) {
            byName = views.apply(stored.get());
            named = byName;
        }
        return byName;
    }

    /** A stored parameter, or one by the block's name such as {@code b3/H/W}; null if there is none. */
    public @Nullable INDArray param(String key) {
        INDArray array = stored.get().get(key);
        return array != null ? array : named().get(key);
    }

    /**
     * Assigns a parameter.
     *
     * @param layer what a message calls the layer
     * @throws IllegalArgumentException for a name that is not known and for another shape
     */
    public void setParam(String key, INDArray value, String layer) {
        INDArray current = param(key);
        if (current == null) {
            throw new IllegalArgumentException("no parameter \"" + key + "\", only " + named().keySet() + " " + layer);
        }
        if (!current.equalShapes(value)) {
            throw new IllegalArgumentException("parameter \"" + key + "\" has the shape "
                    + Arrays.toString(current.shape()) + ", got " + Arrays.toString(value.shape()) + " " + layer);
        }
        current.assign(value);
    }

    /** What L1, L2 and weight decay of a layer add to the score. */
    double regularisation(Layer layer) {
        double score = 0;
        for (Map.Entry<String, INDArray> e : stored.get().entrySet()) {
            List<Regularization> all = layer.conf().getLayer().getRegularizationByParam(e.getKey());
            if (all != null) {
                for (Regularization r : all) {
                    score += r.score(e.getValue(), layer.getIterationCount(), layer.getEpochCount());
                }
            }
        }
        return score;
    }

    /** Has a watcher see what is read and received. */
    void watch(Watcher newWatcher) {
        watcher = newWatcher;
    }

    /** What a watcher answers in place of the layer or vertex; null for nothing. */
    @Nullable
    INDArray read(boolean training, INDArray... inputs) {
        INDArray answer = watcher == null ? null : watcher.read(training, inputs);
        if (answer != null) {
            forget();
        }
        return answer;
    }

    /** Bytes of the arrays that its functions keep for their passes. */
    long bytes() {
        return functions.values().stream()
                .mapToLong(DifferentiableFunction::bytes)
                .sum();
    }

    /** Whether there is a watcher. */
    boolean isWatched() {
        return watcher != null;
    }

    /** Tells a watcher of the gradient with respect to the output. */
    void received(INDArray gradient) {
        if (watcher != null) {
            watcher.received(gradient);
        }
    }
}
