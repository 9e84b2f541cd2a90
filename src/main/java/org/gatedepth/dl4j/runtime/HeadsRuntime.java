package org.gatedepth.dl4j.runtime;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.gatedepth.block.Heads;
import org.gatedepth.loss.Head;
import org.gatedepth.loss.Loss;
import org.gatedepth.plan.CompiledFunction;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * What runs an output layer of heads in a network, in place of Deeplearning4j's own runtime of SameDiff output layers.
 *
 * <p>That one knows no masks, has no score for examples, divides regularisation by the minibatch, and sets no
 * parameter. The function that is differentiated here gives the losses element by element, {@code [rows, outputs of all
 * heads]}; masks and the weights of the heads are the seed of its gradient. So a head of weight 0 adds exactly nothing.
 * The steps of sequences are rows, see {@link HeadBatch}; as in Deeplearning4j's {@code RnnOutputLayer} the score is
 * the sum over the steps, divided by the number of sequences, and the mask of the features is none of the labels.
 */
public class HeadsRuntime extends BlockRuntime implements IOutputLayer {
    private static final long serialVersionUID = 1L;
    private static final String LABELS = "labels";

    private transient @Nullable INDArray labels;
    private final transient Map<Integer, CompiledFunction> predictions = new HashMap<>();
    /** The losses of the last backward pass and what they were computed from, for the score that is asked for next. */
    private transient @Nullable Losses last;

    private final transient List<PlacedHead> heads;
    private final transient HeadScores scores;
    private final transient Lengths lengths = new Lengths();
    /** Whether the mask is that of the features. */
    private transient boolean maskOfFeatures;

    /** The runtime of a layer whose configuration is a {@link HeadsConf}; see {@link #attach}. */
    public HeadsRuntime(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
        super.setEpochCount(conf.getEpochCount());
        heads = ((HeadsConf) blockConf()).heads();
        scores = new HeadScores(heads, dataType);
    }

    /** Losses of a minibatch; for {@code excess} see {@link HeadScores#excess}. */
    private record Losses(
            INDArray input, INDArray labels, @Nullable INDArray mask, double[] excess) {

        @SuppressWarnings("ReferenceEquality") // the very arrays, not equal ones
        boolean areOf(INDArray otherInput, @Nullable INDArray otherLabels, @Nullable INDArray otherMask) {
            return input == otherInput && labels == otherLabels && mask == otherMask;
        }
    }

    /** The heads, that of the output first. */
    public List<PlacedHead> heads() {
        return heads;
    }

    @Override
    CompiledFunction define(Set<String> names, Map<String, INDArray> params, BlockDelegate.Lookup lookup) {
        Heads block = PlacedHead.block(blockConf().getNIn(), heads);
        int columns = scores.labelColumns();
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put(INPUT, new long[] {-1, block.inputSize()});
        shapes.put(LABELS, new long[] {-1, columns});
        if (names.contains(BlockDelegate.STEPS)) {
            shapes.put(BlockDelegate.STEPS, new long[] {-1, -1});
        }
        return new CompiledFunction(dataType, shapes, List.of(INPUT), params, (sd, inputs, variables) -> {
            List<SDVariable> raw = block.outputs(sd, inputs.get(INPUT), lookup.of(sd, variables));
            List<SDVariable> losses = new ArrayList<>();
            for (int h = 0; h < heads.size(); h++) {
                Head head = heads.get(h).head();
                SDVariable y = columns(sd, inputs.get(LABELS), heads.get(h), columns);
                losses.add(head.loss().elements(sd, raw.get(h), y, head.outputs()));
            }
            return losses.size() == 1 ? losses.get(0) : sd.concat(1, losses.toArray(new SDVariable[0]));
        });
    }

    private static SDVariable columns(SameDiff sd, SDVariable array, PlacedHead placed, int all) {
        int count = (int) placed.head().outputs();
        return count == all ? array : sd.slice(array, new int[] {0, (int) placed.labels()}, -1, count);
    }

