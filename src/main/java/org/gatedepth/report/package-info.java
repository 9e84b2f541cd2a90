/**
 * What depth, gates, skips and heads do in a network: {@link org.gatedepth.report.DepthReport} measures it and shows it as
 * text, JSON and HTML.
 */
@NullMarked
package org.gatedepth.report;

import org.jspecify.annotations.NullMarked;
