/**
 * What the layers and vertices of Gatedepth extend; a layer for a block of your own extends one of these, too.
 *
 * <p>Each stands in Deeplearning4j's hierarchy, knows the settings that all layers of its kind share, and hands the
 * work to the package {@code runtime}: {@link org.gatedepth.dl4j.base.BlockLayer} for rows of features,
 * {@link org.gatedepth.dl4j.base.SequenceLayer} for sequences, {@link org.gatedepth.dl4j.base.HeadsLayer} for output
 * layers with heads, {@link org.gatedepth.dl4j.base.BlockVertex} for vertices of a graph.
 */
@NullMarked
package org.gatedepth.dl4j.base;

import org.jspecify.annotations.NullMarked;
