package org.gatedepth.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.gatedepth.dl4j.probe.Places;
import org.gatedepth.dl4j.probe.ProbedBlock;
import org.gatedepth.dl4j.probe.ProbedSite;
import org.gatedepth.report.measure.BlockMath;
import org.gatedepth.report.measure.Examples;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Measures a {@link Flow} along the layers of a chain, after a backward pass of their probe. */
final class FlowMeasure {
    /** Paths sampled in all; each length of path gets the same number. */
    private static final int PATHS = 1024;

    /** A gradient of a smaller norm is none: single precision has no digits left there. */
    private static final double SMALLEST = 1e-30;

    /** The most rows of sampled paths over sequences and images. */
    private static final int PATH_ROWS = 1 << 16;

    private final BlockMath blockMath;
    /** For what the layers of the chain read. */
    private final BlockMath math;

    private final Examples examples;
    private final Random random;
    /** The blocks of the chain. */
    private final List<ProbedBlock> blocks = new ArrayList<>();
    /** What each block reads. */
    private final List<INDArray> inputs = new ArrayList<>();
    /** The gradient at each place that has one of its own: the output of a layer, or a tap; null elsewhere. */
    private final List<@Nullable INDArray> arriving = new ArrayList<>();
    /** Whether the gradient at a place is only that of a tap, to be added to what comes from above. */
    private final List<Boolean> added = new ArrayList<>();

    private final List<Double> activation = new ArrayList<>();
    private final List<Double> change = new ArrayList<>();

    FlowMeasure(BlockMath math, List<ProbedSite> sites, long seed) {
        blockMath = math;
        examples = Examples.of(sites.get(0));
        this.math = math.on(examples.places());
        random = new Random(seed);
        for (ProbedSite site : sites) {
            walk(site);
        }
    }

    /** Runs the blocks of a layer forward. */
    private void walk(ProbedSite site) {
        INDArray x = examples.read(site, site.inputs().get(0));
        INDArray arrived = site.gradient();
        INDArray gradient = arrived == null ? null : examples.read(site, arrived);
        long column = 0;
        for (int i = 0; i < site.blocks().size(); i++) {
            ProbedBlock probed = site.blocks().get(i);
            INDArray y = math.output(probed, x);
            boolean last = i == site.blocks().size() - 1;
            boolean tap = probed.member().tapped();
            INDArray own = null;
            if (gradient != null && (last || tap)) {
                long to = column + probed.block().outputSize();
                own = gradient.get(NDArrayIndex.all(), NDArrayIndex.interval(column, to))
                        .dup('c');
                column = to;
            }
            if (!probed.isProjection()) {
                if (blocks.isEmpty()) {
                    activation.add(mean(norms(x)));
                }
                blocks.add(probed);
                inputs.add(x);
                arriving.add(own);
                added.add(tap);
                activation.add(mean(norms(y)));
                INDArray skip = math.skip(probed, x);
                change.add(skip == null ? 1 : mean(relative(norms(y.sub(skip)), norms(y))));
            }
            x = y;
        }
    }

    /** Element by element {@code a/b}, and 0 where b is 0. */
    private static double[] relative(double[] a, double[] b) {
        return IntStream.range(0, a.length)
                .mapToDouble(i -> b[i] == 0 ? 0 : a[i] / b[i])
                .toArray();
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElse(Double.NaN);
    }

    private double[] norms(INDArray read) {
        return examples.norms(read);
    }

    Flow measure() {
        int n = blocks.size();
        double[] shares = pathShares(n);
        double depth =
                IntStream.rangeClosed(0, n).mapToDouble(k -> k * shares[k]).sum();
        return new Flow(activation, gradients(), jacobians(n), products(n), change, list(shares), depth);
    }

    private static List<Double> list(double[] values) {
        return Arrays.stream(values).boxed().toList();
    }

    private List<Double> gradients() {
        return gradientRows().stream().map(FlowMeasure::mean).toList();
    }

    /** At each place the norms of the gradients of the rows that count. */
    List<double[]> gradientRows() {
        int n = blocks.size();
        double[][] norms = new double[n + 1][];
        INDArray g = null;
        for (int i = n; i >= 1; i--) {
            INDArray own = arriving.get(i - 1);
            if (own != null) {
                g = g == null || !added.get(i - 1) ? own : g.add(own);
            }
            norms[i] = g == null ? none() : norms(g);
            g = g == null ? null : math.backward(blocks.get(i - 1), inputs.get(i - 1), g);
        }
        norms[0] = g == null ? none() : norms(g);
        return List.of(norms);
    }

    private double[] none() {
        return new double[(int) examples.counted(inputs.get(0)).size(0)];
    }

    /** Rows of random direction and of norm √columns: for a matrix J the mean of ‖v·J‖² is ‖J‖_F². */
    private INDArray directions(long rows, long columns) {
        double[] values = new double[Math.toIntExact(rows * columns)];
        Arrays.setAll(values, i -> random.nextGaussian());
        INDArray v = Nd4j.createFromArray(values).reshape(rows, columns);
        return examples.countedOnly(v.divColumnVector(v.norm2(true, 1))
                .mul(Math.sqrt(columns))
                .castTo(inputs.get(0).dataType()));
    }

