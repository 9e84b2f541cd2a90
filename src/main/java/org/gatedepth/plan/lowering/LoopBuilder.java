package org.gatedepth.plan.lowering;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.gatedepth.plan.graph.Value;
import org.gatedepth.plan.loop.FusedLoop;
import org.gatedepth.plan.tile.ElementwiseOp;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Collects the operations of a {@link FusedLoop}, and gives registers to its terms. */
public final class LoopBuilder {
    /** How an operand meets the arrays of a loop. */
    public enum Fit {
        /** One element for each of theirs. */
        FULL,
        /** One row {@code [1, columns]} for all of their rows. */
        ROW,
        /** One element for all of theirs. */
        SCALAR
    }

    /** A term of the loop: the result of an operation, or an array that it reads. */
    private static final class Term {
        private final @Nullable ElementwiseOp op;
        private final List<Term> operands;
        private final FusedLoop.@Nullable Memory memory;
        private final Fit fit;
        /** What it is: several where one is an alias. */
        private final List<Value> values = new ArrayList<>();

        private int readsLeft;
        private int register = -1;

        private Term(@Nullable ElementwiseOp op, List<Term> operands, FusedLoop.@Nullable Memory memory, Fit fit) {
            this.op = op;
            this.operands = operands;
            this.memory = memory;
            this.fit = fit;
            operands.forEach(operand -> operand.readsLeft++);
        }
    }

    private record Summand(Term term, boolean byColumn, INDArray result) {}

    private static final int MAX_OPERATIONS = 64;

    private final DataType type;
    private final long[] shape;
    private final int columns;
    /** The results, in the order of their computation. */
    private final List<Term> results = new ArrayList<>();

    private final Map<Value, Term> byValue = new LinkedHashMap<>();
    private final IdentityHashMap<INDArray, Term> inputs = new IdentityHashMap<>();
    private final List<Summand> summands = new ArrayList<>();
    private final Set<Value> sumValues = new HashSet<>();

    private final List<FusedLoop.Repeated> repeated = new ArrayList<>();
    private final List<FusedLoop.Step> steps = new ArrayList<>();
    private final List<FusedLoop.Sum> sums = new ArrayList<>();
    private final Deque<Integer> free = new ArrayDeque<>();
    private int registers;

    /** Begins a loop over arrays of a shape. */
    public LoopBuilder(DataType type, long[] shape) {
        this.type = type;
        this.shape = shape.clone();
        columns = (int) (shape.length == 2 ? shape[1] : Arena.length(shape));
    }

    DataType type() {
        return type;
    }

    /** Not to be changed. */
    long[] shape() {
        return shape;
    }

    /** Whether an operation on arrays of that shape has a place in this loop. */
    public boolean takes(DataType otherType, long[] otherShape) {
        return type == otherType && Arrays.equals(shape, otherShape) && results.size() < MAX_OPERATIONS;
    }

    /** Whether this loop computes a value element by element. */
    public boolean computes(Value value) {
        return byValue.containsKey(value);
    }

    /** The values that it computes element by element. */
    Set<Value> values() {
        return byValue.keySet();
    }

    /** Whether it computes these element by element, and no two of them are the same. */
    boolean computesApart(List<Value> values) {
        long different = values.stream()
                .map(byValue::get)
                .filter(Objects::nonNull)
                .distinct()
                .count();
        return different == values.size();
    }

    /** Whether this loop computes one of these as a sum. */
    boolean sumsAny(List<Value> values) {
        return !Collections.disjoint(sumValues, values);
    }

    /** Whether this loop computes a value as a sum, which is there only when the loop has ended. */
    public boolean sums(Value value) {
        return sumValues.contains(value);
    }

    /** Whether this loop computes a value in one way or the other. */
    public boolean gives(Value value) {
        return computes(value) || sums(value);
    }

    /** How an array of a shape meets the arrays of a loop; null if it does not. */
    public static @Nullable Fit fit(long[] loop, long[] shape) {
        if (Arrays.equals(loop, shape)) {
            return Fit.FULL;
        }
        if (shape.length <= loop.length && Arena.length(shape) == 1) {
            return Fit.SCALAR;
        }
        boolean row = loop.length == 2 && shape.length == 2 && shape[0] == 1 && shape[1] == loop[1];
        return row ? Fit.ROW : null;
    }

