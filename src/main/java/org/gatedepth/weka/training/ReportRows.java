package org.gatedepth.weka.training;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.gatedepth.report.DepthReport;
import org.gatedepth.report.Remedies;
import org.gatedepth.report.input.InputGroup;
import org.gatedepth.report.input.InputImportance;
import org.gatedepth.report.recording.LossHistory;
import org.gatedepth.weka.host.Platform;
import org.gatedepth.weka.model.ModelReport;
import org.gatedepth.weka.model.ReportNames;
import org.gatedepth.weka.options.AuxiliaryHeads;
import org.gatedepth.weka.table.Batch;
import org.gatedepth.weka.table.EncodedTarget;
import org.gatedepth.weka.table.Features;
import org.gatedepth.weka.table.Rows;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;

/**
 * The rows on which the depth report of a network is measured: held-out rows, or training rows if none were held out,
 * at most {@value #MOST}. The table is cut into as many stretches, and the seed draws one row from each. Rows are
 * encoded when they are measured.
 *
 * <p>Every row counts once, whatever its weight. Labels that are missing, of auxiliary attributes, are masked.
 */
final class ReportRows {

    static final int MOST = 500;

    /** Of more inputs none is measured: it would take longer than all the rest of a report. */
    private static final int MOST_INPUTS = 200;

    /** Input values of all rows: 16 MB; of rows of very many columns there are fewer. */
    private static final int VALUES = 1 << 22;

    private final AuxiliaryHeads heads;
    private final Rows rows;
    private final String about;

    private ReportRows(AuxiliaryHeads heads, Rows rows, String about) {
        this.heads = heads;
        this.rows = rows;
        this.about = about;
    }

    /**
     * Draws rows.
     *
     * @param table the rows to draw from
     * @param heldOut whether these were held out of training
     * @param heads the heads of the network
     * @param seed what they are drawn by
     * @param members networks side by side, of which the first is measured
     */
    static ReportRows of(Rows table, boolean heldOut, AuxiliaryHeads heads, int seed, int members) {
        return of(table, table.rows(), heldOut, heads, seed, members);
    }

    /** The same for rows that are a sample of so many. */
    static ReportRows of(Rows table, long of, boolean heldOut, AuxiliaryHeads heads, int seed, int members) {
        SplittableRandom random = Trainer.random(seed, 0);
        int all = table.rows();
        int count = Math.max(1, Math.min(Math.min(MOST, all), VALUES / table.valuesOfRow()));
        int[] drawn = new int[count];
        for (int i = 0; i < count; i++) {
            int from = (int) ((long) all * i / count);
            int to = (int) ((long) all * (i + 1) / count);
            drawn[i] = random.nextInt(from, to);
        }
        String kind = heldOut ? "held-out" : "training";
        String about = count == of
                ? String.format(Locale.ROOT, "Measured on all %,d %s rows", of, kind)
                : String.format(Locale.ROOT, "Measured on %,d of %,d %s rows", count, of, kind);
        String network = members == 1 ? "." : ", with the first of the " + members + " members.";
        return new ReportRows(heads, table.detached(drawn), about + network);
    }

    /**
     * The report of a network, measured when it is asked for; on a copy, since others may predict with it meanwhile.
     *
     * @param network the network
     * @param threads threads that native code may use
     * @param losses the losses of its training
     * @param remedies the words for what the user can change
     */
    ModelReport report(ComputationGraph network, int threads, LossHistory losses, Remedies remedies) {
        return ModelReport.later(() -> Platform.run(
                "Measuring the depth", threads, () -> measure(network.clone()).withTraining(losses, remedies)));
    }

    /** Measures a network on the rows; says on how many of which as the last sentence of the verdict. */
    private DepthReport measure(ComputationGraph network) {
        MultiDataSet data = data();
        List<InputGroup> inputs = rows.inputGroups();
        List<InputImportance> importances =
                inputs.size() > MOST_INPUTS ? List.of() : InputImportance.of(network, data, inputs);
        return ReportNames.numbered(DepthReport.of(network, data))
                .withInputs(importances)
                .withNote(about);
    }

    /** The rows with the labels of the network's own output and of its heads. */
    MultiDataSet data() {
        Batch batch = rows.batch(0, rows.rows());
        Features features = rows.features(batch);
        int[] targets = IntStream.concat(IntStream.of(0), heads.heads().stream().mapToInt(AuxiliaryHeads.Place::target))
                .toArray();
        INDArray[] labels = new INDArray[targets.length];
        @Nullable INDArray[] masks = new INDArray[targets.length];
        for (int i = 0; i < targets.length; i++) {
            EncodedTarget target = batch.learned().get(targets[i]);
            boolean ofSteps = i > 0 && heads.isOfSteps(heads.heads().get(i - 1));
            labels[i] = features.labels(target, ofSteps);
            float[] counts = counts(target.weights());
            masks[i] = counts == null && !ofSteps
                    ? null
                    : features.weights(counts == null ? target.weights() : counts, ofSteps);
        }
        boolean anyMask = Arrays.stream(masks).anyMatch(mask -> mask != null);
        return new MultiDataSet(features.inputs(), labels, features.masks(), anyMask ? masks : null);
    }

    /** 1 for a row or step that has a label, 0 for one that has none; null where all have. */
    private static float @Nullable [] counts(float[] weights) {
        float[] counts = new float[weights.length];
        boolean missing = false;
        for (int i = 0; i < counts.length; i++) {
            counts[i] = weights[i] > 0 ? 1 : 0;
            missing |= counts[i] == 0;
        }
        return missing ? counts : null;
    }
}
