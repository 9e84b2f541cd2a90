package org.gatedepth.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class GraphPoolTest {
    /** How many bodies have written their ops. */
    private final AtomicInteger written = new AtomicInteger();

    /** The function {@code tanh(x·A)·tanh(x·B)}. */
    private CompiledFunction function(Map<String, INDArray> params, @Nullable Object structure) {
        return new CompiledFunction(
                DataType.FLOAT,
                Map.of("x", new long[] {-1, 3}),
                List.of(),
                params,
                (sd, in, p) -> {
                    written.incrementAndGet();
                    return sd.math
                            .tanh(in.get("x").mmul(p.get("A")))
                            .mul(sd.math.tanh(in.get("x").mmul(p.get("B"))));
                },
                structure);
    }

    private static Map<String, INDArray> params(int seed) {
        Nd4j.getRandom().setSeed(seed);
        Map<String, INDArray> params = new LinkedHashMap<>();
        params.put("A", Nd4j.rand(DataType.FLOAT, 3, 4));
        params.put("B", Nd4j.rand(DataType.FLOAT, 3, 4));
        return params;
    }

    private static Map<String, INDArray> sideBySide(int seed) {
        INDArray joined = Nd4j.create(DataType.FLOAT, 3, 8);
        Map<String, INDArray> params = new LinkedHashMap<>();
        params.put("A", joined.get(NDArrayIndex.all(), NDArrayIndex.interval(0, 4)));
        params.put("B", joined.get(NDArrayIndex.all(), NDArrayIndex.interval(4, 8)));
        params(seed).forEach((name, array) -> params.get(name).assign(array));
        return params;
    }

    /** Output and gradients for so many rows. */
    private static Map<String, INDArray> pass(CompiledFunction function, int rows) {
        INDArray x = Nd4j.linspace(DataType.FLOAT, -1, 0.1, rows * 3L).reshape(rows, 3);
        INDArray out = function.forward(Map.of("x", x));
        Map<String, INDArray> results = new HashMap<>(Map.of("out", out.dup()));
        function.backward(Nd4j.ones(DataType.FLOAT, rows, 4))
                .forEach((name, gradient) -> results.put(name, gradient.dup()));
        return results;
    }

    private Map<String, INDArray> alone(Map<String, INDArray> params, int rows) {
        try (CompiledFunction function = function(params, null)) {
            return pass(function, rows);
        }
    }

    @Test
    void aFunctionThatTakesAGraphGivesWhatItGivesWithItsOwn() {
        try (CompiledFunction first = function(params(1), "again")) {
            pass(first, 5);
            pass(first, 2);
        }
        int before = written.get();
        try (CompiledFunction second = function(params(2), "again")) {
            assertThat(written).hasValue(before);
            for (int rows : new int[] {5, 7, 2}) {
                assertThat(pass(second, rows)).isEqualTo(alone(params(2), rows));
            }
        }
    }

    @Test
    void functionsThatAreOpenShareNoGraph() {
        function(params(1), "open").close();
        int before = written.get();
        try (CompiledFunction first = function(params(1), "open");
                CompiledFunction second = function(params(2), "open")) {
            assertThat(written).hasValue(before + 1);
            Map<String, INDArray> ofFirst = pass(first, 4);
            assertThat(pass(second, 4)).isEqualTo(alone(params(2), 4));
            assertThat(pass(first, 4)).isEqualTo(ofFirst).isEqualTo(alone(params(1), 4));
        }
    }

    @Test
    void otherStructuresAndOtherPlacesOfParametersGetOtherGraphs() {
        function(params(1), "one").close();
        int before = written.get();
        function(params(1), "two").close();
        function(params(1), null).close();
        assertThat(written).hasValue(before + 2);
        try (CompiledFunction joined = function(sideBySide(1), "one")) {
            assertThat(written).hasValue(before + 3);
            assertThat(pass(joined, 6)).isEqualTo(alone(sideBySide(1), 6));
        }
    }

    @Test
    void fewGraphsWait() {
        for (int i = 0; i < 3 * GraphPool.MAX_GRAPHS; i++) {
            function(params(1), "many " + i).close();
        }
        assertThat(GraphPool.size()).isEqualTo(GraphPool.MAX_GRAPHS);
        int before = written.get();
        function(params(1), "many 0").close();
        assertThat(written).hasValue(before + 1);
    }

    @Test
    void closingTwiceGivesAGraphBackOnce() {
        CompiledFunction function = function(params(1), "twice");
        function.close();
        int before = GraphPool.size();
        function.close();
        assertThat(GraphPool.size()).isEqualTo(before);
    }

    @Test
    void threadsTakeAndGiveBackAtTheSameTime() throws Exception {
        Map<String, INDArray> expected = alone(params(3), 4);
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int t = 0; t < 3; t++) {
                all.add(threads.submit(() -> {
                    for (int i = 0; i < 40; i++) {
                        try (CompiledFunction function = function(params(3), "threads")) {
                            assertThat(pass(function, 4)).isEqualTo(expected);
                        }
                    }
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
