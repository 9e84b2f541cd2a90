/**
 * The tab "Gates and depth" of Weka's Explorer: what the training runs of this session do, as curves. Internal, not
 * API.
 *
 * <p>{@link org.gatedepth.weka.gui.RunCharts} turns a run into {@link org.gatedepth.weka.gui.ChartModel}s, which are
 * plain data. {@link org.gatedepth.weka.gui.ChartPainter} alone sees XChart, and is loaded when a chart is painted for
 * the first time: so the Explorer opens where that library is missing. Nothing outside of this package refers to it but
 * {@code Explorer.props}.
 */
@NullMarked
package org.gatedepth.weka.gui;

import org.jspecify.annotations.NullMarked;
