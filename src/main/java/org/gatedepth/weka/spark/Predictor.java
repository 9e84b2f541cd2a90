package org.gatedepth.weka.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.gatedepth.spark.Workers;
import org.gatedepth.weka.model.NetworkModel;
import org.jspecify.annotations.Nullable;
import weka.core.DenseInstance;
import weka.core.Instances;

/**
 * Predicts rows in the tasks, as the model does in Weka.
 *
 * @param model the model, sent to each worker once
 * @param reader reads the rows
 */
record Predictor(Broadcast<NetworkModel> model, RowReader reader) implements Serializable {

    private static final long serialVersionUID = 1L;

    /** Rows that are predicted together. */
    private static final int TOGETHER = 1024;

    /**
     * A row with its prediction.
     *
     * @param row the row
     * @param values as Weka has it
     * @param prediction the probability of each label, or a number
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Predicted(RawRow row, double[] values, double[] prediction) {}

    /** Predicts rows one after the other. */
    Iterator<Predicted> predict(Iterator<RawRow> rows) {
        return new Iterator<>() {
            private Iterator<Predicted> done = List.<Predicted>of().iterator();

            @Override
            public boolean hasNext() {
                return done.hasNext() || rows.hasNext();
            }

            @Override
            public Predicted next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                if (!done.hasNext()) {
                    done = some(rows);
                }
                return done.next();
            }
        };
    }

    private Iterator<Predicted> some(Iterator<RawRow> rows) {
        List<RawRow> raw = new ArrayList<>();
        Instances table = reader.table(TOGETHER);
        while (rows.hasNext() && raw.size() < TOGETHER) {
            RawRow row = rows.next();
            raw.add(row);
            table.add(reader.row(row));
        }
        double[][] predictions;
        try {
            predictions = model.value().predict(table, 1);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
        List<Predicted> done = new ArrayList<>();
        for (int i = 0; i < raw.size(); i++) {
            done.add(new Predicted(raw.get(i), ((DenseInstance) table.get(i)).toDoubleArray(), predictions[i]));
        }
        return done.iterator();
    }

    /** How well the held-out rows of a table are predicted. */
    Scores evaluate(Workers workers, JavaRDD<RawRow> table, Survey.Plan plan) {
        boolean nominal = model.value().isClassNominal();
        return workers.run(() -> table.mapPartitionsWithIndex(
                        (partition, part) -> {
                            Scores scores = new Scores(nominal);
                            Iterator<Predicted> all = predict(heldOut(plan, partition, part));
                            while (all.hasNext()) {
                                Predicted one = all.next();
                                scores.add(one.prediction, one.values[plan.classIndex()], one.row.weight());
                            }
                            return List.of(scores).iterator();
                        },
                        true)
                .treeReduce(Scores::plus));
    }

    private static Iterator<RawRow> heldOut(Survey.Plan plan, int partition, Iterator<RawRow> part) {
        return new Ahead<>() {
            private long row;

            @Override
            @Nullable
            RawRow find() {
                while (part.hasNext()) {
                    RawRow next = part.next();
                    if (plan.lots().kind(Lots.place(partition, row++)) == Lots.Kind.HELD_OUT && plan.isUsable(next)) {
                        return next;
                    }
                }
                return null;
            }
        };
    }
}
