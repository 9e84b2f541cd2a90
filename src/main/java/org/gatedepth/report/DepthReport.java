package org.gatedepth.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.dl4j.probe.NetworkProbe;
import org.gatedepth.report.input.InputImportance;
import org.gatedepth.report.input.InputSections;
import org.gatedepth.report.recording.LossHistory;
import org.gatedepth.report.time.OverTime;
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
 * @param time what happens over time; {@link OverTime#NONE} for a network without layers over sequences
 * @param inputs how much the predictions depend on each input, the most important first; empty if that was not measured
 * @param verdict some sentences, each with the number that it comes from
 * @param losses the losses of its training; without lists if they are not known
 * @param advice what to do, as far as it follows from these numbers
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
        @JsonProperty("time") OverTime time,
        @JsonProperty("inputs") List<InputImportance> inputs,
        @JsonProperty("verdict") List<String> verdict,
        @JsonProperty("losses") LossHistory losses,
        @JsonProperty("advice") List<String> advice) {

    /** The version of the format that this class writes and reads. */
    public static final int FORMAT = 1;

    /** Copies the lists. */
    public DepthReport {
        chains = List.copyOf(chains);
        gates = List.copyOf(gates);
        skips = List.copyOf(skips);
        dense = List.copyOf(dense);
        heads = List.copyOf(heads);
        inputs = List.copyOf(inputs);
        verdict = List.copyOf(verdict);
        advice = List.copyOf(advice);
    }

    /** A report without sequences, inputs, losses and advice. */
    public DepthReport(
            int format,
            String network,
            long parameters,
            long examples,
            List<Chain> chains,
            List<Gates> gates,
            List<SkipWeights> skips,
            List<DenseWeights> dense,
            Lesions lesions,
            List<HeadReport> heads,
            List<String> verdict) {
        this(
                format,
                network,
                parameters,
                examples,
                chains,
                gates,
                skips,
                dense,
                lesions,
                heads,
                OverTime.NONE,
                List.of(),
                verdict,
                LossHistory.NONE,
                List.of());
    }

    /**
     * Measures a network. The network is not changed.
     *
     * <p>Losses and lesions are measured on all examples. Signal, gradient, gates and paths are measured on at most 512
     * of them, evenly spread over the data; of long sequences on as many as have 32,768 steps together, of large images
     * on as many as have 131,072 pixels together, and gradients by lag on at most 64. The lesions need at most two
     * forward passes for each block. So their time grows with the square of the depth: for hundreds of blocks it is
     * minutes. Some hundred examples that the network was not trained on are the best choice.
     *
     * <p>Steps of padding count nowhere: those that the label mask leaves out, and without a label mask those that the
     * mask of the features leaves out. Signal, gradient and gates follow the mask of the features first.
     *
     * @param network an initialised network with at least one layer of Gatedepth
     * @param data examples with labels, prepared as for training, of any type and with any masks that training takes
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
        return new Measurement(probe, data).report().withTraining(LossHistory.NONE, Remedies.DEEPLEARNING4J);
    }

    /** The report with other words for its network, such as a title. */
    public DepthReport withTitle(String title) {
        return with(title, inputs, verdict, losses, advice);
    }

    /**
     * The report with what the predictions depend on, and a sentence about it.
     *
     * @param measured what {@link InputImportance} measured of the same network on the same examples; may be empty
     */
    public DepthReport withInputs(List<InputImportance> measured) {
        if (measured.isEmpty()) {
            return this;
        }
        DepthReport more = with(network, measured, verdict, losses, advice);
        return more.withNote(more.inputSections().verdict());
    }

    /** The part of the report about inputs. */
    InputSections inputSections() {
        Lesions.Outcome intact = lesions.intact();
        return new InputSections(inputs, intact.loss(), intact.accuracy());
    }

    /** The report with one more sentence at the end of its verdict. */
    public DepthReport withNote(String sentence) {
        return with(
                network,
                inputs,
                Stream.concat(verdict.stream(), Stream.of(sentence)).toList(),
                losses,
                advice);
    }

    /** As {@link #withTraining(LossHistory, Remedies)}, with words for programs that use Deeplearning4j. */
    public DepthReport withTraining(LossHistory history) {
        return withTraining(history, Remedies.DEEPLEARNING4J);
    }

    /**
     * The report with the losses of its training, and the advice that follows from them and from its other numbers.
     *
     * @param history losses by epoch; {@link LossHistory#NONE} if they are not known
     * @param remedies the words for what the user can change
     */
    public DepthReport withTraining(LossHistory history, Remedies remedies) {
        DepthReport trained = with(network, inputs, verdict, history, List.of());
        return trained.with(network, inputs, verdict, history, Advice.of(trained, remedies));
    }

    private DepthReport with(
            String title,
            List<InputImportance> measured,
            List<String> sentences,
            LossHistory history,
            List<String> follows) {
        return new DepthReport(
                format,
                title,
                parameters,
                examples,
                chains,
                gates,
                skips,
                dense,
                lesions,
                heads,
                time,
                measured,
                sentences,
                history,
                follows);
    }

    /** The report for a terminal: lines of at most 100 characters. */
    public String toText() {
        return toText(TextForm.WIDTH);
    }

    /**
     * The report as text.
     *
     * @param columns the most characters in a line; 60 if there are fewer, and a table may need more
     */
    public String toText(int columns) {
        return TextForm.of(this, columns);
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
