package org.gatedepth.plan.lowering;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.gatedepth.plan.graph.Neighbours;
import org.gatedepth.plan.graph.Node;
import org.gatedepth.plan.graph.Program;
import org.gatedepth.plan.graph.Value;
import org.gatedepth.plan.loop.Tiles;
import org.gatedepth.plan.memory.Contexts;
import org.gatedepth.plan.tile.ElementwiseOp;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.api.ops.impl.transforms.same.Negative;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What the lowering rules ask about the plan that is being compiled, and the calls that they add to it.
 *
 * <p>Operations that work element by element are collected in a {@link LoopBuilder}; the loop ends, and becomes a call,
 * before something else reads what it computes. Nothing is run.
 */
public final class Emitter {
    private final Program program;
    private final Arena arena;
    private final Map<Value, INDArray> arrays;
    private final OpExecutioner executioner = Nd4j.getExecutioner();
    private final boolean loopsAllowed = executioner.type() == OpExecutioner.ExecutionerType.NATIVE_CPU;

    private final Function<Value, INDArray> existing = this::existing;
    private final Map<String, DynamicCustomOp> ops = new HashMap<>();

    private List<Call> calls = new ArrayList<>();
    private @Nullable LoopBuilder loop;
    /** Nodes since {@link #loop} was begun: what they read must stay until it has been run. */
    private final List<Node> unreleased = new ArrayList<>();
    /** First results of nodes that the call for another one does too. */
    private final Set<Value> absorbed = new HashSet<>();
    /** The shapes of values that have no array of their own. */
    private final Map<Value, long[]> shapes = new HashMap<>();

    /**
     * An emitter without calls.
     *
     * @param program what is compiled
     * @param arena gives the arrays
     * @param arrays those that are there, by what they hold; those of the results are added
     */
    public Emitter(Program program, Arena arena, Map<Value, INDArray> arrays) {
        this.program = program;
        this.arena = arena;
        this.arrays = arrays;
    }

    /** Begins a phase, whose calls go to this list. */
    public void begin(List<Call> phase) {
        calls = phase;
    }

    /** Adds the calls for a node, unless those of another one do it too. */
    public void emit(Node node, Runnable lowering) {
        if (absorbed.remove(node.result())) {
            return;
        }
        lowering.run();
        unreleased.add(node);
        if (loop == null) {
            release();
        }
    }

    /** Marks a node as done by the call for another one. */
    void absorb(Node node) {
        absorbed.add(node.result());
        arena.release(node, arrays);
    }

    private void release() {
        unreleased.forEach(node -> arena.release(node, arrays));
        unreleased.clear();
    }

    /** Adds a call. */
    void add(Call call) {
        calls.add(call);
    }

    /** Adds a call of a native op. */
    void call(String name, INDArray out, long[] integers, double[] reals, INDArray... in) {
        // What differs from call to call is in the context.
        DynamicCustomOp op =
                ops.computeIfAbsent(name, n -> DynamicCustomOp.builder(n).build());
        Contexts.Lease lease = program.contexts().take(integers, new DataType[0], reals, new boolean[0]);
        OpContext context = lease.context();
        context.setInputArrays(in);
        context.setOutputArrays(out);
        add(new NativeCall(program.contexts(), lease, () -> executioner.exec(op, context)));
    }

    /** Adds a product of matrices, {@code out = a·b} or {@code out += a·b}. */
    void multiply(INDArray a, boolean transposeA, INDArray b, boolean transposeB, INDArray out, boolean accumulate) {
        if (transposeA && !transposeB) {
            TallProduct.multiply(a, b, accumulate, (ofA, ofB, add) -> matmul(ofA, true, ofB, false, out, add));
        } else {
            matmul(a, transposeA, b, transposeB, out, accumulate);
        }
    }

    /** The same, whatever the number of rows, by one call. */
    void matmul(INDArray a, boolean transposeA, INDArray b, boolean transposeB, INDArray out, boolean add) {
        Call product = BlasProduct.of(a, transposeA, b, transposeB, out, add);
        if (product != null) {
            add(product);
            return;
        }
        long[] integers = {transposeA ? 1 : 0, transposeB ? 1 : 0, 0};
        call("matmul", out, integers, new double[] {1, add ? 1 : 0}, a, b);
    }

