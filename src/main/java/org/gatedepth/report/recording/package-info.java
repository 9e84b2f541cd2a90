/**
 * Records a cheap part of what a report measures while a network trains:
 * {@link org.gatedepth.report.recording.DepthListener} by iteration, and
 * {@link org.gatedepth.report.recording.DepthStorage} into Deeplearning4j's stats storages. It knows nothing of a
 * report.
 */
@NullMarked
package org.gatedepth.report.recording;

import org.jspecify.annotations.NullMarked;
