/**
 * Pictures, tables and numbers for the pages of a report. Internal, not API: it may change in any release.
 *
 * <p>This room knows nothing of the report: it reads lists of numbers and texts, and gives back texts.
 * {@link org.gatedepth.report.drawing.Plot} holds curves and {@link org.gatedepth.report.drawing.Heat} holds a table of
 * numbers; both are data only. {@link org.gatedepth.report.drawing.Svg} writes one of them, or bars, as an SVG element:
 * it writes the axes and all texts itself, and asks {@code ChartShapes} for the shapes. {@code ChartShapes} is the only
 * class that calls XChart, and {@code SvgCleaner} makes XChart's output small. {@code Scale} says where a number stands
 * on an axis, and {@link org.gatedepth.report.drawing.AxisTicks} which numbers are written there.
 * {@link org.gatedepth.report.drawing.Html} puts figures and tables into a page.
 * {@link org.gatedepth.report.drawing.NumberFormat} writes numbers the same in every country.
 */
@NullMarked
package org.gatedepth.report.drawing;

import org.jspecify.annotations.NullMarked;
