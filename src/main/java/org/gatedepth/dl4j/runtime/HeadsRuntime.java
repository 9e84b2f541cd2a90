package org.gatedepth.dl4j.runtime;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
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
 * parameter. The function that is differentiated here gives the losses element by element, {@code [minibatch, outputs
 * of all heads]}; masks and the weights of the heads are the seed of its gradient. So a head of weight 0 adds exactly
 * nothing.
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
    CompiledFunction define(Map<String, INDArray> params, BlockDelegate.Lookup lookup) {
        Heads block = PlacedHead.block(blockConf().getNIn(), heads);
        int columns = scores.labelColumns();
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put(INPUT, new long[] {-1, block.inputSize()});
        shapes.put(LABELS, new long[] {-1, columns});
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

    @Override
    Map<String, INDArray> inputs() {
        return Map.of(INPUT, checked(input), LABELS, checkedLabels());
    }

    private INDArray checkedLabels() {
        INDArray given = labels;
        if (given == null) {
            throw new IllegalStateException("no labels were given for the output " + layerId());
        }
        int columns = scores.labelColumns();
        if (given.rank() != 2 || given.size(0) != input.size(0) || given.size(1) != columns) {
            throw new IllegalArgumentException("expected labels of shape [" + input.size(0) + ", " + columns + "], got "
                    + Arrays.toString(given.shape()) + " " + layerId());
        }
        return given;
    }

    private @Nullable INDArray checkedMask() {
        INDArray mask = maskArray;
        if (mask != null) {
            long rows = input.size(0);
            int columns = scores.labelColumns();
            boolean fits = mask.rank() == 2 && mask.size(0) == rows && (mask.size(1) == 1 || mask.size(1) == columns);
            if (!fits) {
                throw new IllegalArgumentException("expected a label mask of shape [" + rows + ", 1] or [" + rows + ", "
                        + columns + "], got " + Arrays.toString(mask.shape()) + " " + layerId());
            }
            Masks.requireWeights(mask, layerId());
        }
        return mask;
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaceMgr) {
        assertInputSet(false);
        PlacedHead output = heads.get(0);
        INDArray read = checked(input);
        delegate.read(training, read);
        INDArray own =
                read.get(NDArrayIndex.all(), NDArrayIndex.interval(output.from(), output.from() + output.inputs()));
        return workspaceMgr.dup(ArrayType.ACTIVATIONS, predicted(0, own), 'c');
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
        INDArray counts = scores.counts(checkedMask());
        double[] excess = excess(delegate.forward(inputs(), Noise.of(this, workspaceMgr)), counts);
        last = new Losses(input, checkedLabels(), maskArray, excess);
        INDArray seed = scores.seed(weights(excess), input.size(0));
        return gradients(counts == null ? seed : counts.mul(seed), workspaceMgr);
    }

    private double[] excess(INDArray elements, @Nullable INDArray counts) {
        double[] excess = scores.excess(elements, counts);
        if (Double.isNaN(Arrays.stream(excess).sum())
                && Double.isNaN(checkedLabels().sumNumber().doubleValue())) {
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
        if (losses != null && training && losses.areOf(input, labels, maskArray)) {
            excess = losses.excess();
        } else {
            Noise noise = training ? Noise.of(this, workspaceMgr) : null;
            INDArray elements = noise == null ? delegate.infer(inputs()) : delegate.forward(inputs(), noise);
            excess = excess(elements, scores.counts(checkedMask()));
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
        INDArray counts = scores.counts(checkedMask());
        INDArray elements = delegate.infer(inputs());
        INDArray column = scores.perExample(elements, counts, weights(excess(elements, counts)));
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
