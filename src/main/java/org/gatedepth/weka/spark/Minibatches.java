package org.gatedepth.weka.spark;

import java.io.Serializable;
import java.util.Iterator;
import java.util.SplittableRandom;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaRDD;
import org.gatedepth.weka.training.Examples;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import scala.Tuple2;
import weka.core.DenseInstance;
import weka.core.Instances;

/**
 * The rows of a table, shuffled and encoded into minibatches.
 *
 * <p>Where a row goes follows from its place in the files and the seed. So the minibatches are the same each time.
 * Those of a partition have one size, give or take a row, as in training on one machine.
 *
 * @param plan what becomes of each row
 * @param reader reads rows
 * @param weights what they weigh
 * @param examples encodes them
 * @param rows of a minibatch
 */
record Minibatches(Survey.Plan plan, RowReader reader, RowWeights weights, Examples examples, int rows)
        implements Serializable {

    private static final long serialVersionUID = 1L;

    /**
     * What is shuffled.
     *
     * @param values of a row
     * @param weight in training
     */
    @SuppressWarnings("ArrayRecordComponent")
    private record Values(double[] values, double weight) implements Serializable {}

    private static final class ByOrder extends Partitioner {
        private static final long serialVersionUID = 1L;
        private final int partitions;

        ByOrder(int partitions) {
            this.partitions = partitions;
        }

        @Override
        public int numPartitions() {
            return partitions;
        }

        @Override
        public int getPartition(Object order) {
            return Math.floorMod((Long) order, partitions);
        }
    }

    /** How many minibatches so many rows of a partition make. */
    long count(long ofRows) {
        return (ofRows + rows - 1) / rows;
    }

    /**
     * The minibatches of the rows of one kind.
     *
     * @param counts how many rows there are in each partition
     * @param mixup the largest part of another row that is mixed into a row
     */
    JavaRDD<MultiDataSet> of(JavaRDD<RawRow> table, Lots.Kind kind, long[] counts, double mixup) {
        return table.mapPartitionsWithIndex((partition, part) -> chosen(kind, partition, part), true)
                .mapToPair(row -> row)
                .repartitionAndSortWithinPartitions(new ByOrder(counts.length))
                .mapPartitionsWithIndex(
                        (partition, part) -> minibatches(partition, part, counts[partition], mixup), true);
    }

    private Iterator<Tuple2<Long, Values>> chosen(Lots.Kind kind, int partition, Iterator<RawRow> part) {
        return new Ahead<>() {
            private long row;

            @Override
            @Nullable
            Tuple2<Long, Values> find() {
                while (part.hasNext()) {
                    RawRow next = part.next();
                    long place = Lots.place(partition, row++);
                    if (plan.isUsable(next) && plan.lots().kind(place) == kind) {
                        double[] values = reader.values(next);
                        double weight = weights.of(values, next.weight());
                        return new Tuple2<>(plan.lots().order(place), new Values(values, weight));
                    }
                }
                return null;
            }
        };
    }

    private Iterator<MultiDataSet> minibatches(
            int partition, Iterator<Tuple2<Long, Values>> part, long count, double mixup) {
        SplittableRandom random = new SplittableRandom(plan.lots().seed() * 31 + partition);
        long batches = count(count);
        return new Ahead<>() {
            private long batch;

            @Override
            @Nullable
            MultiDataSet find() {
                if (batch == batches) {
                    return null;
                }
                long size = begin(batch + 1, count, batches) - begin(batch, count, batches);
                batch++;
                Instances some = reader.table((int) size);
                for (long i = 0; i < size; i++) {
                    Values row = part.next()._2();
                    some.add(new DenseInstance(row.weight, row.values));
                }
                return examples.of(some, mixup, random);
            }
        };
    }

    /** {@code batch · count / batches}, without overflow. */
    private static long begin(long batch, long count, long batches) {
        return batch * (count / batches) + batch * (count % batches) / batches;
    }
}
