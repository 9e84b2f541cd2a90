/**
 * What depth, gates, skips and heads do in a network: {@link org.gatedepth.report.DepthReport} measures it and shows it as
 * text, JSON and HTML. {@link org.gatedepth.report.DepthListener} records the cheap part of it while a network trains, and {@link
 * org.gatedepth.report.Shrink} leaves out the blocks that it finds idle.
 */
@NullMarked
package org.gatedepth.report;

import org.jspecify.annotations.NullMarked;
