package org.gatedepth.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
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
import org.nd4j.linalg.api.ops.impl.controlflow.compat.StopGradient;
import org.nd4j.linalg.api.ops.impl.shape.tensorops.BaseTensorOp;
import org.nd4j.linalg.api.ops.impl.transforms.any.Assign;
import org.nd4j.linalg.api.ops.impl.transforms.same.Identity;
import org.nd4j.linalg.api.ops.impl.transforms.same.Negative;
import org.nd4j.linalg.api.ops.random.BaseRandomOp;
import org.nd4j.linalg.api.shape.LongShapeDescriptor;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The ops of a SameDiff graph as a fixed list of calls, on fixed arrays, for fixed shapes of its placeholders.
 *
 * <p>A session looks up, parameterises and allocates at every op; a plan does so once, when it is compiled, and then only
 * makes the calls. They are cut into phases (forward, backward) that are run one after the other. Every array is in 'c'
 * order, since ops on mixed orders are many times slower, and an array that is no longer needed is used again. Neighbours
 * that work element by element become one {@link FusedLoop}, and a product whose result is added to a gradient adds it
 * itself.
 *
 * <p>A plan is for one thread at a time.
 */
final class ExecutionPlan {
    /** Arrays of more elements are not read by loops: a Java buffer ends at 2 GiB. */
    private static final long MAX_LOOP_END = Integer.MAX_VALUE / Double.BYTES;

    private final SameDiff sd;
    private final List<List<Schedule.Node>> nodesOfPhases;
    private final Map<String, INDArray> arrays = new HashMap<>();
    private final List<List<Runnable>> phases = new ArrayList<>();
    private final String output;
    private final String seed;
    private final Arena arena;
    private final Products products;
    private final OpExecutioner executioner = Nd4j.getExecutioner();
    private final boolean loopsAllowed = executioner.type() == OpExecutioner.ExecutionerType.NATIVE_CPU;

    // While a phase is compiled:
    private List<Runnable> calls = new ArrayList<>();
    private @Nullable LoopBuilder loop;
    /** Ops since {@link #loop} was begun: what they read must stay until it has been run. */
    private final List<Schedule.Node> unreleased = new ArrayList<>();
    /** Nodes that the call for another one does too, by their first outputs. */
    private final Set<String> absorbed = new HashSet<>();

    /**
     * A plan that is compiled as it is run.
     *
     * @param sd the graph
     * @param bound arrays of all placeholders and variables that the ops read; used in place, never copied
     * @param destinations asked when a phase is compiled: the array for a wanted variable, or null; written in place by an
     *     op that gives such an array, while a variable that is an alias, or of another shape, stays where it is
     * @param wanted for each phase the variables that must be there after it; the first is that of the first phase
     * @param seed placeholder of the second phase, not bound: it gets a plan's own array of the first wanted variable's shape
     */
    ExecutionPlan(
            SameDiff sd,
            Map<String, INDArray> bound,
            Function<String, @Nullable INDArray> destinations,
            List<? extends Collection<String>> wanted,
            String seed) {
        this.sd = sd;
        this.seed = seed;
        arrays.putAll(bound);
        output = wanted.get(0).iterator().next();
        nodesOfPhases = Schedule.phases(sd, wanted);
        arena = new Arena(nodesOfPhases, wanted, destinations);
        products = new Products(this, arena, arrays, nodesOfPhases);
    }

    /** Whether every op that the wanted variables need can be put into a plan. */
    static boolean supports(SameDiff sd, Collection<String> wanted) {
        return Schedule.phases(sd, List.of(wanted)).get(0).stream().allMatch(node -> supports(node.op()));
    }

    private static boolean supports(DifferentialFunction op) {
        boolean stateful = op instanceof BaseRandomOp || op.getClass().getName().contains(".ops.random.");
        boolean controlFlow = op instanceof BaseCompatOp
                || op instanceof BaseTensorOp
                || (op.getClass().getName().contains(".controlflow.") && !(op instanceof StopGradient));
        return !stateful && !controlFlow && !(op instanceof Assign) && (op instanceof CustomOp || op instanceof Op);
    }

    /** Runs one phase; the phases before it must have been run on the same inputs. The first time it is compiled. */
    void run(int phase) {
        if (phase == phases.size()) {
            compile(nodesOfPhases.get(phase));
            return;
        }
        for (Runnable call : phases.get(phase)) {
            call.run();
        }
    }

    /** Phases that have been run, and thereby compiled. */
    int compiledPhases() {
        return phases.size();
    }

    /** The array of the seed, there after the first phase. */
    INDArray seed() {
        return array(seed);
    }

    /** The plan's own array of a variable, overwritten by the next run. */
    INDArray array(String variable) {
        return Objects.requireNonNull(arrays.get(variable), variable);
    }

