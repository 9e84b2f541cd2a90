package org.gatedepth.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.gatedepth.block.ParamSpec;
import org.gatedepth.dl4j.probe.ProbedBlock;
import org.gatedepth.report.measure.BlockMath;
import org.gatedepth.report.measure.Matrix;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Reads the {@link DenseWeights} of a chain. */
final class DenseMeasure {
    private DenseMeasure() {}

    /**
     * Reads the weights.
     *
     * @param readersBehind the matrices that read the chain's output, by layer
     */
    static DenseWeights of(String chain, List<ProbedBlock> blocks, Map<String, INDArray> readersBehind) {
        List<Long> sizes = new ArrayList<>(List.of(blocks.get(0).block().inputSize()));
        List<String> readers = new ArrayList<>();
        List<String> sources = new ArrayList<>(List.of("input"));
        List<List<Double>> weights = new ArrayList<>();
        for (ProbedBlock probed : blocks) {
            readers.add(probed.name());
            weights.add(bySource(reader(probed), sizes));
            sources.add(probed.name());
            sizes.add(probed.block().growth());
        }
        readersBehind.forEach((name, w) -> {
            readers.add(name);
            weights.add(bySource(w, sizes));
        });
        return new DenseWeights(chain, readers, sources, weights);
    }

    /** The matrix by which a block reads all features of its input, at one step or at several. */
    private static INDArray reader(ProbedBlock probed) {
        return probed.block().params().stream()
                .filter(spec -> spec.role() == ParamSpec.Role.WEIGHT
                        && spec.rows() % probed.block().inputSize() == 0)
                .map(spec -> BlockMath.param(probed, spec.name()))
                .findFirst()
                .orElseThrow();
    }

    private static List<Double> bySource(INDArray w, List<Long> sizes) {
        List<Double> means = new ArrayList<>();
        double[][] rows = Matrix.of(w);
        int features = sizes.stream().mapToInt(Long::intValue).sum();
        int steps = rows.length / features;
        int from = 0;
        for (long size : sizes) {
            double sum = 0;
            for (int row = from; row < rows.length; row += features) {
                for (int i = 0; i < size; i++) {
                    sum += Arrays.stream(rows[row + i]).map(Math::abs).sum();
                }
            }
            means.add(sum / (size * steps * w.size(1)));
            from += (int) size;
        }
        return means;
    }
}
