package org.gatedepth.dl4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.dl4j.exit.Exits;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Prediction that stops, row by row, at the first head that is sure: whose highest probability reaches a confidence.
 *
 * <p>Rows that have left are not computed any further; the blocks after a head run on the rows that are still there,
 * and not at all when there are none. Every head must predict the classes of the network's own output, by a softmax.
 *
 * <p>Sources: Teerapittayanon et al. 2016, <i>BranchyNet</i>, arXiv 1709.01686 (exits of confident samples); Kaya et
 * al. 2019, <i>Shallow-Deep Networks</i>, arXiv 1810.07052 (confidence as the highest probability).
 *
 * <p>It computes in a copy of the network that shares its parameters: it reads what training makes of them, and the
 * network itself and the features stay as they are. Several threads may predict at the same time, one after the other
 * with one object and beside each other with one each, and the network may predict meanwhile. It must not be trained
 * meanwhile.
 *
 * <p>Where the heads predict each step of sequences, a sequence leaves as a whole, at the first head whose highest
 * probability reaches the confidence at <i>every</i> step of it: what is answered early has the confidence everywhere.
 * Steps that the mask leaves out have no say. A sequence that a head predicts as a whole leaves as a row does. The
 * sequences that stay may be few, but each of them is computed with all its steps.
 *
 * <p>A confidence that no head reaches gives what the network's {@code output(..)} gives.
 *
 * <pre>{@code
 * EarlyExit.Result result = new EarlyExit(network, List.of("head4", "head8"), 0.95).predict(features);
 * result.output();   // probabilities
 * result.shares();   // by head, the part of the rows that it answered
 * }</pre>
 */
public final class EarlyExit {
    private final Exits exits;
    private final double confidence;

    /**
     * Early exit from a graph.
     *
     * @param network a graph of one input whose vertices treat each row or sequence by itself, its first output the one
     *     to be predicted
     * @param heads names of the outputs at which rows may leave, the lowest first
     * @param confidence probability that a head must reach, above 0 and at most 1
     * @throws IllegalArgumentException for a confidence out of range, no name, a name given twice or one that is not an
     *     output with the classes of the first one, outputs that are not a softmax, and heads of which some predict
     *     each step and others whole sequences
     */
    public EarlyExit(ComputationGraph network, List<String> heads, double confidence) {
        this(Exits.of(network, heads), confidence);
    }

    /**
     * Early exit from a network whose last layers are a {@link GatedStack} with taps and a
     * {@link DeepSupervisionOutputLayer}: at all heads that have the labels and the loss of the output.
     *
     * @param network the network
     * @param confidence probability that a head must reach, above 0 and at most 1
     * @throws IllegalArgumentException for a confidence out of range, and a network that does not end so, has no such
     *     head, or whose output is not a softmax; a {@link TemporalStack} is none, use a graph
     */
    public EarlyExit(MultiLayerNetwork network, double confidence) {
        this(Exits.of(network), confidence);
    }

    private EarlyExit(Exits exits, double confidence) {
        if (!(confidence > 0 && confidence <= 1)) {
            throw new IllegalArgumentException("the confidence must be above 0 and at most 1, got " + confidence);
        }
        List<String> names = exits.names();
        if (names.size() < 2) {
            throw new IllegalArgumentException("early exit needs at least one head on the classes of the output \""
                    + names.get(0) + "\", got none");
        }
        if (new HashSet<>(names).size() < names.size()) {
            throw new IllegalArgumentException("early exit needs each head once, got " + names);
        }
        this.exits = exits;
        this.confidence = confidence;
    }

    /**
     * Predictions and where they were made.
     *
     * @param output probabilities, {@code [rows, classes]}, or of sequences what the network's output is
     * @param exits for each row or sequence the position in {@code heads} of the head that answered
     * @param heads names of the heads, the network's own output last
     */
    public record Result(INDArray output, int[] exits, List<String> heads) {

