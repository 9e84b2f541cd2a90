package org.gatedepth.weka.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import weka.core.Attribute;
import weka.core.DenseInstance;
import weka.core.Instances;

/** Encoding a minibatch costs a small part of a training step, which takes a millisecond. */
@Tag("slow")
class EncodingSpeedTest {

    private static final int ROWS = 100_000;

    private static final int BATCH = 32;

    private static Instances table() {
        ArrayList<Attribute> header = new ArrayList<>();
        for (int a = 0; a < 50; a++) {
            header.add(new Attribute("a" + a));
        }
        header.add(new Attribute("class", List.of("no", "yes")));
        Instances table = new Instances("table", header, ROWS);
        table.setClassIndex(50);
        Random random = new Random(1);
        for (int i = 0; i < ROWS; i++) {
            double[] values = random.doubles(51).toArray();
            values[50] = i % 2;
            table.add(new DenseInstance(1, values));
        }
        return table;
    }

    /** Of this thread, which other work on the machine does not add to. */
    private static long cpuTime() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    @ParameterizedTest
    @EnumSource
    void encodesMinibatchQuickly(Scaling scaling) {
        Instances table = table();
        long start = cpuTime();
        TableEncoder encoder = TableEncoder.fit(
                table, List.of(), new InputOptions(scaling, NumberEmbedding.NONE, ClassWeights.NONE, 100));
        double fit = (cpuTime() - start) / 1e6;
        Rows rows = encoder.rows(table);
        int[] order = new Random(1).ints(ROWS, 0, ROWS).toArray();

        double best = Double.POSITIVE_INFINITY;
        for (int round = 0; round < 6; round++) {
            start = cpuTime();
            for (int from = 0; from + BATCH <= ROWS; from += BATCH) {
                assertThat(rows.batch(order, from, from + BATCH).rows()).isEqualTo(BATCH);
            }
            best = Math.min(best, (cpuTime() - start) / 1e3 / (ROWS / BATCH));
        }

        System.out.printf("%s: fitted in %.0f ms, 32 x 50 encoded in %.1f us%n", scaling, fit, best);
        assertThat(best).isLessThan(300);
    }
}
