package org.gatedepth.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.dl4j.NetworkProbe;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * What the depth, the gates and the heads of a network are doing, measured on examples.
 *
 * @param format version of this format, {@value #FORMAT}
 * @param network a line that describes the network
 * @param parameters number of its parameters
 * @param examples number of examples it was measured on
 * @param chains signal, gradient and path lengths by depth
 * @param gates the transform gates by block; empty without highway blocks
 * @param skips the weights of weighted skips by block; empty without any
 * @param dense who reads whom in each chain of dense blocks; empty without any
 * @param lesions what the network predicts without its blocks
 * @param heads the outputs of the network, from the lowest to its own, which is last; empty without auxiliary heads
 * @param verdict two to five sentences, each with the number that it says
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
     * Measures a network, which is left as it is.
     *
     * <p>Signal, gradient, gates and paths are those of at most 512 of the examples, spread over the data; losses and lesions those
     * of all. The lesions cost at most two forward passes for each block, so that their time grows with the depth squared: of
     * hundreds of blocks it is minutes. Some hundred examples that the network was not trained on say most.
     *
     * @param network an initialised network with at least one layer of Gatedepth
     * @param data examples with labels, prepared as for training
     * @throws IllegalArgumentException for a network without such a layer, or data that is empty or has another shape
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

    /** The report as JSON, which {@link #fromJson} reads. */
    public String toJson() {
        return JsonForm.write(this);
    }

    /**
     * Reads a report that {@link #toJson} wrote.
     *
     * @throws IllegalArgumentException if it is none, or of another {@link #FORMAT}
     */
    public static DepthReport fromJson(String json) {
        return JsonForm.read(json);
    }

    /**
     * The report as one HTML page with charts, which loads nothing from elsewhere. Needs XChart on the class path.
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
