package org.gatedepth.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A training step and an inference pass, in milliseconds. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class HighwayBenchmark {
    /** What runs the network. */
    @Param("GATED_STACK")
    public String implementation;

    /** The size of the network. */
    @Param("50x128x50")
    public String size;

    private Workload workload;

    /** Builds the network, and runs it once: some implementations prepare themselves when they first see a shape. */
    @Setup
    public void build() {
        workload = Implementation.valueOf(implementation).build(Size.parse(size));
        workload.step();
        workload.inference();
    }

    /** A training step. */
    @Benchmark
    public void step() {
        workload.step();
    }

    /** An inference pass. */
    @Benchmark
    public Object inference() {
        return workload.inference();
    }
}
