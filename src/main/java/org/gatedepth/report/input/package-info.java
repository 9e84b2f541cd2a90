/** How much the predictions of a network depend on each of its inputs. */
@NullMarked
package org.gatedepth.report.input;

import org.jspecify.annotations.NullMarked;
