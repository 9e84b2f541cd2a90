package org.gatedepth.dl4j;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.gatedepth.block.Connection;
import org.gatedepth.loss.Head;
import org.gatedepth.loss.Loss;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * What {@link GatedNetworks} builds: a stack of blocks of one connection between an input and an output layer.
 *
 * <p>Start from {@link #classification} or {@link #regression} and change what differs with the {@code with...}
 * methods; each returns a new record.
 *
 * @param inputs number of input columns, at least 1
 * @param outputs number of classes, or of regression targets; at least 1 (classification: at least 2)
 * @param task what the output layer is
 * @param depth number of blocks, from 1 to 10,000
 * @param width units of each block, at least 1 (for {@link Connection#DENSE}: of the input projection)
 * @param connection how a block connects its input with its transform
 * @param activation activation inside the blocks
 * @param transformGateBias initial bias of the transform gates; null for the default that fits the depth
 * @param layerNorm whether the transform of each block normalises its input
 * @param dropProbability probability with which an input of a block's transform is dropped in training, in [0, 1)
 * @param weightDecay decoupled weight decay of the weights (not of the biases), at least 0
 * @param updater the updater, with its learning rate or schedule
 * @param seed seed of the initial weights and of dropout
 * @param heads auxiliary heads, in the order in which their outputs follow the network's own; names and depths as
 *     {@link AuxiliaryHead} says
 * @param embeddings embeddings of the last input columns, one each in their order, which hold label indices; at most as
 *     many as there are inputs
 * @param members networks of this form side by side, from 1 to 100, which are trained on the same rows from different
 *     initial weights; without heads where there are more than one
 */
public record NetworkSpec(
        int inputs,
        int outputs,
        Task task,
        int depth,
        int width,
        Connection connection,
        Activation activation,
        @Nullable Double transformGateBias,
        boolean layerNorm,
        double dropProbability,
        double weightDecay,
        IUpdater updater,
        long seed,
        List<AuxiliaryHead> heads,
        List<Embedding> embeddings,
        int members) {

    /** What the output layer is. */
    public enum Task {
        /** Softmax with cross-entropy over {@code outputs} classes. */
        CLASSIFICATION,
        /** Identity with mean squared error. */
        REGRESSION
    }

    private static final int MAX_DEPTH = 10_000;

    private static final int MAX_MEMBERS = 100;

    /** Checks every component. */
    public NetworkSpec {
        require(inputs >= 1, "inputs must be at least 1, got " + inputs);
        Objects.requireNonNull(task, "task");
        int least = task == Task.CLASSIFICATION ? 2 : 1;
        require(outputs >= least, "outputs must be at least " + least + " for " + task + ", got " + outputs);
        require(depth >= 1 && depth <= MAX_DEPTH, "depth must be from 1 to " + MAX_DEPTH + ", got " + depth);
        require(width >= 1, "width must be at least 1, got " + width);
        // Deeplearning4j counts the parameters of a network in an int; a gated block has about 2·width².
        require(
                2.0 * depth * width * width < Integer.MAX_VALUE,
                "depth " + depth + " and width " + width + " make more than " + Integer.MAX_VALUE
                        + " parameters: choose a smaller depth or width");
        Objects.requireNonNull(connection, "connection");
        Objects.requireNonNull(activation, "activation");
        require(
                transformGateBias == null || Double.isFinite(transformGateBias),
                "transform gate bias must be finite, got " + transformGateBias);
        require(
                dropProbability >= 0 && dropProbability < 1,
                "drop probability must be in [0, 1), got " + dropProbability);
        require(
                weightDecay >= 0 && !Double.isInfinite(weightDecay),
                "weight decay must be a finite number of at least 0, got " + weightDecay);
        Objects.requireNonNull(updater, "updater");
        embeddings = List.copyOf(embeddings);
        require(
                embeddings.size() <= inputs,
                "each embedding needs an input column of its own, got " + embeddings.size() + " embeddings and "
                        + inputs + " inputs");
        heads = List.copyOf(heads);
        require(
                members >= 1 && members <= MAX_MEMBERS,
                "members must be from 1 to " + MAX_MEMBERS + ", got " + members);
        require(
                members == 1 || heads.isEmpty(),
                "a network of " + members + " members cannot have auxiliary heads, got " + heads.size() + " heads");
        Set<String> names = new HashSet<>();
        for (AuxiliaryHead head : heads) {
            require(
                    head.depth() <= depth,
                    "a head must stand after block 1 to " + depth + ", but \"" + head.name() + "\" stands after block "
                            + head.depth());
            require(names.add(head.name()), "names of heads must differ, got \"" + head.name() + "\" twice");
        }
    }

    /** A classifier: 10 highway blocks of 64 relu units, {@link FusedAdam} with rate 0.001. */
    public static NetworkSpec classification(int inputs, int classes) {
        return defaults(inputs, classes, Task.CLASSIFICATION);
    }

    /** A regression: 10 highway blocks of 64 relu units, {@link FusedAdam} with rate 0.001. */
    public static NetworkSpec regression(int inputs, int targets) {
        return defaults(inputs, targets, Task.REGRESSION);
    }

    private static NetworkSpec defaults(int inputs, int outputs, Task task) {
        return new NetworkSpec(
                inputs,
                outputs,
                task,
                10,
                64,
                Connection.HIGHWAY,
                Activation.RELU,
                null,
                false,
                0,
                0,
                new FusedAdam(1e-3),
                1,
                List.of(),
                List.of(),
                1);
    }

    /** With so many blocks, of so many units each. */
    public NetworkSpec withSize(int newDepth, int newWidth) {
        return changed(c -> {
            c.depth = newDepth;
            c.width = newWidth;
        });
    }

    /** With another connection. */
    public NetworkSpec withConnection(Connection newConnection) {
        return changed(c -> c.connection = newConnection);
    }

    /** With another activation. */
    public NetworkSpec withActivation(Activation newActivation) {
        return changed(c -> c.activation = newActivation);
    }

    /** With another initial bias of the transform gates; null for the default that fits the depth. */
    public NetworkSpec withTransformGateBias(@Nullable Double newTransformGateBias) {
        return changed(c -> c.transformGateBias = newTransformGateBias);
    }

    /** With or without layer normalisation inside the transforms. */
    public NetworkSpec withLayerNorm(boolean newLayerNorm) {
        return changed(c -> c.layerNorm = newLayerNorm);
    }

    /** With another drop probability and weight decay. */
    public NetworkSpec withRegularisation(double newDropProbability, double newWeightDecay) {
        return changed(c -> {
            c.dropProbability = newDropProbability;
            c.weightDecay = newWeightDecay;
        });
    }

    /** With another updater. */
    public NetworkSpec withUpdater(IUpdater newUpdater) {
        return changed(c -> c.updater = newUpdater);
    }

    /** With another seed. */
    public NetworkSpec withSeed(long newSeed) {
        return changed(c -> c.seed = newSeed);
    }

    /** With these auxiliary heads beside those that it has. */
    public NetworkSpec withHeads(List<AuxiliaryHead> more) {
        List<AuxiliaryHead> all = new ArrayList<>(heads);
        all.addAll(more);
        return changed(c -> c.heads = all);
    }

    /**
     * With a head on the network's own target after every so many blocks of the depth that it has now, but not after
     * the last, beside the heads that it has. They are linear and are called {@code head4, head8, ...} by the number of
     * the block.
     *
     * @param blocks distance of the heads, at least 1 and below the depth
     * @param weight weight of their losses, by epoch; {@code new FixedSchedule(0.3)} for a constant one
     */
    public NetworkSpec withHeadsEvery(int blocks, ISchedule weight) {
        require(
                blocks >= 1 && blocks < depth,
                "the distance of heads must be from 1 to " + (depth - 1) + " blocks, below the depth, got " + blocks);
        List<AuxiliaryHead> all = new ArrayList<>();
        Loss loss = task == Task.CLASSIFICATION ? Loss.softmaxCrossEntropy() : Loss.squaredError();
        for (int block = blocks; block < depth; block += blocks) {
            all.add(new AuxiliaryHead(
                    "head" + block, block, Head.of(loss, outputs).withWeight(weight)));
        }
        return withHeads(all);
    }

    /** With these embeddings of the last input columns, in place of those that it has. */
    public NetworkSpec withEmbeddings(List<Embedding> newEmbeddings) {
        return changed(c -> c.embeddings = newEmbeddings);
    }

    /** With so many members. */
    public NetworkSpec withMembers(int newMembers) {
        return changed(c -> c.members = newMembers);
    }

    private NetworkSpec changed(Consumer<Copy> change) {
        Copy copy = new Copy(this);
        change.accept(copy);
        return new NetworkSpec(
                inputs,
                outputs,
                task,
                copy.depth,
                copy.width,
                copy.connection,
                copy.activation,
                copy.transformGateBias,
                copy.layerNorm,
                copy.dropProbability,
                copy.weightDecay,
                copy.updater,
                copy.seed,
                copy.heads,
                copy.embeddings,
                copy.members);
    }

    /** The components that can be changed, while one is. */
    private static final class Copy {
        private int depth;
        private int width;
        private Connection connection;
        private Activation activation;
        private @Nullable Double transformGateBias;
        private boolean layerNorm;
        private double dropProbability;
        private double weightDecay;
        private IUpdater updater;
        private long seed;
        private List<AuxiliaryHead> heads;
        private List<Embedding> embeddings;
        private int members;

        Copy(NetworkSpec spec) {
            depth = spec.depth;
            width = spec.width;
            connection = spec.connection;
            activation = spec.activation;
            transformGateBias = spec.transformGateBias;
            layerNorm = spec.layerNorm;
            dropProbability = spec.dropProbability;
            weightDecay = spec.weightDecay;
            updater = spec.updater;
            seed = spec.seed;
            heads = spec.heads;
            embeddings = spec.embeddings;
            members = spec.members;
        }
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
