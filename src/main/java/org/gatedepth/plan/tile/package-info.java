/**
 * The arithmetic of loops over Java arrays: element by element, and row by row. Uses nothing but {@code java.*}, so
 * that it runs where ND4J is not. Internal, not API.
 */
@NullMarked
package org.gatedepth.plan.tile;

import org.jspecify.annotations.NullMarked;
