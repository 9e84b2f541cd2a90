package org.gatedepth.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.BaseOp;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.api.ops.ReduceOp;
import org.nd4j.linalg.api.ops.ScalarOp;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.api.ops.impl.controlflow.compat.BaseCompatOp;
import org.nd4j.linalg.api.ops.impl.shape.tensorops.BaseTensorOp;
import org.nd4j.linalg.api.ops.impl.transforms.any.Assign;
import org.nd4j.linalg.api.ops.impl.transforms.same.Identity;
import org.nd4j.linalg.api.ops.random.BaseRandomOp;
import org.nd4j.linalg.api.shape.LongShapeDescriptor;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The ops of a SameDiff graph as a fixed list, on fixed arrays, for fixed shapes of its placeholders.
 *
 * <p>A session looks up, parameterises and allocates at every op; a plan does so once, when it is compiled, and then only
 * calls the ops. The list is cut into phases (forward, backward) that are run one after the other. Every array is in 'c'
 * order, since ops on mixed orders are many times slower, and an array that is no longer needed is used again.
 *
 * <p>A plan is for one thread at a time.
 */
final class ExecutionPlan {
    private final SameDiff sd;
    private final Map<String, INDArray> arrays = new HashMap<>();
    private final List<List<Runnable>> phases = new ArrayList<>();
    private final Map<Long, INDArray> ones = new HashMap<>();
    private final OpExecutioner executioner = Nd4j.getExecutioner();

    /**
     * Compiles the ops that the wanted variables need. Each op is run once, on what the bound arrays hold.
     *
     * @param sd the graph
     * @param bound arrays of all placeholders and variables that the ops read; used in place, never copied
     * @param destinations arrays for wanted variables, written in place by an op that gives such an array; a variable that is
     *     an alias, or of another shape, stays where it is
     * @param wanted for each phase the variables that must be there after it
     * @param seed placeholder of the second phase, not bound: it gets a plan's own array of the first wanted variable's shape
     */
    ExecutionPlan(
            SameDiff sd,
            Map<String, INDArray> bound,
            Map<String, INDArray> destinations,
            List<? extends Collection<String>> wanted,
            @Nullable String seed) {
        this.sd = sd;
        arrays.putAll(bound);
        List<List<SameDiffOp>> opsOfPhases = opsByPhase(sd, wanted);
        Arena arena = new Arena(opsOfPhases, wanted, destinations);
        try (MemoryWorkspace ignored = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            for (List<SameDiffOp> ops : opsOfPhases) {
                List<Runnable> steps = new ArrayList<>();
                for (SameDiffOp op : ops) {
                    compile(op, arena, steps);
                    arena.release(op, arrays);
                }
                phases.add(steps);
                if (seed != null && phases.size() == 1) {
                    INDArray output = array(wanted.get(0).iterator().next());
                    arrays.put(seed, Nd4j.create(output.dataType(), output.shape(), 'c'));
                }
            }
        }
    }

    /** Whether every op that the wanted variables need can be put into a plan. */
    static boolean supports(SameDiff sd, Collection<String> wanted) {
        return opsByPhase(sd, List.of(wanted)).get(0).stream().allMatch(op -> supports(op.getOp()));
    }

    private static boolean supports(DifferentialFunction op) {
        boolean stateful = op instanceof BaseRandomOp || op.getClass().getName().contains(".ops.random.");
        boolean controlFlow = op instanceof BaseCompatOp
                || op instanceof BaseTensorOp
                || op.getClass().getName().contains(".controlflow.");
        return !stateful && !controlFlow && !(op instanceof Assign) && (op instanceof CustomOp || op instanceof Op);
    }

    /** Runs one phase; the phases before it must have been run on the same inputs. */
    void run(int phase) {
        for (Runnable step : phases.get(phase)) {
            step.run();
        }
    }

    /** The plan's own array of a variable, overwritten by the next run. */
    INDArray array(String variable) {
        return Objects.requireNonNull(arrays.get(variable), variable);
    }

    private static List<List<SameDiffOp>> opsByPhase(SameDiff sd, List<? extends Collection<String>> wanted) {
        List<List<SameDiffOp>> result = new ArrayList<>();
        Set<SameDiffOp> done = new HashSet<>();
        for (Collection<String> names : wanted) {
            Set<String> needed = new LinkedHashSet<>(names);
            List<SameDiffOp> all = new ArrayList<>(sd.getOps().values());
            List<SameDiffOp> ops = new ArrayList<>();
            for (int i = all.size() - 1; i >= 0; i--) {
                SameDiffOp op = all.get(i);
                if (op.getOutputsOfOp().stream().anyMatch(needed::contains) && !done.contains(op)) {
                    needed.addAll(Arena.inputsOf(op));
                    ops.add(op);
                }
            }
            Collections.reverse(ops);
            done.addAll(ops);
            result.add(ops);
        }
        return result;
    }