    /** Adds a call that sets an array to 0. */
    void clear(INDArray array) {
        call("zeros_as", array, new long[0], new double[0], array);
    }

    /** Whether any op, or the caller, reads a value. */
    boolean isNeeded(Value value) {
        return arena.isNeeded(value);
    }

    /** Whether an op of another name than this, or the caller, reads a value. */
    boolean isReadBesidesBy(Value value, String op) {
        return arena.isKept(value)
                || program.readers(value).stream()
                        .anyMatch(node -> !node.op().opName().equals(op));
    }

    DataType type(Value value) {
        return program.type(value);
    }

    long[] shape(Value value) {
        Value numbers = value.role() == Value.Role.SHAPE ? value.as(Value.Role.RESULT) : value;
        if (loop != null && loop.computes(numbers)) {
            return loop.shape();
        }
        long[] known = shapes.get(numbers);
        return known != null ? known : existing(numbers).shape();
    }

    /** Says which shape a value has that gets no array. */
    void setShape(Value value, long[] shape) {
        shapes.put(value, shape);
    }

    /** The array of a value that was bound, is a constant of the graph, or has been allocated. */
    private INDArray existing(Value value) {
        INDArray array = arrays.get(value);
        if (array == null) {
            array = program.constant(value);
            arrays.put(value, array);
        }
        return array;
    }

    /** The array of a value that was bound, or has been allocated; null if there is none yet. */
    @Nullable
    INDArray find(Value value) {
        return arrays.get(value);
    }

    /**
     * The array of a value, which the calls so far compute; where only the shape is read, one of this shape with any
     * numbers.
     */
    public INDArray computed(Value value) {
        if (value.role() == Value.Role.SHAPE) {
            INDArray numbers = arrays.get(value.as(Value.Role.RESULT));
            return numbers != null ? numbers : create(type(value), shape(value));
        }
        if (loop != null && loop.gives(value)) {
            endLoop();
        }
        return existing(value);
    }

    /** Says that a value is held by an array that is there. */
    public void place(Value value, INDArray array) {
        arrays.put(value, array);
        arena.alias(value, array);
    }

    /** Says that a value is the same as another. */
    public void alias(Value value, Value same) {
        if (loop != null && loop.computes(same)) {
            loop.alias(value, same);
        } else {
            place(value, computed(same));
        }
    }

    INDArray allocate(Value value, long[] shape) {
        // Some ops cannot know their result's type: the variable's is right.
        INDArray array = arena.allocate(value, type(value), shape);
        arrays.put(value, array);
        return array;
    }

    /** An array that no other value gets. */
    INDArray create(DataType type, long... shape) {
        return arena.create(type, shape);
    }

    /** Arrays that are columns of one. */
    List<INDArray> allocateSideBySide(List<Value> values, long rows, long[] columns) {
        List<INDArray> parts = arena.allocateSideBySide(values, type(values.get(0)), rows, columns);
        for (int i = 0; i < parts.size(); i++) {
            arrays.put(values.get(i), parts.get(i));
        }
        return parts;
    }

    /** Whether operations on these can be parts of a loop over arrays of a shape. */
    boolean loops(DataType type, long[] shape, List<Value> operands) {
        if (!loopsAllowed || Arena.length(shape) == 0) {
            return false;
        }
        for (Value operand : operands) {
            if (LoopBuilder.fit(shape, shape(operand)) == null || !isReadable(operand, type)) {
                return false;
            }
        }
        return true;
    }

    private boolean isReadable(Value value, DataType type) {
        if (!Tiles.supports(type)) {
            return false;
        }
        if (loop != null && loop.computes(value)) {
            return loop.type() == type;
        }
        return isReadable(existing(value), type);
    }

    /** Whether loops over rows of these can be parts of the plan. */
    boolean loopsOverRows(INDArray... arrays) {
        return loopsAllowed
                && Arrays.stream(arrays)
                        .allMatch(array -> array.rank() == 2
                                && Tiles.supports(array.dataType())
                                && isReadable(array, arrays[0].dataType()));
    }

