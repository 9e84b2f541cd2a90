/**
 * What is recorded while a network trains: {@link org.gatedepth.report.recording.DepthRecord} of an iteration,
 * {@link org.gatedepth.report.recording.DepthStorage} into Deeplearning4j's stats storages, and
 * {@link org.gatedepth.report.recording.LossHistory} of the losses of its epochs. It knows nothing of a report.
 */
@NullMarked
package org.gatedepth.report.recording;

import org.jspecify.annotations.NullMarked;