    private void compile(List<Schedule.Node> nodes) {
        calls = new ArrayList<>();
        try (MemoryWorkspace ignored = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            for (Schedule.Node node : nodes) {
                if (absorbed.remove(node.outputs().get(0))) {
                    continue;
                }
                compile(node);
                unreleased.add(node);
                if (loop == null) {
                    release();
                }
            }
            endLoop();
            if (phases.isEmpty()) {
                INDArray out = array(output);
                arrays.put(seed, Nd4j.create(out.dataType(), out.shape(), 'c'));
            }
        }
        phases.add(calls);
    }

    private void add(Runnable call) {
        call.run();
        calls.add(call);
    }

    /** Marks a node as done by the call for another one. */
    void absorb(Schedule.Node node) {
        absorbed.add(node.outputs().get(0));
        arena.release(node, arrays);
    }

    private void release() {
        unreleased.forEach(op -> arena.release(op, arrays));
        unreleased.clear();
    }

    private void compile(Schedule.Node node) {
        DifferentialFunction op = node.op();
        List<String> inputs = node.inputs();
        List<String> outputs = node.outputs();
        if (op instanceof Identity) {
            alias(outputs.get(0), inputs.get(0));
        } else if (!products.compile(node) && !elementwise(op, inputs, outputs.get(0)) && !lower(op, inputs, outputs)) {
            callNative(op, inputs, outputs);
        }
    }

    private void callNative(DifferentialFunction op, List<String> inputs, List<String> outputs) {
        INDArray[] in = inputs.stream().map(this::computed).toArray(INDArray[]::new);
        if (op instanceof DynamicCustomOp custom) {
            OpContext context = executioner.buildContext();
            context.setArgs(in, custom.iArgs(), custom.dArgs(), custom.tArgs(), custom.bArgs());
            allocate(outputs, custom.calculateOutputShape(context), context);
            add(() -> executioner.exec(custom, context));
        } else {
            callLegacy((BaseOp) op, in, outputs);
        }
    }

    /** Legacy ops take at most two arrays; a reduction's axis and a scalar op's scalar are set on the op itself. */
    private void callLegacy(BaseOp op, INDArray[] inputs, List<String> outputs) {
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
        allocate(outputs, op.calculateOutputShape(context), context);
        add(op instanceof ReduceOp ? () -> reduce(op, inputs[0], context) : () -> executioner.exec(op, context));
    }

    /** Where the reduced axes have one element ND4J copies, between the arrays of the op and not those of the context. */
    private void reduce(BaseOp op, INDArray input, OpContext context) {
        op.setX(input);
        op.setZ(context.getOutputArray(0));
        executioner.exec(op, context);
    }

    private void allocate(List<String> names, List<LongShapeDescriptor> shapes, OpContext context) {
        if (names.size() != shapes.size()) {
            throw new IllegalStateException("op with outputs " + names + " gives " + shapes.size() + " shapes");
        }
        for (int i = 0; i < names.size(); i++) {
            context.setOutputArray(i, allocate(names.get(i), shapes.get(i).getShape()));
        }
    }

    DataType type(String variable) {
        return sd.getVariable(Schedule.original(variable)).dataType();
    }

    INDArray allocate(String name, long[] shape) {
        // Some ops cannot know their result's type: the variable's is right.
        INDArray array = arena.allocate(name, type(name), shape);
        arrays.put(name, array);
        return array;
    }

    /** The array of a variable that was bound, is a constant of the graph, or has been allocated. */
    private INDArray existing(String name) {
        return arrays.computeIfAbsent(name, n -> sd.getVariable(n).getArr());
    }

    /** The array of a variable, which the calls so far have computed. */
    INDArray computed(String name) {
        if (loop != null && loop.gives(name)) {
            endLoop();
        }
        return existing(name);
    }

    private long[] shape(String name) {
        return loop != null && loop.computes(name)
                ? loop.shape()
                : existing(name).shape();
    }

    private void alias(String variable, String same) {
        if (loop != null && loop.computes(same)) {
            loop.alias(variable, same);
        } else {
            INDArray array = computed(same);
            arrays.put(variable, array);
            arena.alias(variable, array);
        }
    }

    /** Puts an op into a loop, if it can be. */
    private boolean elementwise(DifferentialFunction op, List<String> inputs, String result) {
        ElementwiseOp.Call call = ElementwiseOp.of(op);
        if (call == null) {
            return false;
        }
        List<String> operands = new ArrayList<>();
        for (ElementwiseOp.Operand operand : call.operands()) {
            operands.add(
                    switch (operand) {
                        case FIRST_INPUT -> inputs.get(0);
                        case SECOND_INPUT -> inputs.get(1);
                        case SCALAR -> inputs.size() == 2 ? inputs.get(1) : scalar((ScalarOp) op, result);
                    });
        }
        long[] shape = shape(operands.get(0));
        for (String operand : operands) {
            if (LoopBuilder.fit(shape, shape(operand)) == null) {
                shape = shape(operand);
            }
        }
        DataType type = type(result);
        for (String operand : operands) {
            if (LoopBuilder.fit(shape, shape(operand)) == null || !isReadable(operand, type)) {
                return false;
            }
        }
        if (!loopsAllowed || isEmpty(shape)) {
            return false;
        }
        loopFor(type, shape, operands).apply(result, call.op(), operands, this::existing);
        return true;
    }

