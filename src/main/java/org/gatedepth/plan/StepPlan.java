package org.gatedepth.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.gatedepth.plan.graph.Program;
import org.gatedepth.plan.scan.Places;
import org.gatedepth.plan.scan.Projection;
import org.gatedepth.plan.scan.StepGraph;
import org.gatedepth.plan.scan.Tape;
import org.gatedepth.plan.scan.Windows;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** One step of a {@link Scan}, compiled for a number of sequences, and where it reads and writes on the tapes. */
final class StepPlan implements AutoCloseable {
    /** The tapes of all steps, those of all numbers of sequences. */
    static final class Tapes implements AutoCloseable {
        /** The state before each step, and after the last one. */
        final Tape states;
        /** What is projected, of the steps that are run next. */
        final Tape projected;
        /** The mask, repeated for each feature of the state. */
        final Tape mask;
        /** The gradients at the outputs. */
        final Tape seed;

        final List<Tape> recorded = new ArrayList<>();
        final List<Tape> gradients = new ArrayList<>();

        Tapes(DataType type) {
            states = new Tape(type);
            projected = new Tape(type);
            mask = new Tape(type);
            seed = new Tape(type);
        }

        long bytes() {
            long bytes = states.bytes() + projected.bytes() + mask.bytes() + seed.bytes();
            bytes += recorded.stream().mapToLong(Tape::bytes).sum();
            return bytes + gradients.stream().mapToLong(Tape::bytes).sum();
        }

        @Override
        public void close() {
            List.of(states, projected, mask, seed).forEach(Tape::close);
            recorded.forEach(Tape::close);
            gradients.forEach(Tape::close);
        }
    }

    private final StepGraph graph;
    private final Tapes tapes;
    private final ExecutionPlan plan;
    private final Windows forward;
    private final Places recorded;
    private @Nullable Windows backward;
    private @Nullable Places gradients;

    /**
     * Compiles a step.
     *
     * @param training whether it shall have a backward phase
     */
    StepPlan(StepGraph graph, Projection projection, Tapes tapes, DataType type, long sequences, boolean training) {
        this.graph = graph;
        this.tapes = tapes;
        Program program = training ? graph.training() : graph.inference();
        PlanCompiler compiler = new PlanCompiler(
                program, graph.placeholders(sequences, training), type, name -> null, StepGraph.CARRIED);
        plan = compiler.plan();
        try {
            compiler.compile();
            Map<String, INDArray> kept = new LinkedHashMap<>();
            if (training) {
                graph.recorded().forEach(name -> kept.put(name, plan.array(name)));
                compiler.compile();
            }
            recorded = new Places(kept, tapes.recorded);
            forward = new Windows(plan.calls(0), sequences);
            readInputs(forward, projection);
            forward.write(plan.array(graph.output()), tapes.states, 0, 1);
            recorded.arrays()
                    .forEach(array -> forward.write(
                            array, recorded.of(array).tape(), recorded.of(array).from(), 0));
            if (training) {
                prepareBackward(new Windows(plan.calls(1), sequences), projection);
            }
        } catch (Throwable failure) {
            plan.close();
            throw failure;
        }
    }

    private void readInputs(Windows windows, Projection projection) {
        windows.read(input(Scan.STATE), tapes.states, 0, 0);
        for (Projection.Part part : projection.parts()) {
            windows.read(input(part.name()), tapes.projected, part.column(), 0);
        }
        if (plan.placeholders().containsKey(Scan.MASK)) {
            windows.read(input(Scan.MASK), tapes.mask, 0, 0);
        }
    }

    private INDArray input(String name) {
        return Objects.requireNonNull(plan.placeholders().get(name), name);
    }

    private void prepareBackward(Windows windows, Projection projection) {
        Map<String, INDArray> arrays = new LinkedHashMap<>();
        projection.parts().forEach(part -> arrays.put(part.name(), plan.array(graph.gradient(part.name()))));
        graph.uses().forEach(use -> arrays.put(use.gradient(), plan.array(use.gradient())));
        Places places = new Places(arrays, tapes.gradients);
        readInputs(windows, projection);
        windows.read(plan.array(graph.output()), tapes.states, 0, 1);
        recorded.arrays()
                .forEach(array -> windows.read(
                        array, recorded.of(array).tape(), recorded.of(array).from(), 0));
        windows.read(input(StepGraph.OWN), tapes.seed, 0, 0);
        windows.handOn(stateGradient(), plan.array(StepGraph.CARRIED));
        places.arrays()
                .forEach(array -> windows.write(
                        array, places.of(array).tape(), places.of(array).from(), 0));
        backward = windows;
        gradients = places;
    }

    /** Sets what is the same at every step. */
    void begin(Map<String, INDArray> constants, long rows) {
        plan.feed(constants);
        recorded.resize(rows);
    }

    /** Runs a step forward. */
    void forward(long step) {
        forward.run(step);
    }

    /** Begins to run backward: no gradient comes from steps after the last one. */
    void beginBackward(long rows) {
        plan.array(StepGraph.CARRIED).assign(0);
        gradients().resize(rows);
    }

    /** Runs a step backward. */
    void backward(long step) {
        Objects.requireNonNull(backward).run(step);
    }

    /** Where the gradients at products, sums and what is projected are; not in inference. */
    Places gradients() {
        return Objects.requireNonNull(gradients);
    }

    /** Where what was recorded is. */
    Places recorded() {
        return recorded;
    }

    /** The gradient at the state before the step that was run backward last. */
    INDArray stateGradient() {
        return plan.array(graph.gradient(Scan.STATE));
    }

    @Override
    public void close() {
        plan.close();
    }
}
