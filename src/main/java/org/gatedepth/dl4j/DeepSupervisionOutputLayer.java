package org.gatedepth.dl4j;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.gatedepth.dl4j.base.HeadsLayer;
import org.gatedepth.dl4j.runtime.HeadsRuntime;
import org.gatedepth.dl4j.runtime.PlacedHead;
import org.gatedepth.loss.Head;
import org.gatedepth.loss.Loss;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.schedule.FixedSchedule;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The output of a {@code MultiLayerNetwork} with auxiliary heads on the taps of the {@link GatedStack} or
 * {@link TemporalStack} below it, {@code score = L_output + Σ_heads w(epoch)·L_head}.
 *
 * <ul>
 *   <li>input: what the stack gives, {@code [minibatch, nIn]}, the tapped blocks side by side; the output reads the
 *       last
 *   <li>labels {@code [minibatch, columns]}: the output reads the first nOut columns, and so does a head unless it is
 *       given another first column: several targets stand side by side. Label mask {@code [minibatch, 1]} or
 *       {@code [minibatch, columns]}: 0 where a label is missing
 *   <li>output {@code [minibatch, nOut]}: probabilities, or the predicted numbers
 *   <li>after a {@code TemporalStack}: input, labels and output with a last dimension of steps, label mask
 *       {@code [minibatch, steps]} or of the labels' shape; see {@link HeadsLayer}
 *   <li>parameters: two vectors as in {@link GatedStack}; {@code getParam(..)} knows {@code main/W}, {@code main/b},
 *       {@code head1/W} and so on, the heads in the order in which they were added
 *   <li>initial values: weights by {@code weightInit}, biases at 0
 *   <li>errors: {@code IllegalArgumentException} for a head at a depth that the stack does not tap, and for what
 *       {@link Head} refuses; {@code DL4JInvalidConfigException} for constraints
 * </ul>
 *
 * <p>Source: Lee et al. 2014, <i>Deeply-Supervised Nets</i>, arXiv 1409.5185.
 *
 * <pre>{@code
 * GatedStack stack = new GatedStack.Builder().depth(20).nOut(50).taps(4, 8, 12, 16).build();
 * DeepSupervisionOutputLayer output = new DeepSupervisionOutputLayer.Builder(Loss.softmaxCrossEntropy(), stack)
 *         .nOut(26).head(4, Head.of(Loss.softmaxCrossEntropy(), 26)).build();
 * }</pre>
 */
public class DeepSupervisionOutputLayer extends HeadsLayer {
    private List<Integer> tapDepths = List.of();
    private List<Long> tapSizes = List.of();
    private List<Auxiliary> auxiliaries = List.of();

    /**
     * An auxiliary head.
     *
     * @param depth number of the block whose output it reads
     * @param labels its first column of the labels
     * @param head the head
     */
    public record Auxiliary(
            @JsonProperty("depth") int depth,
            @JsonProperty("labels") long labels,
            @JsonProperty("head") Head head) {}

    /** For JSON. */
    protected DeepSupervisionOutputLayer() {}

    private DeepSupervisionOutputLayer(Builder builder) {
        super(builder);
        tapDepths = builder.tapDepths;
        tapSizes = builder.tapSizes;
        auxiliaries = List.copyOf(builder.auxiliaries);
        setNIn(inputs());
        for (Auxiliary auxiliary : auxiliaries) {
            if (!tapDepths.contains(auxiliary.depth())) {
                throw new IllegalArgumentException("a head reads the output of block " + auxiliary.depth()
                        + ", but the stack has the taps " + tapDepths + ": give it taps(..) with that block");
            }
            if (auxiliary.labels() < 0) {
                throw new IllegalArgumentException(
                        "the first label column of a head must be at least 0, got " + auxiliary.labels());
            }
        }
        complete(builder);
    }

    private long inputs() {
        return tapSizes.stream().mapToLong(Long::longValue).sum();
    }

    @Override
    protected boolean isStoredAsVectors() {
        return true;
    }

