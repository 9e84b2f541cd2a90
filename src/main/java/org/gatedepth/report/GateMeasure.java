package org.gatedepth.report;

import java.util.ArrayList;
import java.util.List;
import org.gatedepth.dl4j.probe.ProbedBlock;
import org.gatedepth.dl4j.probe.ProbedSite;
import org.gatedepth.report.measure.BlockMath;
import org.gatedepth.report.measure.Examples;
import org.gatedepth.report.measure.Matrix;
import org.gatedepth.report.measure.Scores;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Measures the {@link Gates} of highway blocks and vertices after a pass of their probe. */
final class GateMeasure {
    private final BlockMath math;
    private final Scores scores;

    /**
     * Prepares the measure.
     *
     * @param scores of the same examples
     */
    GateMeasure(BlockMath math, Scores scores) {
        this.math = math;
        this.scores = scores;
    }

    List<Gates> measure(List<ProbedSite> sites, List<ProbedSite> initial) {
        List<Gates> gates = new ArrayList<>();
        for (int s = 0; s < sites.size(); s++) {
            ProbedSite site = sites.get(s);
            if (site.vertex() != null) {
                INDArray own = site.vertex().gates(site.inputs());
                if (own != null) {
                    gates.add(gates(site, site.name(), null, null, site.counted(own)));
                }
                continue;
            }
            Examples examples = Examples.of(site);
            BlockMath at = math.on(examples.places());
            INDArray x = examples.read(site, site.inputs().get(0));
            for (int i = 0; i < site.blocks().size(); i++) {
                ProbedBlock probed = site.blocks().get(i);
                INDArray own = at.gates(probed, x);
                if (own != null) {
                    Double start = bias(initial.get(s).blocks().get(i));
                    gates.add(gates(site, probed.name(), start, bias(probed), examples.counted(own)));
                }
                x = at.output(probed, x);
            }
        }
        return gates;
    }

    private static @Nullable Double bias(ProbedBlock probed) {
        String name = probed.block().transformGateBiasName();
        return name == null
                ? null
                : Double.valueOf(BlockMath.param(probed, name).meanNumber().doubleValue());
    }

    private Gates gates(
            ProbedSite site, String block, @Nullable Double startBias, @Nullable Double bias, INDArray gates) {
        double[][] rows = Matrix.of(gates);
        int units = rows[0].length;
        double[] means = new double[units];
        boolean[] opened = new boolean[units];
        long open = 0;
        double sum = 0;
        for (double[] row : rows) {
            for (int u = 0; u < units; u++) {
                means[u] += row[u] / rows.length;
                sum += row[u];
                if (row[u] > .5) {
                    open++;
                    opened[u] = true;
                }
            }
        }
        long ever = 0;
        List<Double> unitMeans = new ArrayList<>();
        for (int u = 0; u < units; u++) {
            ever += opened[u] ? 1 : 0;
            unitMeans.add(means[u]);
        }
        double all = (double) rows.length * units;
        return new Gates(
                block,
                startBias,
                bias,
                sum / all,
                open / all,
                (double) ever / units,
                spread(rows, site.labelRows()),
                unitMeans);
    }

    /**
     * The spread between classes.
     *
     * @param labelRows for each row that of the labels; null where there is none for each
     */
    private @Nullable Double spread(double[][] rows, int @Nullable [] labelRows) {
        if (labelRows == null || !scores.isOfClasses()) {
            return null;
        }
        int[] classes = scores.classes();
        int units = rows[0].length;
        double[][] sums = new double[scores.outputs()][units];
        int[] counts = new int[scores.outputs()];
        for (int i = 0; i < rows.length; i++) {
            int label = classes[labelRows[i]];
            if (label < 0) {
                continue;
            }
            counts[label]++;
            for (int u = 0; u < units; u++) {
                sums[label][u] += rows[i][u];
            }
        }
        double spread = 0;
        for (int u = 0; u < units; u++) {
            spread += deviation(sums, counts, u) / units;
        }
        return spread;
    }

    /** The standard deviation of a unit's class means, over the classes that have examples. */
    private static double deviation(double[][] sums, int[] counts, int unit) {
        double sum = 0;
        double squares = 0;
        int present = 0;
        for (int c = 0; c < counts.length; c++) {
            if (counts[c] > 0) {
                double mean = sums[c][unit] / counts[c];
                sum += mean;
                squares += mean * mean;
                present++;
            }
        }
        double mean = sum / present;
        return Math.sqrt(Math.max(0, squares / present - mean * mean));
    }
}
