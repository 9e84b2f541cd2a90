package org.gatedepth.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.gatedepth.plan.scan.MatrixProducts;
import org.gatedepth.plan.scan.MatrixUse;
import org.gatedepth.plan.scan.ParamGradients;
import org.gatedepth.plan.scan.Places;
import org.gatedepth.plan.scan.Projection;
import org.gatedepth.plan.scan.StepGraph;
import org.gatedepth.plan.scan.Tape;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A recurrent function {@code s_t = step(x_t·W, s_(t−1))}, of which <b>one</b> step is compiled and run on all.
 *
 * <p>Forward, the products of the input are computed for many steps at once; then the compiled step runs along tapes on
 * which it leaves what its backward phase needs. Backward, the step runs along the tapes in the opposite order, without
 * the gradients of the parameters: these are one product over all steps for each matrix, and one sum for each row. Time
 * and memory are linear in the number of steps, which may differ from run to run; a step is compiled for each number of
 * sequences, of which a few are kept.
 *
 * <p>Inputs, by name:
 *
 * <ul>
 *   <li>{@link #INPUT} {@code [steps, sequences, features]}
 *   <li>{@link #STATE} {@code [sequences, state features]}, the state before the first step; zeros if it is left out
 *   <li>{@link #MASK} {@code [steps·sequences, 1]} of a scan that has one; row {@code t·sequences + b} is step t of
 *       sequence b
 *   <li>placeholders of the body, {@code [sequences, …]}, the same at every step
 * </ul>
 *
 * <p>The output is the state after each step, {@code [steps·sequences, state features]}. The seed of a backward pass
 * may have the rows of the last steps only: the steps before count as constants then. Gradients are given of the
 * parameters, of {@link #INPUT} and of {@link #STATE}.
 */
public final class Scan implements DifferentiableFunction {
    /** Name of the input of all steps. */
    public static final String INPUT = "input";
    /** Name of the state. */
    public static final String STATE = "state";
    /** Name of the mask. */
    public static final String MASK = "mask";

    /** Writes the function into two graphs. */
    public interface Body {
        /**
         * What the steps read of the input.
         *
         * @param sd a graph for this alone
         * @param x the input, {@code [rows, features]}
         * @return products of x, or of x times a placeholder, and a parameter
         */
        List<SDVariable> project(SameDiff sd, SDVariable x, CompiledFunction.Variables params);

        /**
         * A step.
         *
         * @param sd a graph for this alone
         * @param projected those of the step's rows, {@code [sequences, …]}
         * @param state the state before, {@code [sequences, state features]}
         * @param mask of the step, repeated for each feature of the state; null without one
         * @param params to be read as matrices of products and as rows that are added
         * @return the state after it
         */
        SDVariable step(
                SameDiff sd,
                List<SDVariable> projected,
                SDVariable state,
                @Nullable SDVariable mask,
                CompiledFunction.Variables params);
    }

    private final DataType type;
    private final long inputSize;
    private final Map<String, INDArray> params;
    private final ScanPass.Definition definition;
    private final ScanPass training;
    private final ScanPass inference;
    private final Tape inputGradient;
    private final Tape scratch;
    private final Tape ones;
    private Map<String, INDArray> gradientArrays = Map.of();
    private final Map<String, INDArray> ownGradients = new HashMap<>();
    private boolean pending;
    private boolean closed;

    /**
     * Defines a function.
     *
     * @param type floating point type of everything
     * @param inputSize features of the input
     * @param stateSize features of the state
     * @param masked whether there is a mask
     * @param params arrays of the parameters, read in place at every run
     * @throws IllegalArgumentException for a body that reads its input, its state or its parameters in another way than
     *     {@link Body} says
     */
    public Scan(
            DataType type, long inputSize, long stateSize, boolean masked, Map<String, INDArray> params, Body body) {
        this.type = type;
        this.inputSize = inputSize;
        this.params = new LinkedHashMap<>(params);
        MatrixProducts products = new MatrixProducts();
        try (MemoryWorkspace ignored = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            SameDiff rows = SameDiff.create();
            SDVariable x = rows.placeHolder(INPUT, type, -1, inputSize);
            List<SDVariable> projected = body.project(rows, x, variables(rows));
            Projection projection = new Projection(rows, x, projected, this.params, products);
            SameDiff one = SameDiff.create();
            List<String> inputs = new ArrayList<>(List.of(STATE));
            SDVariable state = one.placeHolder(STATE, type, -1, stateSize);
            List<SDVariable> parts = new ArrayList<>();
            for (Projection.Part part : projection.parts()) {
                inputs.add(part.name());
                parts.add(one.placeHolder(part.name(), type, -1, part.columns()));
            }
            SDVariable mask = masked ? one.placeHolder(MASK, type, -1, stateSize) : null;
            SDVariable next = body.step(one, parts, state, mask, variables(one));
            StepGraph graph = new StepGraph(one, next, stateSize, inputs, this.params);
            definition = new ScanPass.Definition(type, stateSize, graph, projection, products);
        }
        training = new ScanPass(definition, true);
        inference = new ScanPass(definition, false);
        inputGradient = new Tape(type);
        scratch = new Tape(type);
        ones = new Tape(type);
    }

    /** The parameters in a graph, which are read by a plan from their own arrays. */
    private CompiledFunction.Variables variables(SameDiff sd) {
        Map<String, SDVariable> variables = new HashMap<>();
        params.forEach((name, array) -> variables.put(name, sd.placeHolder(name, type, array.shape())));
        return name -> {
            SDVariable variable = variables.get(name);
            if (variable == null) {
                throw new IllegalArgumentException("no variable \"" + name + "\", only " + params.keySet());
            }
            return variable;
        };
    }

    @Override
    public void setGradientArrays(Map<String, INDArray> arrays) {
        gradientArrays = new HashMap<>(arrays);
    }

    @Override
    public INDArray infer(Map<String, INDArray> inputs) {
        check(inputs);
        try (MemoryWorkspace ignored = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            return inference.run(inputs);
        }
    }

    @Override
    public INDArray forward(Map<String, INDArray> inputs) {
        check(inputs);
        pending = false;
        try (MemoryWorkspace ignored = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            INDArray output = training.run(inputs);
            pending = true;
            return output;
        }
    }

    private void check(Map<String, INDArray> inputs) {
        requireOpen();
        INDArray x = Objects.requireNonNull(inputs.get(INPUT), INPUT);
        if (x.rank() != 3 || x.size(2) != inputSize || x.length() == 0) {
            throw new IllegalArgumentException("a scan needs an input of shape [steps, sequences, " + inputSize
                    + "], got " + Arrays.toString(x.shape()));
        }
        require("state", inputs.get(STATE), x, x.size(1), definition.stateSize());
        require("mask", inputs.get(MASK), x, x.size(0) * x.size(1), 1);
    }

    private static void require(String what, @Nullable INDArray array, INDArray x, long... shape) {
        if (array != null && !Arrays.equals(array.shape(), shape)) {
            throw new IllegalArgumentException("a scan of " + x.size(0) + " steps of " + x.size(1)
                    + " sequences needs a " + what + " of shape " + Arrays.toString(shape) + ", got "
                    + Arrays.toString(array.shape()));
        }
    }

    @Override
    public Map<String, INDArray> backward(INDArray seed) {
        requireOpen();
        if (!pending) {
            throw new IllegalStateException("backward needs a forward pass before it");
        }
        boolean steps = seed.rank() == 2 && seed.size(0) % training.sequences() == 0;
        if (!steps || seed.size(0) > training.rows() || seed.size(1) != definition.stateSize() || seed.length() == 0) {
            throw new IllegalArgumentException("a seed needs the shape [steps·sequences, features] = ["
                    + training.rows() + ", " + definition.stateSize() + "], or the rows of the last steps alone, got "
                    + Arrays.toString(seed.shape()));
        }
        try (MemoryWorkspace ignored = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            return gradients(seed);
        }
    }

    private Map<String, INDArray> gradients(INDArray seed) {
        long to = training.rows();
        long from = to - seed.size(0);
        StepPlan plan = training.plan();
        Tape seedTape = training.tapes().seed;
        seedTape.read(seed);
        seedTape.beginAt(from);
        plan.beginBackward(to);
        for (long step = training.steps() - 1; step >= from / training.sequences(); step--) {
            plan.backward(step);
        }
        Map<String, INDArray> result = new LinkedHashMap<>();
        result.put(INPUT, inputGradient(plan.gradients(), from, to));
        result.put(STATE, plan.stateGradient());
        result.putAll(paramGradients(plan, from, to));
        return result;
    }

    private Map<String, INDArray> paramGradients(StepPlan plan, long from, long to) {
        Map<String, INDArray> into = new LinkedHashMap<>();
        params.forEach((name, array) -> into.put(name, destination(name, array)));
        ParamGradients gradients = new ParamGradients(definition.products(), into);
        Map<String, INDArray> lefts = new HashMap<>();
        List<MatrixUse> uses = new ArrayList<>();
        for (StepGraph.Use use : definition.graph().uses()) {
            INDArray gradient = plan.gradients().of(use.gradient()).rows(from, to);
            if (use.isMatrix()) {
                INDArray left = lefts.computeIfAbsent(use.left(), name -> stepInput(plan, name, from, to));
                uses.add(new MatrixUse(left, use.param(), gradient));
            } else {
                INDArray row = ones.resize(1, to - from).assign(1);
                gradients.row(use.param(), gradient, row);
            }
        }
        lefts.clear();
        for (Projection.Part part : definition.projection().parts()) {
            INDArray left = lefts.computeIfAbsent(part.factors(), name -> training.input(name, from, to));
            uses.add(new MatrixUse(
                    left, part.param(), plan.gradients().of(part.name()).rows(from, to)));
        }
        gradients.matrices(uses);
        gradients.clearOthers();
        return into;
    }

    /** What a step multiplies by a parameter, of many steps. */
    private INDArray stepInput(StepPlan plan, String name, long from, long to) {
        if (name.equals(STATE)) {
            return training.tapes().states.rows(from, to);
        }
        return plan.recorded().of(name).rows(from, to);
    }

    private INDArray destination(String name, INDArray param) {
        INDArray wanted = gradientArrays.get(name);
        return wanted != null ? wanted : ownGradients.computeIfAbsent(name, n -> Nd4j.create(type, param.shape(), 'c'));
    }

    private INDArray inputGradient(Places gradients, long from, long to) {
        Projection projection = definition.projection();
        Map<String, INDArray> byName = new HashMap<>();
        projection
                .parts()
                .forEach(part ->
                        byName.put(part.name(), gradients.of(part.name()).rows(from, to)));
        INDArray all = inputGradient.resize(to, inputSize);
        if (from > 0) {
            inputGradient.rows(0, from).assign(0);
        }
        INDArray own = inputGradient.rows(from, to);
        for (String factors : projection.factors()) {
            if (factors.equals(Projection.NO_FACTORS)) {
                projection.inputGradient(factors, byName, own);
            } else {
                INDArray scaled = scratch.resize(to - from, inputSize);
                projection.inputGradient(factors, byName, scaled);
                training.scale(factors, scaled);
                own.addi(scaled);
            }
        }
        return all.reshape('c', training.steps(), training.sequences(), inputSize);
    }

    @Override
    public long bytes() {
        return training.bytes() + inference.bytes() + inputGradient.bytes() + scratch.bytes() + ones.bytes();
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("this function has been closed");
        }
    }

    @Override
    public void close() {
        closed = true;
        pending = false;
        training.close();
        inference.close();
        inputGradient.close();
        scratch.close();
        ones.close();
    }
}
