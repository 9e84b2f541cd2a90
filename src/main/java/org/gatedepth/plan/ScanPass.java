package org.gatedepth.plan;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.gatedepth.plan.scan.MatrixProducts;
import org.gatedepth.plan.scan.Projection;
import org.gatedepth.plan.scan.StepGraph;
import org.gatedepth.plan.scan.Tape;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.Shape;
import org.nd4j.linalg.factory.Nd4j;

/** The forward pass of a {@link Scan} over all steps: the tapes, and the step compiled for a few minibatch sizes. */
final class ScanPass implements AutoCloseable {
    /** The full minibatch and the last one, and a few others. */
    private static final int MAX_PLANS = 4;

    /** What is projected of so many bytes at once stays in the cache until the steps read it. */
    private static final long CHUNK_BYTES = 4L << 20;

    /**
     * What is run.
     *
     * @param graph of a step
     * @param projection what the steps read of the input
     */
    record Definition(DataType type, long stateSize, StepGraph graph, Projection projection, MatrixProducts products) {}

    private final Definition definition;
    private final boolean training;
    private final StepPlan.Tapes tapes;
    /** The input, and the input times factors, by the names of the factors. */
    private final Map<String, Tape> inputs = new HashMap<>();

    private final Map<String, INDArray> factors = new HashMap<>();
    /** By the number of sequences, those not used for longest first. */
    private final Map<Long, StepPlan> plans = new LinkedHashMap<>(16, 0.75f, true);

    private long steps;
    private long sequences;

    ScanPass(Definition definition, boolean training) {
        this.definition = definition;
        this.training = training;
        tapes = new StepPlan.Tapes(definition.type());
    }

    /** The states after all steps, {@code [steps·sequences, features]}, a view. */
    INDArray run(Map<String, INDArray> given) {
        INDArray x = Objects.requireNonNull(given.get(Scan.INPUT), Scan.INPUT);
        steps = x.size(0);
        sequences = x.size(1);
        StepPlan plan = plan();
        Map<String, INDArray> constants = new HashMap<>();
        for (String name : definition.graph().placeholders(sequences, false).keySet()) {
            boolean constant = !name.equals(Scan.STATE) && !name.equals(Scan.MASK);
            if (constant && given.containsKey(name)) {
                constants.put(name, given.get(name));
            }
        }
        plan.begin(constants, steps * sequences);
        readInput(x, given);
        tapes.states.resize((steps + 1) * sequences, definition.stateSize());
        INDArray first = tapes.states.rows(0, sequences);
        INDArray state = given.get(Scan.STATE);
        if (state == null) {
            first.assign(0);
        } else {
            first.assign(state);
        }
        INDArray mask = given.get(Scan.MASK);
        if (mask != null) {
            INDArray ones = Nd4j.ones(definition.type(), 1, definition.stateSize());
            INDArray all = tapes.mask.resize(steps * sequences, definition.stateSize());
            definition.products().multiply(mask, ones, all, false);
        }
        runSteps(plan);
        return tapes.states.rows(sequences, (steps + 1) * sequences);
    }

    private void readInput(INDArray x, Map<String, INDArray> given) {
        Tape all = input(Projection.NO_FACTORS);
        long features = x.size(2);
        boolean lies = x.dataType() == definition.type() && x.ordering() == 'c' && Shape.hasDefaultStridesForShape(x);
        // A backward pass reads it again, when the caller may have changed it.
        if (!training && lies) {
            all.read(x.reshape('c', rows(), features));
        } else {
            all.resize(rows(), features).reshape('c', x.shape()).assign(x);
        }
        for (String name : definition.projection().factors()) {
            if (!name.equals(Projection.NO_FACTORS)) {
                INDArray row =
                        Objects.requireNonNull(given.get(name), name).dup('c').reshape('c', 1, sequences * features);
                factors.put(name, row);
                INDArray product = input(name).resize(rows(), features);
                product.assign(all.matrix());
                scale(name, product);
            }
        }
    }

    /** Multiplies rows of all steps, or of some whole steps, by the factors of that name, in place. */
    void scale(String name, INDArray rows) {
        INDArray row = Objects.requireNonNull(factors.get(name), name);
        rows.reshape('c', rows.length() / row.length(), row.length()).muliRowVector(row);
    }

    private void runSteps(StepPlan plan) {
        Projection projection = definition.projection();
        long rowBytes = Math.max(1, projection.columns()) * definition.type().width() * sequences;
        boolean whole =
                projection.parts().stream().anyMatch(part -> definition.graph().readsAgain(part.name()));
        long chunk = training && whole ? steps : Math.max(1, CHUNK_BYTES / rowBytes);
        for (long from = 0; from < steps; from += chunk) {
            long to = Math.min(steps, from + chunk);
            tapes.projected.resize((to - from) * sequences, projection.columns());
            tapes.projected.beginAt(from * sequences);
            Map<String, INDArray> rows = new HashMap<>();
            for (String name : projection.factors()) {
                rows.put(name, input(name).rows(from * sequences, to * sequences));
            }
            projection.multiply(rows, tapes.projected);
            for (long step = from; step < to; step++) {
                plan.forward(step);
            }
        }
    }

    private Tape input(String name) {
        return inputs.computeIfAbsent(name, n -> new Tape(definition.type()));
    }

    /** The step for the number of sequences of this pass. */
    StepPlan plan() {
        StepPlan known = plans.get(sequences);
        if (known != null) {
            return known;
        }
        StepPlan made = new StepPlan(
                definition.graph(), definition.projection(), tapes, definition.type(), sequences, training);
        plans.put(sequences, made);
        if (plans.size() > MAX_PLANS) {
            Long eldest = plans.keySet().iterator().next();
            Objects.requireNonNull(plans.remove(eldest)).close();
        }
        return made;
    }

    StepPlan.Tapes tapes() {
        return tapes;
    }

    /** Rows of the input, or of the input times factors. */
    INDArray input(String name, long from, long to) {
        return input(name).rows(from, to);
    }

    long steps() {
        return steps;
    }

    long sequences() {
        return sequences;
    }

    long rows() {
        return steps * sequences;
    }

    /** Bytes of the tapes. */
    long bytes() {
        return tapes.bytes() + inputs.values().stream().mapToLong(Tape::bytes).sum();
    }

    @Override
    public void close() {
        plans.values().forEach(StepPlan::close);
        plans.clear();
        tapes.close();
        inputs.values().forEach(Tape::close);
    }
}
