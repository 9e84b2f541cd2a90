package org.gatedepth.weka.table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.deeplearning4j.nn.graph.ComputationGraph;

/** Encodes rows and passes them through a network in chunks, which needs little memory and can be interrupted. */
public final class Chunks {

    /** Rows of one forward pass: enough to be fast. */
    private static final int ROWS = 1024;

    /** Values of one forward pass: 4 MB; rows of very many columns come in smaller chunks. */
    private static final int VALUES = 1 << 20;

    private Chunks() {}

    /** A step between two chunks that may end the work. */
    @FunctionalInterface
    public interface Checkpoint {
        /** Throws if the work is to end. */
        void check() throws InterruptedException;
    }

    /** The results of a pass, one for each chunk. */
    public static <T> List<T> map(Rows rows, Checkpoint checkpoint, Function<Features, T> pass)
            throws InterruptedException {
        List<T> results = new ArrayList<>();
        int chunk = chunk(rows);
        for (int from = 0; from < rows.rows(); from += chunk) {
            checkpoint.check();
            int to = Math.min(from + chunk, rows.rows());
            results.add(pass.apply(rows.features(from, to)));
        }
        return results;
    }

    /** Passes each chunk to a visitor, with what is to be learned from it. */
    public static void forEach(Rows rows, Checkpoint checkpoint, BiConsumer<Features, List<EncodedTarget>> visitor)
            throws InterruptedException {
        int chunk = chunk(rows);
        for (int from = 0; from < rows.rows(); from += chunk) {
            checkpoint.check();
            Batch batch = rows.batch(from, Math.min(from + chunk, rows.rows()));
            visitor.accept(rows.features(batch), batch.learned());
        }
    }

    private static int chunk(Rows rows) {
        return Math.max(1, Math.min(ROWS, VALUES / rows.valuesOfRow()));
    }

    /** The predictions of the network's own output, one array a row. */
    public static double[][] outputs(ComputationGraph network, Rows rows, Checkpoint checkpoint)
            throws InterruptedException {
        return joined(map(rows, checkpoint, chunk -> chunk.predictions(network)));
    }

    /** The rows of all chunks. */
    public static double[][] joined(List<double[][]> chunks) {
        return chunks.stream().flatMap(Arrays::stream).toArray(double[][]::new);
    }
}
