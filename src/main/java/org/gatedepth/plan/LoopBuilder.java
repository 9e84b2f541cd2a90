package org.gatedepth.plan;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Collects the operations of a {@link FusedLoop}, and gives registers to its values. */
final class LoopBuilder {
    /** How an operand meets the arrays of a loop. */
    enum Fit {
        /** One element for each of theirs. */
        FULL,
        /** One row {@code [1, columns]} for all of their rows. */
        ROW,
        /** One element for all of theirs. */
        SCALAR
    }

    /** A value of the loop: the result of an operation, or an array that it reads. */
    private static final class Value {
        private final @Nullable ElementwiseOp op;
        private final List<Value> operands;
        private final FusedLoop.@Nullable Memory memory;
        private final Fit fit;
        private final List<String> names = new ArrayList<>();
        private int readsLeft;
        private int register = -1;

        private Value(@Nullable ElementwiseOp op, List<Value> operands, FusedLoop.@Nullable Memory memory, Fit fit) {
            this.op = op;
            this.operands = operands;
            this.memory = memory;
            this.fit = fit;
            operands.forEach(v -> v.readsLeft++);
        }
    }

    private record Summand(Value value, boolean byColumn, INDArray result) {}

    private static final int MAX_OPERATIONS = 64;

    private final DataType type;
    private final long[] shape;
    private final int columns;
    /** The results, in the order of their computation. */
    private final List<Value> results = new ArrayList<>();

    private final Map<String, Value> byName = new HashMap<>();
    private final IdentityHashMap<INDArray, Value> inputs = new IdentityHashMap<>();
    private final List<Summand> summands = new ArrayList<>();
    private final Set<String> sumNames = new HashSet<>();

    private final List<FusedLoop.Repeated> repeated = new ArrayList<>();
    private final List<FusedLoop.Step> steps = new ArrayList<>();
    private final List<FusedLoop.Sum> sums = new ArrayList<>();
    private final Deque<Integer> free = new ArrayDeque<>();
    private int registers;

    /** Begins a loop over arrays of a shape. */
    LoopBuilder(DataType type, long[] shape) {
        this.type = type;
        this.shape = shape.clone();
        long length = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        columns = (int) (shape.length == 2 ? shape[1] : length);
    }

    DataType type() {
        return type;
    }

    long[] shape() {
        return shape.clone();
    }

    /** Whether an operation on arrays of that shape has a place in this loop. */
    boolean takes(DataType otherType, long[] otherShape) {
        return type == otherType && Arrays.equals(shape, otherShape) && results.size() < MAX_OPERATIONS;
    }

    /** Whether this loop computes a variable element by element. */
    boolean computes(String variable) {
        return byName.containsKey(variable);
    }

    /** The variables that it computes element by element. */
    Set<String> names() {
        return byName.keySet();
    }

    /** Whether it computes these element by element, and no two of them are the same. */
    boolean computesApart(List<String> variables) {
        long different = variables.stream()
                .map(byName::get)
                .filter(Objects::nonNull)
                .distinct()
                .count();
        return different == variables.size();
    }

    /** Whether this loop computes a variable as a sum, which is there only when the loop has ended. */
    boolean sums(String variable) {
        return sumNames.contains(variable);
    }

    /** Whether this loop computes a variable in one way or the other. */
    boolean gives(String variable) {
        return computes(variable) || sums(variable);
    }

    /** How an array of a shape meets the arrays of a loop; null if it does not. */
    static @Nullable Fit fit(long[] loop, long[] shape) {
        if (Arrays.equals(loop, shape)) {
            return Fit.FULL;
        }
        if (shape.length <= loop.length && Arrays.stream(shape).allMatch(n -> n == 1)) {
            return Fit.SCALAR;
        }
        boolean row = loop.length == 2 && shape.length == 2 && shape[0] == 1 && shape[1] == loop[1];
        return row ? Fit.ROW : null;
    }

    /**
     * Adds an operation.
     *
     * @param result variable that it computes
     * @param operands variables that the loop computes
     * @param arrays where one is not computed here, its array
     */
    void apply(String result, ElementwiseOp op, List<String> operands, Function<String, INDArray> arrays) {
        List<Value> values = operands.stream().map(name -> value(name, arrays)).toList();
        Value value = new Value(op, values, null, Fit.FULL);
        results.add(value);
        name(result, value);
    }

