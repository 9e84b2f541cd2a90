package org.gatedepth.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.gatedepth.plan.lowering.Arena;
import org.gatedepth.plan.lowering.Call;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The ops of a SameDiff graph as a fixed list of calls, on fixed arrays, for fixed shapes of its placeholders.
 *
 * <p>A session looks up, parameterises and allocates at every op; a {@link PlanCompiler} does so once, and a plan only
 * makes the calls. They are cut into phases (forward, backward) that are run one after the other. A phase keeps nothing
 * from its last run: one that was cut short can be run again.
 *
 * <p>A plan is for one thread at a time. It owns its calls and the arrays of its {@link Arena}, whose memory it shares
 * with other plans of its {@link Program}: only what the plan of the program computes that ran last is there.
 */
final class ExecutionPlan implements AutoCloseable {
    private final Map<String, INDArray> results = new HashMap<>();
    private final Map<String, INDArray> placeholders;
    /** Arrays that are written from outside, by name. */
    private final Map<String, FedArray> fed = new HashMap<>();

    private final Arena arena;
    private final List<List<Call>> phases = new ArrayList<>();
    private boolean closed;

    /**
     * A plan without phases.
     *
     * @param placeholders arrays that {@link #feed} writes, by name
     * @param arena has all arrays of this plan
     */
    ExecutionPlan(Map<String, INDArray> placeholders, Arena arena) {
        this.placeholders = Map.copyOf(placeholders);
        placeholders.forEach((name, array) -> fed.put(name, new FedArray(array)));
        this.arena = arena;
    }

    /**
     * Adds a phase that is whole.
     *
     * @param phase what is run
     * @param arrays of the variables that the caller reads or writes after this phase, by name
     */
    void add(List<Call> phase, Map<String, INDArray> arrays) {
        results.putAll(arrays);
        phases.add(List.copyOf(phase));
    }

    /** Phases that are there. */
    int phases() {
        return phases.size();
    }

    /** What a phase runs. */
    List<Call> calls(int phase) {
        return phases.get(phase);
    }

    /** Copies arrays into the placeholders of these names. */
    void feed(Map<String, INDArray> inputs) {
        requireOpen();
        inputs.forEach(
                (name, array) -> Objects.requireNonNull(fed.get(name), name).set(array));
    }

    /** Copies an array into a variable that a phase reads and the caller gives. */
    void set(String variable, INDArray from) {
        requireOpen();
        fed.computeIfAbsent(variable, name -> new FedArray(array(name))).set(from);
    }

    /** What was fed last. */
    Map<String, INDArray> placeholders() {
        return placeholders;
    }

    /** Runs one phase; the phases before it must have been run on the same inputs. */
    void run(int phase) {
        requireOpen();
        for (Call call : phases.get(phase)) {
            call.run();
        }
    }

    /** The array of a wanted variable, overwritten by the next run of a plan of the same program, or closed. */
    INDArray array(String variable) {
        return Objects.requireNonNull(results.get(variable), variable);
    }

    /** Bytes of all arrays. */
    long bytes() {
        return arena.bytes();
    }

    /** Bytes of the arrays that share their memory with no other plan. */
    long ownBytes() {
        return arena.ownBytes();
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("this plan has been closed");
        }
    }

    /** Frees what it owns. Arrays that were bound, destinations of the caller and constants of the graph stay. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        // Before the arrays: a context must not outlive what it points to.
        phases.forEach(phase -> phase.forEach(Call::close));
        phases.clear();
        arena.close();
    }
}
