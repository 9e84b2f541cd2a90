package org.gatedepth.report.measure;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/** Some of many examples. */
public final class Sample {
    private Sample() {}

    /**
     * So many examples at most, evenly spread over those of which a label counts.
     *
     * @param data the examples; all of them are taken where the labels have more or fewer rows than the features
     * @param mask which labels of the network's own output count, with the examples in the first dimension; null for
     *     all
     */
    public static MultiDataSet of(MultiDataSet data, @Nullable INDArray mask, int most) {
        int all = (int) data.getFeatures(0).size(0);
        if (!Arrays.stream(data.getLabels()).allMatch(labels -> labels.size(0) == all)) {
            return data;
        }
        int[] from = counting(all, mask);
        int count = Math.min(from.length, most);
        if (count == all) {
            return data;
        }
        int[] rows = IntStream.range(0, count)
                .map(i -> from[(int) ((long) i * from.length / count)])
                .toArray();
        return new org.nd4j.linalg.dataset.MultiDataSet(
                rows(data.getFeatures(), rows),
                rows(data.getLabels(), rows),
                rows(data.getFeaturesMaskArrays(), rows),
                rows(data.getLabelsMaskArrays(), rows));
    }

    private static int[] counting(int all, @Nullable INDArray mask) {
        IntStream rows = IntStream.range(0, all);
        if (mask == null) {
            return rows.toArray();
        }
        double[][] weights = Matrix.of(mask.dup('c').reshape('c', all, mask.length() / all));
        return rows.filter(i -> Arrays.stream(weights[i]).anyMatch(weight -> weight != 0))
                .toArray();
    }

    private static INDArray @Nullable [] rows(INDArray @Nullable [] arrays, int[] rows) {
        if (arrays == null) {
            return null;
        }
        INDArray[] selected = new INDArray[arrays.length];
        for (int i = 0; i < arrays.length; i++) {
            selected[i] = arrays[i] == null ? null : rows(arrays[i], rows);
        }
        return selected;
    }

    private static INDArray rows(INDArray array, int[] rows) {
        long[] shape = array.shape().clone();
        INDArray selected =
                array.dup('c').reshape('c', shape[0], array.length() / shape[0]).getRows(rows);
        shape[0] = rows.length;
        return selected.reshape('c', shape);
    }
}