    private HeadBatch batch(LayerWorkspaceMgr workspaces) {
        if (input.rank() != 3) {
            return HeadBatch.of(checked(input), layerId());
        }
        RNNFormat format = ((HeadsConf) blockConf()).getRnnDataFormat();
        return HeadBatch.of(
                input,
                format == null ? RNNFormat.NCW : format,
                blockConf().getNIn(),
                lengths,
                dataType,
                workspaces,
                layerId());
    }

    private HeadBatch withLabels(LayerWorkspaceMgr workspaces) {
        return batch(workspaces).with(LABELS, givenLabels(), scores.labelColumns());
    }

    private INDArray givenLabels() {
        INDArray given = labels;
        if (given == null) {
            throw new IllegalStateException("no labels were given for the output " + layerId());
        }
        return given;
    }

    /** What each element counts; null for 1 everywhere. */
    private @Nullable INDArray counts(HeadBatch batch) {
        INDArray mask = labelMask();
        return mask == null ? null : scores.counts(batch.counts(mask, scores.labelColumns()));
    }

    /** As in Deeplearning4j's {@code RnnOutputLayer}, the mask of the features is none of the labels of steps. */
    private @Nullable INDArray labelMask() {
        return input.rank() == 3 && maskOfFeatures ? null : maskArray;
    }

    @Override
    public Pair<INDArray, MaskState> feedForwardMaskArray(
            @Nullable INDArray mask, @Nullable MaskState state, int minibatchSize) {
        maskOfFeatures = true;
        return super.feedForwardMaskArray(mask, state, minibatchSize);
    }

    @Override
    public void setMaskArray(@Nullable INDArray mask) {
        maskOfFeatures = false;
        super.setMaskArray(mask);
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaceMgr) {
        assertInputSet(false);
        PlacedHead output = heads.get(0);
        HeadBatch batch = batch(workspaceMgr);
        delegate.read(training, batch.own(batch.input()));
        INDArray own = batch.input()
                .get(NDArrayIndex.all(), NDArrayIndex.interval(output.from(), output.from() + output.inputs()));
        return batch.array(workspaceMgr.dup(ArrayType.ACTIVATIONS, batch.own(predicted(0, own)), 'c'));
    }

    /**
     * What a head predicts.
     *
     * @param head its position
     * @param x the columns of the input that it reads
     * @return an array that the next call overwrites
     */
    public INDArray predicted(int head, INDArray x) {
        return predictions.computeIfAbsent(head, this::prediction).infer(Map.of(INPUT, x));
    }

    private CompiledFunction prediction(int head) {
        Heads.Part part = PlacedHead.block(blockConf().getNIn(), heads).parts().get(head);
        Loss loss = heads.get(head).head().loss();
        return new CompiledFunction(
                dataType,
                Map.of(INPUT, new long[] {-1, part.block().inputSize()}),
                List.of(),
                named(),
                (sd, inputs, params) -> loss.prediction(sd, part.apply(sd, inputs.get(INPUT), params::get)));
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaceMgr) {
        assertInputSet(true);
        HeadBatch batch = withLabels(workspaceMgr);
        INDArray counts = counts(batch);
        double[] excess = excess(batch.own(delegate.forward(batch.read(), Noise.of(this, workspaceMgr))), counts);
        last = new Losses(input, givenLabels(), labelMask(), excess);
        INDArray seed = scores.seed(weights(excess), batch.rows());
        INDArray atInput = Objects.requireNonNull(
                delegate.backward(batch.read(), batch.all(counts == null ? seed : counts.mul(seed)))
                        .get(INPUT));
        INDArray rows = workspaceMgr.dup(ArrayType.ACTIVATION_GRAD, batch.own(atInput), 'c');
        return new Pair<>(delegate.gradient(), batch.array(rows));
    }

