/**
 * How long a training step and an inference pass take, beside other ways to run the same network;
 * {@link org.gatedepth.bench.Benchmarks} is the program.
 */
package org.gatedepth.bench;
