package org.gatedepth.report.time;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.gatedepth.dl4j.probe.Places;
import org.gatedepth.dl4j.probe.ProbedBlock;
import org.gatedepth.dl4j.probe.ProbedSequence;
import org.gatedepth.dl4j.probe.ProbedSite;
import org.gatedepth.report.measure.BlockMath;
import org.gatedepth.report.measure.Examples;
import org.gatedepth.report.measure.Matrix;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Measures {@link TimeMap}s and {@link Lag}s, after a backward pass of their probe. */
public final class TimeMeasure {
    private static final long SEED = 1;

    private TimeMeasure() {}

    /**
     * The map of a chain of blocks over sequences.
     *
     * @param name of the chain
     * @param sites its layers
     * @param gradients at each place, the input first, the norms of the gradients of the rows that count
     */
    public static TimeMap of(String name, List<ProbedSite> sites, List<double[]> gradients, BlockMath math) {
        Examples examples = Examples.of(sites.get(0));
        BlockMath at = math.on(examples.places());
        Columns columns = new Columns(examples.at());
        List<String> blocks = new ArrayList<>();
        List<List<Double>> gradient = new ArrayList<>();
        List<String> gated = new ArrayList<>();
        List<List<Double>> gates = new ArrayList<>();
        List<String> heads = new ArrayList<>();
        List<List<Double>> entropy = new ArrayList<>();
        for (ProbedSite site : sites) {
            INDArray x = examples.read(site, site.inputs().get(0));
            for (ProbedBlock probed : site.blocks()) {
                if (!probed.isProjection()) {
                    blocks.add(probed.name());
                    gradient.add(columns.means(gradients.get(blocks.size())));
                }
                INDArray own = at.gates(probed, x);
                if (own != null) {
                    gated.add(probed.name());
                    gates.add(columns.means(rowMeans(examples.counted(own))));
                }
                INDArray spread = entropy(probed, x, at, examples);
                for (long head = 0; spread != null && head < spread.size(1); head++) {
                    heads.add(probed.name() + " head " + (head + 1));
                    entropy.add(columns.means(rowMeans(spread.getColumn(head, true))));
                }
                x = at.output(probed, x);
            }
        }
        return new TimeMap(name, columns.steps, columns.width, blocks, gradient, gated, gates, heads, entropy);
    }

    /** Of the rows that count the entropy {@code −Σ_s a_s·ln a_s} of each head's weights; null without attention. */
    private static @Nullable INDArray entropy(ProbedBlock probed, INDArray x, BlockMath at, Examples examples) {
        INDArray weights = at.attention(probed, x);
        if (weights == null) {
            return null;
        }
        Places places = Objects.requireNonNull(examples.places());
        int steps = (int) places.each();
        int count = (int) places.count();
        int heads = (int) (weights.size(0) / places.each() / places.count());
        double[][] byRow = Matrix.of(weights);
        double[][] entropy = new double[steps * count][heads];
        for (int row = 0; row < byRow.length; row++) {
            int head = row / steps % heads;
            int sequence = row / (steps * heads);
            entropy[row % steps * count + sequence][head] = Arrays.stream(byRow[row])
                    .filter(weight -> weight > 0)
                    .map(weight -> -weight * Math.log(weight))
                    .sum();
        }
        return examples.counted(Nd4j.createFromArray(entropy));
    }

    /** The maps of layers whose parts are no blocks but levels with gates. */
    public static List<TimeMap> levels(List<ProbedSequence> layers) {
        List<TimeMap> maps = new ArrayList<>();
        for (ProbedSequence layer : layers) {
            Map<String, INDArray> levels = layer.gates();
            if (!levels.isEmpty()) {
                int[] rows = layer.counted();
                Columns columns = new Columns(
                        Arrays.stream(rows).map(row -> row / layer.sequences()).toArray());
                List<List<Double>> gates = levels.values().stream()
                        .map(all -> columns.means(rowMeans(all.getRows(rows))))
                        .toList();
                List<String> names = List.copyOf(levels.keySet());
                maps.add(new TimeMap(
                        layer.name(),
                        columns.steps,
                        columns.width,
                        List.of(),
                        List.of(),
                        names,
                        gates,
                        List.of(),
                        List.of()));
            }
        }
        return maps;
    }

    /** The lags of layers over sequences. */
    public static List<Lag> lags(List<ProbedSequence> layers) {
        return layers.stream()
                .map(layer -> {
                    double[] norms = layer.lags(SEED);
                    return new Lag(
                            layer.name(),
                            layer.receptiveField(),
                            norms.length,
                            Arrays.stream(norms).boxed().toList());
                })
                .toList();
    }

    private static double[] rowMeans(INDArray rows) {
        return Arrays.stream(Matrix.of(rows))
                .mapToDouble(row -> Arrays.stream(row).average().orElse(Double.NaN))
                .toArray();
    }

    /** Steps as columns. */
    private static final class Columns {
        private final int[] rows;
        private final int steps;
        private final int width;

        /** For rows of these steps. */
        Columns(int[] rows) {
            this.rows = rows;
            steps = IntStream.of(rows).max().orElse(0) + 1;
            width = (steps + TimeMap.COLUMNS - 1) / TimeMap.COLUMNS;
        }

        /** The mean of the rows of each column. */
        List<Double> means(double[] byRow) {
            int count = (steps + width - 1) / width;
            double[] sums = new double[count];
            int[] counts = new int[count];
            for (int i = 0; i < byRow.length; i++) {
                sums[rows[i] / width] += byRow[i];
                counts[rows[i] / width]++;
            }
            return IntStream.range(0, count)
                    .mapToObj(column -> (Double) (sums[column] / counts[column]))
                    .toList();
        }
    }
}