    /**
     * Adds an operation.
     *
     * @param result value that it computes
     * @param operands values that it reads
     * @param arrays where one is not computed here, its array
     */
    public void apply(Value result, ElementwiseOp op, List<Value> operands, Function<Value, INDArray> arrays) {
        List<Term> terms = new ArrayList<>(operands.size());
        for (Value operand : operands) {
            terms.add(term(operand, arrays));
        }
        Term term = new Term(op, terms, null, Fit.FULL);
        results.add(term);
        name(result, term);
    }

    /**
     * Sums a value of this loop's shape, by column or in all.
     *
     * @param result value that it computes
     * @param into array of one row, or of one element
     */
    public void sum(Value result, Value value, INDArray into, Function<Value, INDArray> arrays) {
        Term term = term(value, arrays);
        term.readsLeft++;
        summands.add(new Summand(term, fit(shape, into.shape()) == Fit.ROW, into));
        sumValues.add(result);
    }

    /** Says that a value is the same as one that this loop computes. */
    public void alias(Value value, Value computed) {
        name(value, Objects.requireNonNull(byValue.get(computed), computed::toString));
    }

    private void name(Value value, Term term) {
        term.values.add(value);
        byValue.put(value, term);
    }

    private Term term(Value value, Function<Value, INDArray> arrays) {
        Term computed = byValue.get(value);
        if (computed != null) {
            return computed;
        }
        return inputs.computeIfAbsent(arrays.apply(value), array -> {
            Fit fit = Objects.requireNonNull(fit(shape, array.shape()), value::toString);
            return new Term(null, List.of(), FusedLoop.Memory.of(array, columns), fit);
        });
    }

    /**
     * The loop.
     *
     * @param destinations for the values that a result is the array to store it in, or null if nothing reads it
     */
    public FusedLoop build(Function<List<Value>, @Nullable INDArray> destinations) {
        IdentityHashMap<Term, FusedLoop.Memory> stored = new IdentityHashMap<>();
        for (Term result : results) {
            INDArray destination = destinations.apply(result.values);
            if (destination != null) {
                // One more read, which never comes: the register is kept to the end of the tile.
                result.readsLeft++;
                stored.put(result, FusedLoop.Memory.of(destination, columns));
            }
        }
        inputs.values().stream().filter(term -> term.fit != Fit.FULL).forEach(this::repeat);
        // All before the first step, since a sum's register is in use from one tile to the next.
        for (Summand summand : summands) {
            FusedLoop.Memory memory = FusedLoop.Memory.of(summand.result(), columns);
            sums.add(new FusedLoop.Sum(memory, summand.byColumn(), newRegister()));
        }
        for (int i = 0; i < summands.size(); i++) {
            if (summands.get(i).term().op == null) {
                emitSum(summands.get(i).term(), sums.get(i).register());
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
        List<FusedLoop.Memory> memories = new ArrayList<>(stored.values());
        inputs.values().stream()
                .filter(term -> term.fit == Fit.FULL)
                .forEach(term -> memories.add(Objects.requireNonNull(term.memory)));
        return new FusedLoop(type, rows, columns, repeated, steps, sums, memories, registers + 1);
    }

    private void repeat(Term input) {
        input.register = newRegister();
        input.readsLeft++;
        repeated.add(
                new FusedLoop.Repeated(Objects.requireNonNull(input.memory), input.fit == Fit.ROW, input.register));
    }

    private void emit(Term result) {
        int a = read(result.operands.get(0));
        int b = read(result.operands.get(result.operands.size() - 1));
        result.operands.forEach(this::release);
        int out = newRegister();
        result.register = out;
        ElementwiseOp op = Objects.requireNonNull(result.op);
        steps.add((tile, index, length) -> tile.apply(op, a, b, out, length));
        for (int i = 0; i < summands.size(); i++) {
            if (summands.get(i).term() == result) {
                emitSum(result, sums.get(i).register());
            }
        }
    }

    private void emitSum(Term term, int sum) {
        int register = read(term);
        steps.add((tile, index, length) -> tile.apply(ElementwiseOp.ADD, sum, register, sum, length));
        release(term);
    }

    /** The register of a term; a full array is loaded when it is first read. */
    private int read(Term term) {
        if (term.register < 0) {
            int register = newRegister();
            FusedLoop.Memory memory = Objects.requireNonNull(term.memory);
            steps.add((tile, index, length) -> memory.load(tile, register, index, length));
            term.register = register;
        }
        return term.register;
    }

    private void release(Term term) {
        term.readsLeft--;
        if (term.readsLeft == 0) {
            free.push(term.register);
        }
    }

    private int newRegister() {
        return free.isEmpty() ? registers++ : free.pop();
    }
}
