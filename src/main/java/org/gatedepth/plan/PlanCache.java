package org.gatedepth.plan;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The plans of one function, by the shapes that they are for.
 *
 * <p>They are at most {@value #MAX_PLANS}, and those that are not in use add at most 32 MiB to the memory of those that
 * are; since plans share memory that is much. Beyond that the one that was not used for longest is closed at once.
 */
final class PlanCache implements AutoCloseable {
    /** The full minibatch and the last one, trained and predicted, and a few sequence lengths. */
    static final int MAX_PLANS = 8;

    /** Small beside what a Java process takes anyway. */
    static final long MAX_IDLE_BYTES = 32L << 20;

    /** What a plan is for. */
    record Key(boolean training, Map<String, List<Long>> shapes) {
        static Key of(boolean training, Map<String, INDArray> inputs) {
            Map<String, List<Long>> shapes = new HashMap<>();
            inputs.forEach((name, array) ->
                    shapes.put(name, Arrays.stream(array.shape()).boxed().toList()));
            return new Key(training, shapes);
        }
    }

    /** A plan, with the compiler of the phases that it does not have yet. */
    static final class Entry {
        private final ExecutionPlan plan;
        private @Nullable PlanCompiler compiler;
        private @Nullable Gradients gradients;

        Entry(PlanCompiler compiler) {
            this.compiler = compiler;
            plan = compiler.plan();
        }

        ExecutionPlan plan() {
            return plan;
        }

        /** What the backward phase gives; made when it has been run for the first time. */
        Gradients gradients(Supplier<Gradients> first) {
            Gradients known = gradients;
            if (known == null) {
                known = first.get();
                gradients = known;
            }
            return known;
        }

        /** Compiles the next phase; see {@link PlanCompiler#compile}. */
        void compile() {
            PlanCompiler current = Objects.requireNonNull(compiler);
            current.compile();
            if (current.isDone()) {
                compiler = null;
            }
        }
    }

    /** Those not used for longest first. */
    private final Map<Key, Entry> plans = new LinkedHashMap<>(16, 0.75f, true);

    private final LongSupplier sharedBytes;

    /**
     * No plans.
     *
     * @param sharedBytes what the memory takes that plans share
     */
    PlanCache(LongSupplier sharedBytes) {
        this.sharedBytes = sharedBytes;
    }

    /** The plan for these shapes, or null if there is none. */
    @Nullable
    Entry get(Key key) {
        return plans.get(key);
    }

    /** Adds a plan whose first phase is whole; {@link #trim} is for the caller to call. */
    void put(Key key, Entry plan) {
        plans.put(key, plan);
    }

    /** Closes plans until the bounds are kept. */
    void trim(Predicate<Entry> inUse) {
        while (size() > MAX_PLANS || bytes() - bytes(inUse) > MAX_IDLE_BYTES) {
            Optional<Entry> eldest =
                    plans.values().stream().filter(inUse.negate()).findFirst();
            if (eldest.isEmpty()) {
                return;
            }
            closeIf(plan -> plan == eldest.get());
        }
    }

    /** Closes and forgets plans. */
    void closeIf(Predicate<Entry> which) {
        plans.values().removeIf(plan -> {
            boolean close = which.test(plan);
            if (close) {
                plan.plan().close();
            }
            return close;
        });
    }

    int size() {
        return plans.size();
    }

    /** Bytes of all arrays. */
    long bytes() {
        return sharedBytes.getAsLong() + sum(plan -> true, ExecutionPlan::ownBytes);
    }

    /** Bytes of the arrays of plans of which no two share memory. */
    private long bytes(Predicate<Entry> which) {
        return sum(which, ExecutionPlan::bytes);
    }

    private long sum(Predicate<Entry> which, ToLongFunction<ExecutionPlan> bytes) {
        return plans.values().stream()
                .filter(which)
                .map(Entry::plan)
                .mapToLong(bytes)
                .sum();
    }

    @Override
    public void close() {
        closeIf(plan -> true);
    }
}
