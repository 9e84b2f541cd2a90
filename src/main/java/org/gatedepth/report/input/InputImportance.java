package org.gatedepth.report.input;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.dl4j.probe.NetworkProbe;
import org.gatedepth.report.measure.Scores;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * How much the predictions of a network depend on an input: what it predicts when the values of that input are
 * exchanged at random among the examples, so that they keep their distribution and tell nothing of the example. This is
 * permutation importance (Breiman 2001, <i>Random Forests</i>, section 10; Fisher et al. 2019, arXiv 1801.01489).
 *
 * <p>With {@code L} for the loss, {@code f} for the network, {@code y} for the labels of {@code n} examples and
 * {@code π} for a random permutation of them, the loss of input {@code j} is the mean over {@value #REPEATS} of
 * {@code π} of {@code 1/n · Σ_i L(y_i, f(x_i with x_ij replaced by x_π(i)j))}.
 *
 * <p>Inputs that say the same as another one look unimportant, each alone. Exchanged values may make examples that do
 * not exist.
 *
 * @param input the name of the input
 * @param loss mean loss of an example with the exchanged values: cross-entropy in nats for classes, squared error (mean
 *     over the outputs) otherwise; as a mean over {@value #REPEATS} exchanges
 * @param accuracy share of the examples that are predicted correctly then; null if the network does not predict classes
 * @param changed share of the examples whose predicted class is another one then; for numbers the mean squared change
 *     divided by the variance of the predictions
 */
public record InputImportance(
        @JsonProperty("input") String input,
        @JsonProperty("loss") double loss,
        @JsonProperty("accuracy") @Nullable Double accuracy,
        @JsonProperty("changed") double changed) {

    /** Exchanges of each input. */
    public static final int REPEATS = 3;

    /** The exchanges are the same in each report of a network. */
    private static final long SEED = 1;

    /**
     * Measures inputs of a network, {@value #REPEATS} forward passes each. The network and the examples are not
     * changed.
     *
     * @param network an initialised network with at least one layer of Gatedepth
     * @param data examples with labels, prepared as for training
     * @param inputs what is exchanged as one
     * @return the most important input first, by the loss without it
     * @throws IllegalArgumentException with one sentence, if the data has no such columns or arrays
     */
    public static List<InputImportance> of(MultiLayerNetwork network, DataSet data, List<InputGroup> inputs) {
        return of(NetworkProbe.of(network), data.toMultiDataSet(), inputs);
    }

    /** As {@link #of(MultiLayerNetwork, DataSet, List)}, for a graph, of whose outputs the first is looked at. */
    public static List<InputImportance> of(ComputationGraph network, MultiDataSet data, List<InputGroup> inputs) {
        return of(NetworkProbe.of(network), data, inputs);
    }

    private static List<InputImportance> of(NetworkProbe probe, MultiDataSet data, List<InputGroup> inputs) {
        inputs.forEach(input -> input.check(data));
        Scores scores = new Scores(
                probe.labels(data).get(0),
                probe.masks(data).get(0),
                probe.predict(data).get(0),
                probe.outputs().get(0).numbers());
        List<int[]> exchanges = exchanges((int) data.getFeatures(0).size(0));
        List<InputImportance> importances = new ArrayList<>();
        for (InputGroup input : inputs) {
            importances.add(mean(
                    input.name(),
                    exchanges.stream()
                            .map(from -> scores.of(
                                    probe.predict(input.exchanged(data, from)).get(0)))
                            .toList()));
        }
        importances.sort(Comparator.comparingDouble(InputImportance::loss).reversed());
        return List.copyOf(importances);
    }

    private static InputImportance mean(String name, List<Scores.Score> scores) {
        double loss = 0;
        double accuracy = 0;
        double changed = 0;
        boolean classes = true;
        for (Scores.Score score : scores) {
            Double right = score.accuracy();
            loss += score.loss() / scores.size();
            changed += score.changed() / scores.size();
            accuracy += right == null ? 0 : right / scores.size();
            classes &= right != null;
        }
        return new InputImportance(name, loss, classes ? (Double) accuracy : null, changed);
    }

    /** Random permutations in which no example keeps its own values, unless it is the only one. */
    private static List<int[]> exchanges(int examples) {
        SplittableRandom random = new SplittableRandom(SEED);
        List<int[]> exchanges = new ArrayList<>();
        for (int repeat = 0; repeat < REPEATS; repeat++) {
            // Sattolo's algorithm: one cycle through all of them.
            int[] from = new int[examples];
            for (int i = 0; i < examples; i++) {
                from[i] = i;
            }
            for (int i = examples - 1; i > 0; i--) {
                int other = random.nextInt(i);
                int kept = from[i];
                from[i] = from[other];
                from[other] = kept;
            }
            exchanges.add(from);
        }
        return exchanges;
    }
}
