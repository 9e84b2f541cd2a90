/**
 * Records a cheap part of what a report measures while a network trains:
 * {@link org.gatedepth.report.recording.DepthListener} by iteration,
 * {@link org.gatedepth.report.recording.DepthStorage} into Deeplearning4j's stats storages, and
 * {@link org.gatedepth.report.recording.LossHistory} holds the losses of its epochs. It knows nothing of a report.
 */
@NullMarked
package org.gatedepth.report.recording;

import org.jspecify.annotations.NullMarked;
