package org.gatedepth.dl4j;

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
import org.gatedepth.dl4j.HeadsLayer.Placed;
import org.gatedepth.loss.Head;
import org.gatedepth.loss.Loss;
import org.gatedepth.plan.CompiledFunction;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * What runs a {@link HeadsLayer} in a network, in place of Deeplearning4j's own runtime of SameDiff output layers.
 *
 * <p>That one knows no masks, has no score for examples, divides regularisation by the minibatch, and sets no parameter. The
 * function that is differentiated here gives the losses element by element, {@code [minibatch, outputs of all heads]}; masks
 * and the weights of the heads are the seed of its gradient. So a head of weight 0 adds exactly nothing.
 */
final class HeadsRuntime extends BlockRuntime implements IOutputLayer {
    private static final long serialVersionUID = 1L;
    private static final String LABELS = "labels";

    private transient @Nullable INDArray labels;
    private final transient Map<Integer, CompiledFunction> predictions = new HashMap<>();
    /** The losses of the last backward pass and what they were computed from, for the score that is asked for next. */
    private transient @Nullable Losses last;
    /** The last seed without a mask, and the weights of the heads that are in it. */
    private transient @Nullable INDArray seed;

    private transient double[] seedWeights = {};

    HeadsRuntime(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
        super.setEpochCount(conf.getEpochCount());
    }

    /**
     * Losses of a minibatch.
     *
     * @param excess by head, the sum of the examples' losses, less the head's threshold for each
     */
    private record Losses(
            INDArray input, INDArray labels, @Nullable INDArray mask, double[] excess) {

        @SuppressWarnings("ReferenceEquality") // the very arrays, not equal ones
        boolean areOf(INDArray otherInput, @Nullable INDArray otherLabels, @Nullable INDArray otherMask) {
            return input == otherInput && labels == otherLabels && mask == otherMask;
        }
    }

    private HeadsLayer headsLayer() {
        return (HeadsLayer) blockLayer();
    }

    private List<Placed> heads() {
        return headsLayer().heads(headsLayer().getNIn());
    }

    private int labelColumns() {
        return (int) heads().stream()
                .mapToLong(placed -> placed.labels() + placed.head().outputs())
                .max()
                .orElseThrow();
    }

    @Override
    CompiledFunction define(Lookup lookup) {
        Heads block = (Heads) headsLayer().block();
        List<Placed> heads = heads();
        int columns = labelColumns();
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put(INPUT, new long[] {-1, block.inputSize()});
        shapes.put(LABELS, new long[] {-1, columns});
        return new CompiledFunction(dataType, shapes, List.of(INPUT), named(), (sd, inputs, params) -> {
            List<SDVariable> scores = block.outputs(sd, inputs.get(INPUT), lookup.of(sd, params));
            List<SDVariable> losses = new ArrayList<>();
            for (int h = 0; h < heads.size(); h++) {
                Head head = heads.get(h).head();
                SDVariable y = columns(sd, inputs.get(LABELS), heads.get(h), columns);
                losses.add(head.loss().elements(sd, scores.get(h), y, head.outputs()));
            }
            return losses.size() == 1 ? losses.get(0) : sd.concat(1, losses.toArray(new SDVariable[0]));
        });
    }

    private static SDVariable columns(SameDiff sd, SDVariable array, Placed placed, int all) {
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
        int columns = labelColumns();
        if (given.rank() != 2 || given.size(0) != input.size(0) || given.size(1) != columns) {
            throw new IllegalArgumentException("expected labels of shape [" + input.size(0) + ", " + columns + "], got "
                    + Arrays.toString(given.shape()) + " " + layerId());
        }
        return given;
    }

    /** What each element of the losses counts: the mask's columns as the heads read them; null for 1 everywhere. */
    private @Nullable INDArray elementWeights() {
        INDArray mask = maskArray;
        if (mask == null) {
            return null;
        }
        long rows = input.size(0);
        int columns = labelColumns();
        long width = mask.rank() == 2 && mask.size(0) == rows ? mask.size(1) : 0;
        if (width != 1 && width != columns) {
            throw new IllegalArgumentException("expected a label mask of shape [" + rows + ", 1] or [" + rows + ", "
                    + columns + "], got " + Arrays.toString(mask.shape()) + " " + layerId());
        }
        INDArray typed = mask.castTo(dataType);
        INDArray[] parts = heads().stream()
                .map(placed -> width == 1
                        ? typed.broadcast(rows, placed.head().outputs())
                        : typed.get(
                                NDArrayIndex.all(),
                                NDArrayIndex.interval(
                                        placed.labels(),
                                        placed.labels() + placed.head().outputs())))
                .toArray(INDArray[]::new);
        return Nd4j.concat(1, parts);
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaceMgr) {
        assertInputSet(false);
        Placed output = heads().get(0);
        INDArray own = checked(input)
                .get(NDArrayIndex.all(), NDArrayIndex.interval(output.from(), output.from() + output.inputs()));
        return workspaceMgr.dup(ArrayType.ACTIVATIONS, predicted(0, own), 'c');
    }

    /**
     * What a head predicts.
     *
     * @param head its position
     * @param x the columns of the input that it reads
     * @return an array that the next call overwrites
     */
    INDArray predicted(int head, INDArray x) {
        return predictions.computeIfAbsent(head, this::prediction).infer(Map.of(INPUT, x));
    }

