package org.gatedepth.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.dl4j.probe.NetworkProbe;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * What the depth, the gates and the heads of a network are doing, measured on examples.
 *
 * @param format version of this format, {@value #FORMAT}
 * @param network a description of the network in one line
 * @param parameters number of its parameters
 * @param examples number of examples that were measured
 * @param chains signal, gradient and path lengths by depth
 * @param gates the transform gates by block; empty if there are no highway blocks
 * @param skips the weights of the skips by block; empty if there are no weighted skips
 * @param dense which block reads which, in each chain of dense blocks; empty if there are none
 * @param lesions what the network predicts without its blocks
 * @param heads the outputs of the network in the order of their depth, its own output last; empty if there are no
 *     auxiliary heads
 * @param verdict two to five sentences, each with the number that it comes from
 */
public record DepthReport(
        @JsonProperty("format") int format,
        @JsonProperty("network") String network,
        @JsonProperty("parameters") long parameters,
        @JsonProperty("examples") long examples,
        @JsonProperty("chains") List<Chain> chains,
        @JsonProperty("gates") List<Gates> gates,
        @JsonProperty("skips") List<SkipWeights> skips,
        @JsonProperty("dense") List<DenseWeights> dense,
        @JsonProperty("lesions") Lesions lesions,
        @JsonProperty("heads") List<HeadReport> heads,
        @JsonProperty("verdict") List<String> verdict) {

    /** The version of the format that this class writes and reads. */
    public static final int FORMAT = 1;

    /** Copies the lists. */
    public DepthReport {
        chains = List.copyOf(chains);
        gates = List.copyOf(gates);
        skips = List.copyOf(skips);
        dense = List.copyOf(dense);
        heads = List.copyOf(heads);
        verdict = List.copyOf(verdict);
    }

    /**
     * Measures a network. The network is not changed.
     *
     * <p>Losses and lesions are measured on all examples. Signal, gradient, gates and paths are measured on at most 512
     * of them, evenly spread over the data. The lesions need at most two forward passes for each block. So their time
     * grows with the square of the depth: for hundreds of blocks it is minutes. Some hundred examples that the network
     * was not trained on are the best choice.
     *
     * @param network an initialised network with at least one layer of Gatedepth
     * @param data examples with labels, prepared as for training
     * @throws IllegalArgumentException if the network has no such layer, or if the data is empty or has another shape
     */
    public static DepthReport of(MultiLayerNetwork network, DataSet data) {
        return of(NetworkProbe.of(network), data.toMultiDataSet());
    }

    /** As {@link #of(MultiLayerNetwork, DataSet)}, for a graph of one output. */
    public static DepthReport of(ComputationGraph network, DataSet data) {
        return of(network, data.toMultiDataSet());
    }

    /** As {@link #of(MultiLayerNetwork, DataSet)}, for a graph with labels for each of its outputs. */
    public static DepthReport of(ComputationGraph network, MultiDataSet data) {
        return of(NetworkProbe.of(network), data);
    }

    private static DepthReport of(NetworkProbe probe, MultiDataSet data) {
        return new Measurement(probe, data).report();
    }

    /** The report for a terminal: lines of at most 100 characters. */
    public String toText() {
        return TextForm.of(this);
    }

    /** The report as JSON; {@link #fromJson} reads it. */
    public String toJson() {
        return JsonForm.write(this);
    }

    /**
     * Reads a report that {@link #toJson} wrote.
     *
     * @throws IllegalArgumentException if the text is not a report, or has another {@link #FORMAT}
     */
    public static DepthReport fromJson(String json) {
        return JsonForm.read(json);
    }

    /**
     * The report as one HTML page with charts. The page loads nothing from elsewhere. Needs XChart on the class path.
     *
     * @throws IllegalStateException without XChart
     */
    public String toHtml() {
        return HtmlForm.of(this);
    }

    /**
     * Writes {@link #toHtml} into a file.
     *
     * @throws IllegalStateException without XChart
     */
    public void writeHtml(Path file) throws IOException {
        Files.writeString(file, toHtml());
    }
}
