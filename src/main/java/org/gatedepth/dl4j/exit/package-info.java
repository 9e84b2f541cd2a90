/** Networks computed part by part, for rows that leave at a head. Internal, not API. */
@NullMarked
package org.gatedepth.dl4j.exit;

import org.jspecify.annotations.NullMarked;