    /** Refused where it is not what the taps have together. */
    @Override
    public void setNIn(long nIn) {
        if (!tapSizes.isEmpty() && nIn != inputs()) {
            throw new IllegalArgumentException("a DeepSupervisionOutputLayer reads the " + inputs()
                    + " features of its stack's taps " + tapSizes + ", but the layer below has " + nIn
                    + ": put it right after that stack");
        }
        super.setNIn(nIn);
    }

    @Override
    protected List<PlacedHead> heads(long inputs) {
        List<PlacedHead> heads = new ArrayList<>();
        int top = tapSizes.size() - 1;
        heads.add(new PlacedHead("main", 0, start(top), tapSizes.get(top), 0, outputHead(new FixedSchedule(1), 0)));
        for (Auxiliary auxiliary : auxiliaries) {
            int tap = tapDepths.indexOf(auxiliary.depth());
            heads.add(new PlacedHead(
                    "head" + heads.size(),
                    auxiliary.depth(),
                    start(tap),
                    tapSizes.get(tap),
                    auxiliary.labels(),
                    auxiliary.head()));
        }
        return heads;
    }

    private long start(int tap) {
        return tapSizes.subList(0, tap).stream().mapToLong(Long::longValue).sum();
    }

    /** Leaves the output alone, on a stack without taps. */
    void removeHeads() {
        auxiliaries = List.of();
        tapDepths = List.of();
        tapSizes = tapSizes.subList(tapSizes.size() - 1, tapSizes.size());
        setNIn(inputs());
    }

    /** The blocks whose outputs stand side by side in the input, the last one not among them. */
    public List<Integer> getTapDepths() {
        return tapDepths;
    }

    /** Sets the blocks whose outputs stand side by side in the input. */
    public void setTapDepths(List<Integer> tapDepths) {
        this.tapDepths = List.copyOf(tapDepths);
    }

    /** Features of each of them, and of the stack's own output. */
    public List<Long> getTapSizes() {
        return tapSizes;
    }

    /** Sets the features of the taps. */
    public void setTapSizes(List<Long> tapSizes) {
        this.tapSizes = List.copyOf(tapSizes);
    }

    /** The auxiliary heads. */
    public List<Auxiliary> getAuxiliaries() {
        return auxiliaries;
    }

    /** Sets the auxiliary heads. */
    public void setAuxiliaries(List<Auxiliary> auxiliaries) {
        this.auxiliaries = List.copyOf(auxiliaries);
    }

    @Override
    public HeadsRuntime runtime(NeuralNetConfiguration conf, DataType dataType) {
        return new org.gatedepth.dl4j.runtime.named.DeepSupervisionOutputLayer(conf, dataType);
    }

    /** Builds a {@link DeepSupervisionOutputLayer}; {@code nOut} is required. */
    @SuppressWarnings("unchecked") // Deeplearning4j declares build() with a type of the caller's choice
    public static class Builder extends HeadsLayer.Builder<Builder> {
        private final List<Integer> tapDepths;
        private final List<Long> tapSizes;
        private final List<Auxiliary> auxiliaries = new ArrayList<>();

        /** An output with that loss on the end of that stack, which is the layer below. */
        public Builder(Loss loss, GatedStack stack) {
            super(loss);
            tapDepths = stack.getTaps();
            tapSizes = stack.tapSizes();
        }

        /** An output at each step with that loss on the end of that stack, which is the layer below. */
        public Builder(Loss loss, TemporalStack stack) {
            super(loss);
            tapDepths = stack.getTaps();
            tapSizes = stack.tapSizes();
        }

        /** Adds a head on a tap of the stack, whose labels begin at the first column as the output's do. */
        public Builder head(int depth, Head head) {
            return head(depth, 0, head);
        }

        /** Adds a head on a tap of the stack, whose labels begin at another column. */
        public Builder head(int depth, long firstLabel, Head head) {
            auxiliaries.add(new Auxiliary(depth, firstLabel, head));
            return this;
        }

        @Override
        public DeepSupervisionOutputLayer build() {
            return new DeepSupervisionOutputLayer(this);
        }
    }
}