        /** The share of the rows that each head answered. */
        public Map<String, Double> shares() {
            Map<String, Double> shares = new LinkedHashMap<>();
            for (int h = 0; h < heads.size(); h++) {
                int head = h;
                shares.put(
                        heads.get(h),
                        Arrays.stream(exits).filter(e -> e == head).count() / (double) exits.length);
            }
            return shares;
        }
    }

    /**
     * Predicts rows, or sequences without padding.
     *
     * @param features the input, with at least one row
     * @return the predictions
     */
    public Result predict(INDArray features) {
        return predict(features, null);
    }

    /**
     * Predicts sequences.
     *
     * @param features the input, with at least one sequence
     * @param mask of the features, {@code [minibatch, steps]}, 0 where there is padding; null for none
     * @return the predictions
     */
    public synchronized Result predict(INDArray features, @Nullable INDArray mask) {
        List<String> names = exits.names();
        int rows = (int) features.size(0);
        if (rows == 0) {
            throw new IllegalArgumentException("early exit needs at least one row, got none");
        }
        int[] left = new int[rows];
        Arrays.fill(left, names.size() - 1);
        List<INDArray> answers = new ArrayList<>();
        List<int[]> answered = new ArrayList<>();
        int[] present = IntStream.range(0, rows).toArray();
        Exits.Trunk trunk = exits.start(features, mask);
        for (int head = 0; head < names.size() && present.length > 0; head++) {
            INDArray prediction = trunk.prediction(head);
            boolean last = head == names.size() - 1;
            double[] highest = confidences(prediction, mask == null ? null : mask.getRows(present));
            int[] leaving = positions(highest, last, true);
            int[] staying = positions(highest, last, false);
            if (leaving.length > 0) {
                answers.add(selected(prediction, leaving));
                answered.add(select(present, leaving));
                for (int row : select(present, leaving)) {
                    left[row] = head;
                }
            }
            if (leaving.length > 0 && staying.length > 0) {
                trunk.keep(staying);
            }
            present = select(present, staying);
        }
        return new Result(inOrder(answers, answered, rows), left, names);
    }

    /** Of each row the highest probability, of each sequence the lowest of those of its steps. */
    private double[] confidences(INDArray prediction, @Nullable INDArray mask) {
        if (prediction.rank() == 2) {
            return prediction.max(1).toDoubleVector();
        }
        INDArray highest = prediction.max(exits.isChannelsLast() ? 2 : 1);
        if (mask != null) {
            if (!mask.equalShapes(highest)) {
                throw new IllegalArgumentException("expected a mask of shape " + Arrays.toString(highest.shape())
                        + ", one number for each step that is predicted, got " + Arrays.toString(mask.shape()));
            }
            INDArray steps = mask.castTo(highest.dataType());
            highest = highest.mul(steps).addi(steps.rsub(1));
        }
        return highest.min(1).toDoubleVector();
    }

    /** Some rows or sequences. */
    private static INDArray selected(INDArray array, int[] positions) {
        if (array.rank() == 2) {
            return array.getRows(positions);
        }
        long[] shape = array.shape().clone();
        INDArray rows = array.reshape('c', shape[0], array.length() / shape[0]).getRows(positions);
        shape[0] = positions.length;
        return rows.reshape('c', shape);
    }

    /** Positions of the rows that leave at a head, or of those that stay. */
    private int[] positions(double[] highest, boolean last, boolean leave) {
        return IntStream.range(0, highest.length)
                .filter(i -> (last || highest[i] >= confidence) == leave)
                .toArray();
    }

    private static int[] select(int[] rows, int[] positions) {
        return Arrays.stream(positions).map(position -> rows[position]).toArray();
    }

    private static INDArray inOrder(List<INDArray> answers, List<int[]> answered, int rows) {
        INDArray stacked = Nd4j.concat(0, answers.toArray(new INDArray[0]));
        int[] place = new int[rows];
        int next = 0;
        for (int[] group : answered) {
            for (int row : group) {
                place[row] = next++;
            }
        }
        return selected(stacked, place);
    }
}