    /**
     * Sums a variable of this loop's shape, by column or in all.
     *
     * @param result variable that it computes
     * @param into array of one row, or of one element
     */
    void sum(String result, String variable, INDArray into, Function<String, INDArray> arrays) {
        Value value = value(variable, arrays);
        value.readsLeft++;
        summands.add(new Summand(value, fit(shape, into.shape()) == Fit.ROW, into));
        sumNames.add(result);
    }

    /** Says that a variable is the same as one that this loop computes. */
    void alias(String variable, String computed) {
        name(variable, Objects.requireNonNull(byName.get(computed), computed));
    }

    private void name(String variable, Value value) {
        value.names.add(variable);
        byName.put(variable, value);
    }

    private Value value(String name, Function<String, INDArray> arrays) {
        Value computed = byName.get(name);
        if (computed != null) {
            return computed;
        }
        return inputs.computeIfAbsent(arrays.apply(name), array -> {
            Fit fit = Objects.requireNonNull(fit(shape, array.shape()), name);
            return new Value(null, List.of(), FusedLoop.Memory.of(array, columns), fit);
        });
    }

    /**
     * The loop.
     *
     * @param destinations for the names of a result the array to store it in, or null if nothing reads it
     */
    FusedLoop build(Function<List<String>, @Nullable INDArray> destinations) {
        IdentityHashMap<Value, FusedLoop.Memory> stored = new IdentityHashMap<>();
        for (Value result : results) {
            INDArray destination = destinations.apply(result.names);
            if (destination != null) {
                // One more read, which never comes: the register is kept to the end of the tile.
                result.readsLeft++;
                stored.put(result, FusedLoop.Memory.of(destination, columns));
            }
        }
        inputs.values().stream().filter(v -> v.fit != Fit.FULL).forEach(this::repeat);
        // All before the first step, since a sum's register is in use from one tile to the next.
        for (Summand summand : summands) {
            FusedLoop.Memory memory = FusedLoop.Memory.of(summand.result(), columns);
            sums.add(new FusedLoop.Sum(memory, summand.byColumn(), newRegister()));
        }
        for (int i = 0; i < summands.size(); i++) {
            if (summands.get(i).value().op == null) {
                emitSum(summands.get(i).value(), sums.get(i).register());
            }
        }
        results.forEach(this::emit);
        // Stored at the end, since the array may be that of an input.
        results.stream().filter(stored::containsKey).forEach(result -> {
            int register = result.register;
            FusedLoop.Memory memory = Objects.requireNonNull(stored.get(result));
            steps.add((tile, index, length) -> memory.store(tile, register, index, length));
        });
        long rows = shape.length == 2 ? shape[0] : 1;
        return new FusedLoop(type, rows, columns, repeated, steps, sums, registers + 1);
    }

    private void repeat(Value input) {
        input.register = newRegister();
        input.readsLeft++;
        repeated.add(
                new FusedLoop.Repeated(Objects.requireNonNull(input.memory), input.fit == Fit.ROW, input.register));
    }

    private void emit(Value result) {
        int a = read(result.operands.get(0));
        int b = read(result.operands.get(result.operands.size() - 1));
        result.operands.forEach(this::release);
        int out = newRegister();
        result.register = out;
        ElementwiseOp op = Objects.requireNonNull(result.op);
        steps.add((tile, index, length) -> tile.apply(op, a, b, out, length));
        for (int i = 0; i < summands.size(); i++) {
            if (summands.get(i).value() == result) {
                emitSum(result, sums.get(i).register());
            }
        }
    }

    private void emitSum(Value value, int sum) {
        int register = read(value);
        steps.add((tile, index, length) -> tile.apply(ElementwiseOp.ADD, sum, register, sum, length));
        release(value);
    }

    /** The register of a value; a full array is loaded when it is first read. */
    private int read(Value value) {
        if (value.register < 0) {
            int register = newRegister();
            FusedLoop.Memory memory = Objects.requireNonNull(value.memory);
            steps.add((tile, index, length) -> memory.load(tile, register, index, length));
            value.register = register;
        }
        return value.register;
    }

    private void release(Value value) {
        value.readsLeft--;
        if (value.readsLeft == 0) {
            free.push(value.register);
        }
    }

    private int newRegister() {
        return free.isEmpty() ? registers++ : free.pop();
    }
}