    private static boolean isEmpty(long[] shape) {
        return Arrays.stream(shape).anyMatch(n -> n == 0);
    }

    private String scalar(ScalarOp op, String result) {
        String name = "scalar for " + result;
        arrays.put(name, op.scalar());
        return name;
    }

    /** Whether a loop can read a variable. */
    private boolean isReadable(String name, DataType type) {
        if (!Tile.supports(type)) {
            return false;
        }
        if (loop != null && loop.computes(name)) {
            return loop.type() == type;
        }
        INDArray array = existing(name);
        boolean rows = array.rank() == 2 && array.stride(1) == 1;
        boolean dense = array.elementWiseStride() == 1 && (array.ordering() == 'c' || array.isVector());
        long end = array.offset() + (rows ? array.size(0) * array.stride(0) : array.length());
        return array.dataType() == type && (array.length() == 1 || dense || rows) && end < MAX_LOOP_END;
    }

    /** The open loop, if an operation on these has its place there, or else a new one. */
    private LoopBuilder loopFor(DataType type, long[] shape, List<String> operands) {
        LoopBuilder current = loop;
        if (current != null && (!current.takes(type, shape) || operands.stream().anyMatch(current::sums))) {
            endLoop();
            current = null;
        }
        if (current == null) {
            current = new LoopBuilder(type, shape);
            loop = current;
        }
        return current;
    }

    void endLoop() {
        LoopBuilder ended = loop;
        if (ended == null) {
            return;
        }
        loop = null;
        // First, so that a result may take the place of an input.
        release();
        Map<String, INDArray> sideBySide = products.allocateGradients(ended);
        add(ended.build(names -> {
            List<String> needed = names.stream().filter(arena::isNeeded).toList();
            if (needed.isEmpty()) {
                return null;
            }
            INDArray array = needed.stream()
                    .map(sideBySide::get)
                    .filter(Objects::nonNull)
                    .findFirst()
                    .orElseGet(() -> allocate(needed.get(0), ended.shape()));
            for (String name : needed) {
                if (arrays.put(name, array) != array) {
                    arena.alias(name, array);
                }
            }
            return array;
        }));
    }

    /** Adds a call of a native op. */
    void call(String name, INDArray out, long[] integers, double[] reals, INDArray... in) {
        DynamicCustomOp op = DynamicCustomOp.builder(name).build();
        OpContext context = executioner.buildContext();
        context.setInputArrays(in);
        context.setOutputArrays(out);
        context.setIArguments(integers);
        context.setTArguments(reals);
        add(() -> executioner.exec(op, context));
    }

    private boolean lower(DifferentialFunction op, List<String> inputs, List<String> outputs) {
        return op instanceof DynamicCustomOp custom
                && BackwardLowering.lower(op.opName(), custom.iArgs(), inputs, outputs, new Lowering());
    }

    private final class Lowering implements BackwardLowering.Plan {
        @Override
        public boolean isNeeded(String variable) {
            return arena.isNeeded(variable);
        }

        @Override
        public long[] shape(String variable) {
            return ExecutionPlan.this.shape(variable);
        }

        @Override
        public void alias(String variable, String same) {
            ExecutionPlan.this.alias(variable, same);
        }

        @Override
        public void elementwise(String result, ElementwiseOp op, String... operands) {
            DataType type = type(operands[0]);
            long[] shape = shape(operands[0]);
            if (loops(List.of(operands), type)) {
                loopFor(type, shape, List.of(operands))
                        .apply(result, op, List.of(operands), ExecutionPlan.this::existing);
                return;
            }
            INDArray[] in =
                    Arrays.stream(operands).map(ExecutionPlan.this::computed).toArray(INDArray[]::new);
            INDArray out = allocate(result, shape);
            if (op == ElementwiseOp.NEGATE) {
                Negative negative = new Negative(in[0], out);
                add(() -> executioner.exec(negative));
            } else {
                call(op.name().toLowerCase(Locale.ROOT), out, new long[0], new double[0], in);
            }
        }

        private boolean loops(List<String> operands, DataType type) {
            return loopsAllowed
                    && !isEmpty(shape(operands.get(0)))
                    && operands.stream().allMatch(name -> isReadable(name, type));
        }

        @Override
        public boolean sums(String... variables) {
            return loops(List.of(variables), type(variables[0]));
        }

        @Override
        public void sum(String result, String variable, String like) {
            LoopBuilder current = loop;
            if (current == null || !current.computes(variable)) {
                current = loopFor(type(result), shape(variable), List.of(variable));
            }
            current.sum(result, variable, allocate(result, shape(like)), ExecutionPlan.this::existing);
        }

        @Override
        public void product(String result, String a, boolean transposeA, String b, boolean transposeB) {
            products.multiply(result, a, transposeA, b, transposeB);
        }
    }
}
