/**
 * Training over a cluster on Apache Spark's own Java API: {@link org.gatedepth.spark.SparkTrainer}.
 *
 * <p>The cluster brings Spark; {@code gatedepth.jar} does not depend on it, and no other package sees it.
 *
 * <p>A round: {@code TrainingRun} broadcasts a {@code NetworkState}, each partition of the {@code Minibatches} trains a
 * {@code Replica} from it and gives a {@code Share}, and the mean of the shares is the next state.
 */
@NullMarked
package org.gatedepth.spark;

import org.jspecify.annotations.NullMarked;
