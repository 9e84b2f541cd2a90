package org.gatedepth.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.gatedepth.plan.graph.Node;
import org.gatedepth.plan.graph.Program;
import org.gatedepth.plan.graph.Value;
import org.gatedepth.plan.lowering.Arena;
import org.gatedepth.plan.lowering.BackwardLowering;
import org.gatedepth.plan.lowering.Call;
import org.gatedepth.plan.lowering.DepthReads;
import org.gatedepth.plan.lowering.ElementwiseLowering;
import org.gatedepth.plan.lowering.Emitter;
import org.gatedepth.plan.lowering.NativeLowering;
import org.gatedepth.plan.lowering.Products;
import org.gatedepth.plan.lowering.RowLowering;
import org.gatedepth.plan.lowering.SequenceLowering;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.same.Identity;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Turns the ops of a SameDiff graph into the calls of an {@link ExecutionPlan}, for fixed shapes of its placeholders.
 *
 * <p>Nothing is run: shapes come from the shape functions of the ops. (The one exception are known whole numbers, which
 * these functions read; see {@code KnownValues}.) Each node of the {@code Schedule} goes to the first lowering rule
 * that takes it: {@link Products}, {@link DepthReads}, {@link ElementwiseLowering}, {@link BackwardLowering},
 * {@link SequenceLowering}, {@link NativeLowering}. The phases are compiled one by one, in their order, so that a
 * caller who never runs the second does not pay for it.
 */
final class PlanCompiler {
    private final Program program;
    private final String seed;
    private final Arena arena;
    private final Emitter emitter;
    private final Products products;
    private final NativeLowering nativeLowering;
    private final ExecutionPlan plan;

    /**
     * A compiler of one plan.
     *
     * @param program the nodes
     * @param placeholders shapes of the placeholders of the first phase, by name
     * @param type of the placeholders
     * @param destinations asked when a phase is compiled: the array for a wanted variable, or null; written in place by
     *     an op that gives such an array, while a variable that is an alias, or of another shape, stays where it is
     * @param seed placeholder of the second phase, of the first wanted variable's shape
     */
    PlanCompiler(
            Program program,
            Map<String, long[]> placeholders,
            DataType type,
            Function<String, @Nullable INDArray> destinations,
            String seed) {
        this.program = program;
        this.seed = seed;
        arena = new Arena(program, destinations);
        Map<Value, INDArray> arrays = new HashMap<>(program.params());
        Map<String, INDArray> fed = new HashMap<>();
        try (MemoryWorkspace ignored = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            placeholders.forEach((name, shape) -> fed.put(name, arena.create(type, shape)));
        }
        fed.forEach((name, array) -> arrays.put(Value.of(name), array));
        emitter = new Emitter(program, arena, arrays);
        products = new Products(program, emitter, arena);
        nativeLowering = new NativeLowering(program, emitter);
        plan = new ExecutionPlan(fed, arena);
    }

    /** The plan, with the phases that have been compiled. */
    ExecutionPlan plan() {
        return plan;
    }

    /** Whether the plan has all phases. */
    boolean isDone() {
        return plan.phases() == program.phases().size();
    }

    /** Adds the next phase to the plan. If that fails no phase is added, now or later: the caller closes the plan. */
    void compile() {
        int phase = plan.phases();
        List<Call> calls = new ArrayList<>();
        Map<String, INDArray> results = new HashMap<>();
        try (MemoryWorkspace ignored = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            emitter.begin(calls);
            if (phase == 1) {
                emitter.place(Value.of(seed), plan.array(seed));
            }
            program.phases().get(phase).forEach(node -> emitter.emit(node, () -> lower(node)));
            emitter.endLoop();
            for (String wanted : program.wanted().get(phase)) {
                results.put(wanted, emitter.computed(Value.of(wanted)));
            }
            if (phase == 0) {
                INDArray out = Objects.requireNonNull(results.get(program.output()));
                results.put(seed, arena.create(out.dataType(), out.shape()));
            }
            plan.add(calls, results);
        } catch (Throwable failure) {
            calls.forEach(Call::close);
            throw failure;
        }
    }

    private void lower(Node node) {
        if (node.op() instanceof Identity) {
            emitter.alias(node.result(), node.inputs().get(0));
        } else if (!products.lower(node)
                && !DepthReads.lower(node, emitter)
                && !ElementwiseLowering.lower(node, emitter)
                && !BackwardLowering.lower(node, emitter)
                && !RowLowering.lower(node, emitter)
                && !SequenceLowering.lower(node, emitter)) {
            nativeLowering.lower(node);
        }
    }
}