    private List<Double> jacobians(int n) {
        List<Double> norms = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            ProbedBlock probed = blocks.get(i);
            INDArray v = directions(inputs.get(i).size(0), probed.block().outputSize());
            norms.add(rootMeanSquare(math.backward(probed, inputs.get(i), v)));
        }
        return norms;
    }

    /** Of the elements: for {@link #directions} after a Jacobian, of its singular values. */
    private double rootMeanSquare(INDArray all) {
        INDArray array = examples.counted(all);
        return array.norm2Number().doubleValue() / Math.sqrt(array.length());
    }

    private List<Double> products(int n) {
        Double[] norms = new Double[n + 1];
        norms[n] = 1.0;
        INDArray v =
                directions(inputs.get(n - 1).size(0), blocks.get(n - 1).block().outputSize());
        double scale = 1;
        for (int i = n - 1; i >= 0; i--) {
            v = math.backward(blocks.get(i), inputs.get(i), v);
            double size = rootMeanSquare(v);
            scale *= size;
            norms[i] = scale;
            if (size > 0) {
                // In single precision a long product would be 0.
                v.divi(size);
            }
        }
        return List.of(norms);
    }

    /**
     * Paths of every length, each on an example of its own: after the chain an example's gradient, scaled to norm 1,
     * and then block by block its part through the transform or through the skip.
     */
    private double[] pathShares(int n) {
        Places places = examples.places();
        long most = places == null ? PATHS : Math.min(PATHS, PATH_ROWS / places.each());
        int each = (int) Math.max(1, most / (n + 1));
        int paths = each * (n + 1);
        int[] picks =
                IntStream.range(0, paths).map(path -> path % examples.count()).toArray();
        double[][] through = new double[n][paths];
        for (int path = 0; path < paths; path++) {
            List<Integer> order = new ArrayList<>(IntStream.range(0, n).boxed().toList());
            Collections.shuffle(order, random);
            for (int block : order.subList(0, path / each)) {
                through[block][path] = 1;
            }
        }
        BlockMath picked = blockMath.on(examples.some(picks));
        double[] logs = new double[paths];
        // Each example counts the same, however large its gradient.
        INDArray g = normalised(examples.rows(top(n), picks), new double[paths]);
        for (int i = n - 1; i >= 0; i--) {
            INDArray x = examples.rows(inputs.get(i), picks);
            INDArray all = picked.backward(blocks.get(i), x, g);
            INDArray skip = picked.skipBackward(blocks.get(i), x, g);
            INDArray transform = skip == null ? all : all.sub(skip);
            g = examples.times(transform, through[i]);
            if (skip != null) {
                g.addi(examples.times(
                        skip, Arrays.stream(through[i]).map(part -> 1 - part).toArray()));
            }
            g = normalised(g, logs);
        }
        return shares(logs, n, each);
    }

    /** The gradients after the chain; an example without one has a random direction. */
    private INDArray top(int n) {
        INDArray own = arriving.get(n - 1);
        INDArray other =
                directions(inputs.get(0).size(0), blocks.get(n - 1).block().outputSize());
        if (own == null) {
            return other;
        }
        INDArray top = own.dup();
        Places places = examples.places();
        int count = (int) (places == null ? own.size(0) : places.count());
        double[] norms = Examples.norms(own, count);
        for (int row = 0; row < own.size(0); row++) {
            double norm = norms[row % count];
            if (!(norm > SMALLEST && Double.isFinite(norm))) {
                top.putRow(row, other.getRow(row));
            }
        }
        return top;
    }

    /** Examples of norm 1 (or 0); the logarithms of their norms are added to {@code logs}. */
    private INDArray normalised(INDArray rows, double[] logs) {
        double[] norms = Examples.norms(rows, logs.length);
        double[] factors = new double[norms.length];
        for (int i = 0; i < norms.length; i++) {
            boolean there = norms[i] > SMALLEST;
            logs[i] += there ? Math.log(norms[i]) : Double.NEGATIVE_INFINITY;
            factors[i] = there ? 1 / norms[i] : 0;
        }
        return examples.times(rows, factors);
    }

    /** {@code C(n, k)} paths of length k have the mean norm of those that were sampled. */
    private static double[] shares(double[] logs, int n, int each) {
        double[] byLength = new double[n + 1];
        double logPaths = 0;
        for (int k = 0; k <= n; k++) {
            double[] own = Arrays.copyOfRange(logs, k * each, (k + 1) * each);
            byLength[k] = logPaths + logSum(own) - Math.log(each);
            logPaths += Math.log(n - k) - Math.log(k + 1);
        }
        double all = logSum(byLength);
        return Arrays.stream(byLength)
                .map(log -> all == Double.NEGATIVE_INFINITY ? Double.NaN : Math.exp(log - all))
                .toArray();
    }

    private static double logSum(double[] logs) {
        double largest = Arrays.stream(logs).max().orElseThrow();
        return largest == Double.NEGATIVE_INFINITY
                ? largest
                : largest
                        + Math.log(Arrays.stream(logs)
                                .map(log -> Math.exp(log - largest))
                                .sum());
    }
}
