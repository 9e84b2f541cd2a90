/**
 * The ops of a function, before shapes are known: derivatives, order, and what is read side by side. Internal, not API.
 */
@NullMarked
package org.gatedepth.plan.graph;

import org.jspecify.annotations.NullMarked;
