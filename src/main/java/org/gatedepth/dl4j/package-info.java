/**
 * Gated layers and vertices for Deeplearning4j.
 *
 * <p>Layers ({@link org.gatedepth.dl4j.HighwayLayer}, {@link org.gatedepth.dl4j.WeightedSkipLayer},
 * {@link org.gatedepth.dl4j.DenseSkipLayer}, {@link org.gatedepth.dl4j.GatedStack},
 * {@link org.gatedepth.dl4j.GatedResidualNetwork}, {@link org.gatedepth.dl4j.DepthAttentionLayer}) go into a
 * {@code MultiLayerNetwork} or {@code ComputationGraph} like stock ones; {@link org.gatedepth.dl4j.TemporalStack},
 * {@link org.gatedepth.dl4j.RecurrentHighwayLayer} and {@link org.gatedepth.dl4j.GatedAttentionLayer} do so over
 * sequences, {@link org.gatedepth.dl4j.GatedConvolution2D} over images; vertices
 * ({@link org.gatedepth.dl4j.HighwayGateVertex}, {@link org.gatedepth.dl4j.WeightedSkipVertex}) join branches of a
 * {@code ComputationGraph}; {@link org.gatedepth.dl4j.AuxiliaryOutputLayer} and
 * {@link org.gatedepth.dl4j.DeepSupervisionOutputLayer} are heads with weighted losses;
 * {@link org.gatedepth.dl4j.GatedNetworks} builds whole networks; {@link org.gatedepth.dl4j.FusedAdam} is an updater
 * for any network, and {@link org.gatedepth.dl4j.CompiledTrainer} trains one as a single function.
 *
 * <p>This package is all that a user imports. Each layer maps its settings to one {@link org.gatedepth.block.Block} or
 * {@link org.gatedepth.block.recurrence.Cell}; the packages {@code base} and {@code runtime} do the rest, and put right
 * what Deeplearning4j 1.0.0-M2.1 gets wrong for SameDiff layers: doubled gradients, a forward pass that runs twice,
 * {@code setParam} that sets nothing, dropout that is ignored, L1 and L2 that are missing from the score, fixed
 * sequence lengths, and {@code clone} that throws.
 */
@NullMarked
package org.gatedepth.dl4j;

import org.jspecify.annotations.NullMarked;
