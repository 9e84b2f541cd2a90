/**
 * What measuring needs to know of a network: where its blocks stand, what they compute, which of them may go, and how
 * good its predictions are. Internal, not API.
 *
 * <p>It knows no result of a report: {@code org.gatedepth.report} turns what is measured here into results.
 */
@NullMarked
package org.gatedepth.report.measure;

import org.jspecify.annotations.NullMarked;
