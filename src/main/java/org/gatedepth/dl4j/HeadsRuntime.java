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
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * What runs a {@link HeadsLayer} in a network, in place of Deeplearning4j's own runtime of SameDiff output layers.
 *
 * <p>That one knows no masks, has no score for examples, divides regularisation by the minibatch, and sets no parameter. The
 * function that is differentiated here gives the loss of every example at every head, {@code [minibatch, heads]}; the weights
 * of the heads are its gradient's seed. So a head of weight 0 adds exactly nothing.
 */
final class HeadsRuntime extends BlockRuntime implements IOutputLayer {
    private static final long serialVersionUID = 1L;
    private static final String LABELS = "labels";
    private static final String WEIGHTS = "weights";

    private transient @Nullable INDArray labels;
    private final transient Map<Integer, CompiledFunction> predictions = new HashMap<>();
    /** The losses of the last backward pass and what they were computed from, for the score that is asked for next. */
    private transient @Nullable Losses last;

    HeadsRuntime(NeuralNetConfiguration conf, DataType dataType) {
        super(conf, dataType);
        super.setEpochCount(conf.getEpochCount());
    }

    /** Losses of a minibatch. */
    private static final class Losses {
        private final INDArray input;
        private final INDArray labels;
        private final @Nullable INDArray mask;
        /** Loss of every example at every head, by example. */
        private final double[][] perExample;
        /** Weight of every example at every head, by example. */
        private final double[][] exampleWeights;

        Losses(
                INDArray input,
                INDArray labels,
                @Nullable INDArray mask,
                double[][] perExample,
                double[][] exampleWeights) {
            this.input = input;
            this.labels = labels;
            this.mask = mask;
            this.perExample = perExample;
            this.exampleWeights = exampleWeights;
        }

        /** Whether the mean loss of the examples that count is above a threshold. */
        boolean isAbove(double threshold, int head) {
            double excess = 0;
            for (int i = 0; i < perExample.length; i++) {
                excess += excess(threshold, i, head);
            }
            return excess > 0;
        }

        double excess(double threshold, int example, int head) {
            return perExample[example][head] - threshold * exampleWeights[example][head];
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
        shapes.put(WEIGHTS, new long[] {-1, columns});
        return new CompiledFunction(dataType, shapes, List.of(INPUT), named(), (sd, inputs, params) -> {
            List<SDVariable> scores = block.outputs(sd, inputs.get(INPUT), lookup.of(sd, params));
            List<SDVariable> losses = new ArrayList<>();
            for (int h = 0; h < heads.size(); h++) {
                Placed placed = heads.get(h);
                Head head = placed.head();
                SDVariable y = columns(sd, inputs.get(LABELS), placed, columns);
                SDVariable weights = columns(sd, inputs.get(WEIGHTS), placed, columns);
                losses.add(head.loss()
                        .elements(sd, scores.get(h), y, head.outputs())
                        .mul(weights)
                        .sum(true, 1));
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
        return Map.of(INPUT, checked(input), LABELS, checkedLabels(), WEIGHTS, weights());
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

    /** The weight of each label. */
    private INDArray weights() {
        INDArray mask = maskArray;
        long rows = input.size(0);
        int columns = labelColumns();
        if (mask == null) {
            return Nd4j.ones(dataType, rows, columns);
        }
        long width = mask.rank() == 2 && mask.size(0) == rows ? mask.size(1) : 0;
        if (width != 1 && width != columns) {
            throw new IllegalArgumentException("expected a label mask of shape [" + rows + ", 1] or [" + rows + ", "
                    + columns + "], got " + Arrays.toString(mask.shape()) + " " + layerId());
        }
        return width == columns ? mask : mask.castTo(dataType).broadcast(rows, columns);
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
        Losses losses = losses(forward(dropOut, workspaceMgr));
        last = losses;
        double[] weights = weights(losses);
        double[][] seed = new double[losses.perExample.length][];
        Arrays.fill(seed, weights);
        return gradients(function, Nd4j.createFromArray(seed).castTo(dataType), workspaceMgr);
    }

    private Losses losses(INDArray perExample) {
        INDArray mask = maskArray;
        double[][] exampleWeights = new double[(int) input.size(0)][heads().size()];
        double[][] given = mask == null ? null : mask.castTo(DataType.DOUBLE).toDoubleMatrix();
        for (int i = 0; i < exampleWeights.length; i++) {
            for (int h = 0; h < exampleWeights[i].length; h++) {
                exampleWeights[i][h] = given == null ? 1 : mean(given[i], heads().get(h));
            }
        }
        return new Losses(
                input, checkedLabels(), mask, perExample.castTo(DataType.DOUBLE).toDoubleMatrix(), exampleWeights);
    }

    /** The mean weight of the labels of a head. */
    private static double mean(double[] weights, Placed placed) {
        if (weights.length == 1) {
            return weights[0];
        }
        int from = (int) placed.labels();
        int to = from + (int) placed.head().outputs();
        return Arrays.stream(weights, from, to).average().orElseThrow();
    }

    /** The weight that each head has now: its schedule's, or 0 while its loss is below its threshold. */
    private double[] weights(Losses losses) {
        List<Placed> heads = heads();
        double[] weights = new double[heads.size()];
        for (int h = 0; h < weights.length; h++) {
            Head head = heads.get(h).head();
            boolean on = head.threshold() == 0 || losses.isAbove(head.threshold(), h);
            weights[h] = on ? head.weightAt(getIterationCount(), getEpochCount()) : 0;
        }
        return weights;
    }

    @Override
    public double computeScore(double fullNetRegTerm, boolean training, LayerWorkspaceMgr workspaceMgr) {
        double sum = Arrays.stream(scores(training, workspaceMgr)).sum();
        return (conf.isMiniBatch() ? sum / input.size(0) : sum) + fullNetRegTerm;
    }

    @Override
    public INDArray computeScoreForExamples(double fullNetRegTerm, LayerWorkspaceMgr workspaceMgr) {
        double[] scores = scores(false, workspaceMgr);
        INDArray column = Nd4j.createFromArray(scores).castTo(dataType).reshape(scores.length, 1);
        return workspaceMgr.dup(ArrayType.ACTIVATIONS, column.addi(fullNetRegTerm), 'c');
    }

    /** The weighted loss of every example, summed over the heads. */
    private double[] scores(boolean training, LayerWorkspaceMgr workspaceMgr) {
        assertInputSet(false);
        Losses losses = last;
        last = null;
        if (losses == null
                || !training
                || losses.input != input
                || losses.labels != labels
                || losses.mask != maskArray) {
            losses = losses(
                    training && layerConf().getIDropout() != null
                            ? forward(true, workspaceMgr)
                            : plain().infer(inputs()));
        }
        double[] weights = weights(losses);
        List<Placed> heads = heads();
        double[] scores = new double[losses.perExample.length];
        for (int i = 0; i < scores.length; i++) {
            for (int h = 0; h < weights.length; h++) {
                if (weights[h] > 0) {
                    scores[i] += weights[h] * losses.excess(heads.get(h).head().threshold(), i, h);
                }
            }
        }
        return scores;
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