    private double[] excess(INDArray elements, @Nullable INDArray counts) {
        double[] excess = scores.excess(elements, counts);
        if (Double.isNaN(Arrays.stream(excess).sum())
                && Double.isNaN(givenLabels().sumNumber().doubleValue())) {
            throw new IllegalArgumentException(
                    "labels must be numbers, got NaN: where a label is missing give 0 and a label"
                            + " mask of 0, as AuxiliaryLabels does " + layerId());
        }
        return excess;
    }

    private double[] weights(double[] excess) {
        return scores.weights(excess, getIterationCount(), getEpochCount());
    }

    @Override
    public double computeScore(double fullNetRegTerm, boolean training, LayerWorkspaceMgr workspaceMgr) {
        assertInputSet(false);
        Losses losses = last;
        last = null;
        double[] excess;
        if (losses != null && training && losses.areOf(input, labels, labelMask())) {
            excess = losses.excess();
        } else {
            Noise noise = training ? Noise.of(this, workspaceMgr) : null;
            HeadBatch batch = withLabels(workspaceMgr);
            INDArray elements = noise == null ? delegate.infer(batch.read()) : delegate.forward(batch.read(), noise);
            excess = excess(batch.own(elements), counts(batch));
        }
        double[] weights = weights(excess);
        double sum = 0;
        for (int h = 0; h < weights.length; h++) {
            sum += weights[h] > 0 ? weights[h] * excess[h] : 0;
        }
        return (conf.isMiniBatch() ? sum / input.size(0) : sum) + fullNetRegTerm;
    }

    @Override
    public INDArray computeScoreForExamples(double fullNetRegTerm, LayerWorkspaceMgr workspaceMgr) {
        assertInputSet(false);
        HeadBatch batch = withLabels(workspaceMgr);
        INDArray counts = counts(batch);
        INDArray elements = batch.own(delegate.infer(batch.read()));
        INDArray column = batch.byExample(scores.perExample(elements, counts, weights(excess(elements, counts))));
        return workspaceMgr.dup(ArrayType.ACTIVATIONS, column.addi(fullNetRegTerm), 'c');
    }

    /**
     * Deeplearning4j saves the epoch of the whole network but does not give it to a restored layer before it trains.
     */
    @Override
    public void setEpochCount(int epochCount) {
        super.setEpochCount(epochCount);
        conf.setEpochCount(epochCount);
    }

    @Override
    public void setParamsViewArray(INDArray params) {
        super.setParamsViewArray(params);
        predictions.values().forEach(CompiledFunction::close);
        predictions.clear();
        last = null;
    }

    @Override
    public void clear() {
        super.clear();
        labels = null;
        last = null;
    }

    @Override
    public boolean needsLabels() {
        return true;
    }

    @Override
    public void setLabels(@Nullable INDArray labels) {
        this.labels = labels;
    }

    @Override
    public @Nullable INDArray getLabels() {
        return labels;
    }

    @Override
    @SuppressWarnings("deprecation") // Deeplearning4j's interface asks for it
    public int numLabels() {
        return (int) heads.get(0).head().outputs();
    }

    // What follows trains or asks a layer by itself; a head is trained and asked through its network.

    private static UnsupportedOperationException throughTheNetwork() {
        return new UnsupportedOperationException(
                "a head is trained and evaluated through its network: call fit, output or evaluate there");
    }

    @Override
    public double f1Score(DataSet data) {
        throw throughTheNetwork();
    }

    @Override
    public double f1Score(INDArray examples, INDArray labels) {
        throw throughTheNetwork();
    }

    @Override
    public void fit(DataSetIterator iterator) {
        throw throughTheNetwork();
    }

    @Override
    public void fit(INDArray examples, INDArray labels) {
        throw throughTheNetwork();
    }

    @Override
    public void fit(DataSet data) {
        throw throughTheNetwork();
    }

    @Override
    public void fit(INDArray examples, int[] labels) {
        throw throughTheNetwork();
    }

    @Override
    public int[] predict(INDArray examples) {
        throw throughTheNetwork();
    }

    @Override
    public List<String> predict(DataSet dataSet) {
        throw throughTheNetwork();
    }
}
