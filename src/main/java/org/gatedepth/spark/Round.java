package org.gatedepth.spark;

/**
 * What one round of {@link SparkTrainer} did.
 *
 * @param number 1 for the first round, counted on by {@code resume}
 * @param epoch how often the rows had been passed before this round, counted on from the network's own count
 * @param examples how many examples the workers trained on in this round
 * @param trainingLoss mean loss of these examples while they were trained on, without penalties on parameters
 * @param validationLoss mean loss of the validation rows under the averaged parameters, without penalties; NaN if there
 *     are no validation rows
 * @param seconds from the start of the round to its averaged parameters, without validation and checkpoint
 * @param slowestSeconds how long the slowest partition trained; what {@code seconds} has beyond that went to Spark, the
 *     network and the sum, or to partitions that waited for a free core
 * @param meanSeconds how long the partitions that had rows trained, on average
 */
public record Round(
        int number,
        int epoch,
        long examples,
        double trainingLoss,
        double validationLoss,
        double seconds,
        double slowestSeconds,
        double meanSeconds) {}
