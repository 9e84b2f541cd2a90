/** What the report says of sequences: how far back their signal lives, and what happens at which step. */
@NullMarked
package org.gatedepth.report.time;

import org.jspecify.annotations.NullMarked;
