/**
 * What depth, gates, skips and heads do in a network: {@link org.gatedepth.report.DepthReport} measures it and shows it
 * as text, JSON and HTML. {@link org.gatedepth.report.Shrink} makes a network without the blocks that are idle.
 *
 * <p>{@code Measurement} measures a report. {@code TextForm}, {@code JsonForm} and {@code HtmlForm} write it. What they
 * measure with is in {@code org.gatedepth.report.measure}, and pictures and pages that know nothing of a report are in
 * {@code org.gatedepth.report.drawing}. {@code DepthListener} records a cheap part of it while a network trains; the
 * records are in {@code org.gatedepth.report.recording}.
 *
 * <p>The classes that measure and write a report are here for one reason. {@code DepthReport} calls them, and they use
 * its records. In packages of their own they would need this package, and this package would need them: a circle. The
 * circle would open only if the records moved to another package, and then users would need a second import.
 */
@NullMarked
package org.gatedepth.report;

import org.jspecify.annotations.NullMarked;
