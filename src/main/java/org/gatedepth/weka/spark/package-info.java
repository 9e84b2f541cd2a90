/**
 * The commands {@link org.gatedepth.weka.spark.TrainOnSpark} and {@link org.gatedepth.weka.spark.PredictOnSpark}.
 *
 * <p>A {@code Source} gives the rows of files as cells. One pass over them makes a {@code Survey}: what the columns
 * hold, and a sample. From that the driver makes Weka's header, the data preparation and the network, and
 * {@code Minibatches} encodes the rows for {@link org.gatedepth.spark.SparkTrainer}.
 *
 * <p>Spark and picocli are {@code provided}: no other package sees them but {@code org.gatedepth.spark}.
 */
@NullMarked
package org.gatedepth.weka.spark;

import org.jspecify.annotations.NullMarked;
