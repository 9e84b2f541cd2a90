package org.gatedepth.weka.table;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.gatedepth.dl4j.Embedding;
import org.gatedepth.weka.table.header.HeaderCheck;
import org.gatedepth.weka.table.step.EncodedSteps;
import org.gatedepth.weka.table.step.StepSource;
import weka.core.Instance;
import weka.core.Instances;

/**
 * Turns one sequence of each row into arrays, in the way that was fitted on the training rows: each step is a row of a
 * table of its own, which a {@link TableEncoder} without a class encodes.
 *
 * <p>A step weighs what its row weighs, divided by the number of its steps where it is learned, so that a long sequence
 * counts as much as a short one.
 */
public final class SequenceEncoder implements Serializable {

    private static final long serialVersionUID = 1L;

    private final StepSource source;
    private final TableEncoder steps;
    private final int longest;
    private final long allSteps;

    private SequenceEncoder(StepSource source, TableEncoder steps, int[] lengths) {
        this.source = source;
        this.steps = steps;
        longest = IntStream.of(lengths).max().orElseThrow();
        allSteps = IntStream.of(lengths).asLongStream().sum();
    }

    /**
     * Fits an encoder.
     *
     * @param rows training rows, as {@link UsableRows#of} returns them
     * @param source the steps of a row
     * @param options how attributes of the table become columns
     * @throws IllegalArgumentException with one sentence, if nothing can be learned from the steps
     */
    static SequenceEncoder fit(Instances rows, StepSource source, InputOptions options) {
        int[] lengths = new int[rows.size()];
        Instances flat = new Instances(source.header(), rows.size());
        for (int i = 0; i < lengths.length; i++) {
            Instance row = rows.get(i);
            List<Instance> steps = source.steps(row);
            lengths[i] = steps.size();
            for (Instance step : steps) {
                HeaderCheck.checkRow(flat, step, Set.of());
                flat.add(step); // a copy that shares its values
                flat.get(flat.size() - 1).setWeight(row.weight());
            }
        }
        List<Integer> learned = source.learned();
        return new SequenceEncoder(
                source, TableEncoder.fit(UsableRows.ofSteps(flat, learned), learned, options.ofSteps()), lengths);
    }

    /** What messages call the sequence. */
    public String name() {
        return source.name();
    }

    /** Indices of the attributes of the table that it reads. */
    List<Integer> attributes() {
        return source.attributes();
    }

    /** Number of columns of a step, those with label indices among them. */
    public int columns() {
        return steps.columns();
    }

    /** The embeddings that read the last columns of a step, one each. */
    public List<Embedding> embeddings() {
        return steps.embeddings();
    }

    /** How many arrays of {@link Features} it becomes. */
    int arrays() {
        int labels = embeddings().size();
        return columns() > labels ? labels + 1 : labels;
    }

    /** What is learned at each step. */
    List<TargetColumn> targets() {
        return steps.targets();
    }

    /** Number of steps of the longest training row. */
    public int longest() {
        return longest;
    }

    /** Number of steps of all training rows together. */
    public long allSteps() {
        return allSteps;
    }

    /** Number of steps of a row. */
    int length(Instance row) {
        return source.steps(row).size();
    }

    /**
     * Refuses a row that has no steps, or a label in one that training did not know.
     *
     * @throws IllegalArgumentException with one sentence
     */
    void checkRow(Instance row) {
        for (Instance step : source.steps(row)) {
            steps.checkRow(step);
        }
    }

    /** Encodes the steps of rows. */
    EncodedSteps encode(Instance[] rows) {
        int columns = steps.columns();
        float[][] values = new float[rows.length][];
        for (int i = 0; i < rows.length; i++) {
            List<Instance> own = source.steps(rows[i]);
            values[i] = new float[own.size() * columns];
            for (int t = 0; t < own.size(); t++) {
                steps.encode(own.get(t), values[i], t * columns);
            }
        }
        return new EncodedSteps(values, columns, embeddings().size());
    }

    /** Encodes what is learned at the steps of rows, one row of the result a step. */
    List<EncodedTarget> learned(Instance[] rows) {
        if (targets().isEmpty()) {
            return List.of();
        }
        List<Instance> all = new ArrayList<>();
        for (Instance row : rows) {
            List<Instance> own = source.steps(row);
            for (Instance step : own) {
                Instance weighted = (Instance) step.copy();
                weighted.setWeight(row.weight() / own.size());
                all.add(weighted);
            }
        }
        Instance[] steps = all.toArray(Instance[]::new);
        return targets().stream().map(target -> target.encode(steps)).toList();
    }
}