    private void compile(SameDiffOp node, Arena arena, List<Runnable> steps) {
        DifferentialFunction op = node.getOp();
        INDArray[] inputs = inputsOf(node);
        List<String> outputs = node.getOutputsOfOp();
        if (op instanceof Identity) {
            arrays.put(outputs.get(0), inputs[0]);
            arena.alias(outputs.get(0), inputs[0]);
            return;
        }
        if (op instanceof DynamicCustomOp custom) {
            if (BackwardLowering.lower(op.opName(), custom.iArgs(), inputs, emitter(outputs, arena, steps))) {
                return;
            }
            OpContext context = executioner.buildContext();
            context.setArgs(inputs, custom.iArgs(), custom.dArgs(), custom.tArgs(), custom.bArgs());
            allocate(outputs, custom.calculateOutputShape(context), context, arena);
            add(steps, () -> executioner.exec(custom, context));
        } else {
            add(steps, compileLegacy((BaseOp) op, inputs, outputs, arena));
        }
    }

    private static void add(List<Runnable> steps, Runnable call) {
        call.run();
        steps.add(call);
    }

    private BackwardLowering.Emitter emitter(List<String> outputs, Arena arena, List<Runnable> steps) {
        return new BackwardLowering.Emitter() {
            @Override
            public boolean isNeeded(int output) {
                return arena.isNeeded(outputs.get(output));
            }

            @Override
            public INDArray allocate(int output, long[] shape) {
                String name = outputs.get(output);
                INDArray array = arena.allocate(name, sd.getVariable(name).dataType(), shape);
                arrays.put(name, array);
                return array;
            }

            @Override
            public void alias(int output, INDArray array) {
                arrays.put(outputs.get(output), array);
                arena.alias(outputs.get(output), array);
            }

            @Override
            public INDArray ones(INDArray like, long length) {
                return ones.computeIfAbsent(length, n -> Nd4j.ones(like.dataType(), 1, n));
            }

            @Override
            public void emit(String op, INDArray out, long[] integers, INDArray... in) {
                DynamicCustomOp call = DynamicCustomOp.builder(op).build();
                OpContext context = executioner.buildContext();
                context.setInputArrays(in);
                context.setOutputArrays(out);
                context.setIArguments(integers);
                add(steps, () -> executioner.exec(call, context));
            }

            @Override
            public void emit(Op op) {
                add(steps, () -> executioner.exec(op));
            }
        };
    }

    /** Legacy ops take at most two arrays; a reduction's axis and a scalar op's scalar are set on the op itself. */
    private Runnable compileLegacy(BaseOp op, INDArray[] inputs, List<String> outputs, Arena arena) {
        OpContext context = executioner.buildContext();
        boolean axisAsInput = op instanceof ReduceOp && op.opType() != Op.Type.REDUCE3 && inputs.length == 2;
        if (axisAsInput && op instanceof ReduceOp reduction) {
            int[] axis = inputs[1].toIntVector();
            int rank = inputs[0].rank();
            reduction.setDimensions(
                    Arrays.stream(axis).map(a -> a < 0 ? a + rank : a).toArray());
        } else if (op instanceof ScalarOp scalarOp && inputs.length == 2) {
            scalarOp.setScalar(inputs[1]);
        }
        context.setInputArray(0, inputs[0]);
        if (inputs.length == 2 && !axisAsInput) {
            context.setInputArray(1, inputs[1]);
        }
        allocate(outputs, op.calculateOutputShape(context), context, arena);
        return () -> executioner.exec(op, context);
    }

    private INDArray[] inputsOf(SameDiffOp node) {
        List<String> names = Arena.inputsOf(node);
        INDArray[] inputs = new INDArray[names.size()];
        for (int i = 0; i < inputs.length; i++) {
            // Constants are not bound by the caller: they live in the graph.
            inputs[i] = arrays.computeIfAbsent(
                    names.get(i), name -> sd.getVariable(name).getArr());
        }
        return inputs;
    }

    private void allocate(List<String> names, List<LongShapeDescriptor> shapes, OpContext context, Arena arena) {
        if (names.size() != shapes.size()) {
            throw new IllegalStateException("op with outputs " + names + " gives " + shapes.size() + " shapes");
        }
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            // Some ops cannot know their result's type: the variable's is right.
            INDArray array = arena.allocate(
                    name, sd.getVariable(name).dataType(), shapes.get(i).getShape());
            arrays.put(name, array);
            context.setOutputArray(i, array);
        }
    }
}
