/** Helpers of the tests. */
package org.gatedepth.testing;
