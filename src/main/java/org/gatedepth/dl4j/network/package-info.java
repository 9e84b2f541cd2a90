/** What is asked of a whole network: what is in its wrappers, a copy of it, and ND4J's random generator. Internal. */
@NullMarked
package org.gatedepth.dl4j.network;

import org.jspecify.annotations.NullMarked;