    private CompiledFunction prediction(int head) {
        Heads.Part part = ((Heads) headsLayer().block()).parts().get(head);
        Loss loss = heads().get(head).head().loss();
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
        boolean dropOut = layerConf().getIDropout() != null;
        CompiledFunction function = dropOut ? withDropout() : plain();
        INDArray elementWeights = elementWeights();
        Losses losses = losses(forward(dropOut, workspaceMgr), elementWeights);
        last = losses;
        INDArray heads = seed(weights(losses.excess()));
        return gradients(function, elementWeights == null ? heads : elementWeights.mul(heads), workspaceMgr);
    }

    /** The weight of its head at each element of the losses. */
    private INDArray seed(double[] weights) {
        INDArray current = seed;
        if (current == null || current.size(0) != input.size(0) || !Arrays.equals(weights, seedWeights)) {
            try (MemoryWorkspace ignored = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
                INDArray[] parts = new INDArray[weights.length];
                for (int h = 0; h < parts.length; h++) {
                    long[] shape = {input.size(0), heads().get(h).head().outputs()};
                    parts[h] = Nd4j.valueArrayOf(shape, weights[h], dataType);
                }
                current = Nd4j.concat(1, parts);
            }
            seed = current;
            seedWeights = weights;
        }
        return current;
    }

    private Losses losses(INDArray elements, @Nullable INDArray elementWeights) {
        INDArray weighted = elementWeights == null ? elements : elements.mul(elementWeights);
        double[] byColumn = weighted.sum(0).toDoubleVector();
        double[] excess = new double[heads().size()];
        int column = 0;
        for (int h = 0; h < excess.length; h++) {
            Head head = heads().get(h).head();
            for (int k = 0; k < head.outputs(); k++) {
                excess[h] += byColumn[column++];
            }
            if (head.threshold() > 0) {
                excess[h] -= head.threshold()
                        * Arrays.stream(exampleWeights(h, elementWeights)).sum();
            }
        }
        return new Losses(input, checkedLabels(), maskArray, excess);
    }

    /** What each example counts at a head: the mean weight of its labels. */
    private double[] exampleWeights(int head, @Nullable INDArray elementWeights) {
        if (elementWeights == null) {
            return Nd4j.ones(input.size(0)).toDoubleVector();
        }
        return ofHead(head, elementWeights).mean(1).toDoubleVector();
    }

    /** The columns of an array of elements that belong to a head. */
    private INDArray ofHead(int head, INDArray elements) {
        long from = heads().subList(0, head).stream()
                .mapToLong(placed -> placed.head().outputs())
                .sum();
        return elements.get(
                NDArrayIndex.all(),
                NDArrayIndex.interval(from, from + heads().get(head).head().outputs()));
    }

    /** The weight that each head has now: its schedule's, or 0 where its loss is below its threshold. */
    private double[] weights(double[] excess) {
        double[] weights = new double[excess.length];
        for (int h = 0; h < weights.length; h++) {
            Head head = heads().get(h).head();
            boolean on = head.threshold() == 0 || excess[h] > 0;
            weights[h] = on ? head.weightAt(getIterationCount(), getEpochCount()) : 0;
        }
        return weights;
    }

    @Override
    public double computeScore(double fullNetRegTerm, boolean training, LayerWorkspaceMgr workspaceMgr) {
        assertInputSet(false);
        Losses losses = last;
        last = null;
        if (losses == null || !training || !losses.areOf(input, labels, maskArray)) {
            boolean dropOut = training && layerConf().getIDropout() != null;
            losses = losses(dropOut ? forward(true, workspaceMgr) : plain().infer(inputs()), elementWeights());
        }
        double[] weights = weights(losses.excess());
        double sum = 0;
        for (int h = 0; h < weights.length; h++) {
            sum += weights[h] > 0 ? weights[h] * losses.excess()[h] : 0;
        }
        return (conf.isMiniBatch() ? sum / input.size(0) : sum) + fullNetRegTerm;
    }

    @Override
    public INDArray computeScoreForExamples(double fullNetRegTerm, LayerWorkspaceMgr workspaceMgr) {
        assertInputSet(false);
        INDArray elementWeights = elementWeights();
        INDArray elements = plain().infer(inputs());
        double[] weights = weights(losses(elements, elementWeights).excess());
        INDArray weighted = elementWeights == null ? elements : elements.mul(elementWeights);
        double[] scores = new double[(int) input.size(0)];
        for (int h = 0; h < weights.length; h++) {
            double threshold = heads().get(h).head().threshold();
            double[] counts = exampleWeights(h, elementWeights);
            double[] own = ofHead(h, weighted).sum(1).toDoubleVector();
            for (int i = 0; i < scores.length; i++) {
                scores[i] += weights[h] > 0 ? weights[h] * (own[i] - threshold * counts[i]) : 0;
            }
        }
        INDArray column = Nd4j.createFromArray(scores).castTo(dataType).reshape(scores.length, 1);
        return workspaceMgr.dup(ArrayType.ACTIVATIONS, column.addi(fullNetRegTerm), 'c');
    }

    /** Deeplearning4j saves the epoch of the whole network but does not give it to a restored layer before it trains. */
    @Override
    public void setEpochCount(int epochCount) {
        super.setEpochCount(epochCount);
        conf.setEpochCount(epochCount);
    }

    @Override
    public void setParamsViewArray(INDArray params) {
        super.setParamsViewArray(params);
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
        return (int) headsLayer().getNOut();
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