    private static boolean isReadable(INDArray array, DataType type) {
        boolean rows = array.rank() == 2 && array.stride(1) == 1;
        boolean dense = array.elementWiseStride() == 1 && (array.ordering() == 'c' || array.isVector());
        long end = array.offset() + (rows ? array.size(0) * array.stride(0) : array.length());
        return array.dataType() == type && (array.length() == 1 || dense || rows) && end < Tiles.MAX_END;
    }

    /** Adds an operation to a loop; {@link #loops} has said that it can be a part of one. */
    void loop(Value result, ElementwiseOp op, DataType type, long[] shape, List<Value> operands) {
        loopFor(type, shape, operands).apply(result, op, operands, existing);
    }

    /** The open loop, if an operation on these has its place there, or else a new one. */
    private LoopBuilder loopFor(DataType type, long[] shape, List<Value> operands) {
        LoopBuilder current = loop;
        if (current != null && (!current.takes(type, shape) || current.sumsAny(operands))) {
            endLoop();
            current = null;
        }
        if (current == null) {
            current = new LoopBuilder(type, shape);
            loop = current;
        }
        return current;
    }

    /** Adds an operation on arrays of one shape; the second operand may also be one row or one element. */
    void elementwise(Value result, ElementwiseOp op, Value... operands) {
        List<Value> values = List.of(operands);
        DataType type = type(operands[0]);
        long[] shape = shape(operands[0]);
        if (loops(type, shape, values)) {
            loop(result, op, type, shape, values);
            return;
        }
        INDArray[] in = values.stream().map(this::computed).toArray(INDArray[]::new);
        INDArray out = allocate(result, shape);
        if (op == ElementwiseOp.NEGATE) {
            Negative negative = new Negative(in[0], out);
            add(() -> executioner.exec(negative));
        } else {
            call(op.name().toLowerCase(Locale.ROOT), out, new long[0], new double[0], in);
        }
    }

    /** Whether {@link #sum} can be had of the first value, or of an elementwise result of all of them. */
    boolean sums(Value... values) {
        return loops(type(values[0]), shape(values[0]), List.of(values));
    }

    /** Adds a sum over all rows, or over all elements; {@code like} has the shape of the result. */
    void sum(Value result, Value value, Value like) {
        LoopBuilder current = loop;
        if (current == null || !current.computes(value)) {
            current = loopFor(type(result), shape(value), List.of(value));
        }
        current.sum(result, value, allocate(result, shape(like)), existing);
    }

    /** Ends the open loop: what it computes is there for the calls that follow. */
    public void endLoop() {
        LoopBuilder ended = loop;
        if (ended == null) {
            return;
        }
        loop = null;
        // First, so that a result may take the place of an input.
        release();
        ended.values().forEach(value -> setShape(value, ended.shape()));
        Map<Value, INDArray> sideBySide = allocateGradients(ended);
        add(new LoopCall(ended.build(values -> destination(values, sideBySide, ended.shape()))));
    }

    /** The array for a result of a loop: null if nothing reads it. */
    private @Nullable INDArray destination(List<Value> values, Map<Value, INDArray> sideBySide, long[] shape) {
        INDArray array = null;
        for (Value value : values) {
            array = array == null && arena.isNeeded(value) ? sideBySide.get(value) : array;
        }
        for (Value value : values) {
            if (arena.isNeeded(value)) {
                array = array == null ? allocate(value, shape) : array;
                if (arrays.put(value, array) != array) {
                    arena.alias(value, array);
                }
            }
        }
        return array;
    }

    /** Arrays for gradients that are to be read side by side, where the loop computes all of a run. */
    private Map<Value, INDArray> allocateGradients(LoopBuilder ended) {
        Map<Value, INDArray> result = new HashMap<>();
        for (Value value : ended.values()) {
            Neighbours.Run run = program.neighbours().ofGradient(value);
            if (run != null && !result.containsKey(value)) {
                List<Value> gradients = run.gradients();
                if (ended.computesApart(gradients)) {
                    List<INDArray> parts = allocateSideBySide(gradients, ended.shape()[0], run.columns());
                    for (int i = 0; i < parts.size(); i++) {
                        result.put(gradients.get(i), parts.get(i));
                    }
                }
            }
        }
        return result;
    }
}
