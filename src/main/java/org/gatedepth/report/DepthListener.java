package org.gatedepth.report;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.gatedepth.dl4j.TransformGates;
import org.gatedepth.dl4j.network.Copies;
import org.gatedepth.report.measure.BlockArrays;
import org.gatedepth.report.measure.BlockPlace;
import org.gatedepth.report.recording.DepthRecord;
import org.gatedepth.report.recording.DepthStorage;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Records by block, while a network trains, what costs little: the norms of gradient and parameters, the biases of the
 * gates and the weights of the skips, and the network's score.
 *
 * <p>It looks at every 50th iteration by default, which costs some 2 % of the time of training, and changes nothing
 * that the network learns. With features it also measures how far the gates are open, in inference mode and on a copy
 * of the network, which takes one forward pass. It works in a {@code MultiLayerNetwork} and a {@code ComputationGraph};
 * the gradient of frozen layers is 0. One listener is for one network. Of the records the last 1000 are kept;
 * {@code sendTo} hands on each, to a stats storage with {@link DepthStorage}.
 *
 * <pre>{@code
 * DepthListener listener = new DepthListener.Builder().build();
 * network.addListeners(listener);
 * network.fit(data, 10);
 * listener.records().forEach(System.out::println);
 * }</pre>
 */
public final class DepthListener extends BaseTrainingListener {
    private final int interval;
    private final int capacity;
    private final @Nullable List<INDArray> features;
    private final @Nullable Consumer<DepthRecord> receiver;
    private final Deque<DepthRecord> records = new ArrayDeque<>();
    /** Norms of this iteration's gradients by block. */
    private final Map<String, Double> gradients = new HashMap<>();

    private List<BlockArrays> arrays = List.of();
    private List<Object> origins = List.of();
    /** Whether this iteration is recorded. */
    private boolean due;

    private @Nullable TransformGates gates;

    private DepthListener(Builder builder) {
        interval = builder.interval;
        capacity = builder.capacity;
        features = builder.features;
        receiver = builder.receiver;
    }

    /** The records from the oldest that is kept to the last. */
    public List<DepthRecord> records() {
        synchronized (records) {
            return List.copyOf(records);
        }
    }

    @Override
    public void onGradientCalculation(Model model) {
        due = iteration(model) % interval == 0;
        if (!due) {
            return;
        }
        // Deeplearning4j's gradients are sums over the minibatch, which the updater divides.
        double rows = isMean(model) ? model.batchSize() : 1;
        for (BlockArrays block : blocks(model)) {
            gradients.put(block.block().name(), BlockArrays.norm(block.gradients()) / rows);
        }
    }

    @Override
    public void iterationDone(Model model, int iteration, int epoch) {
        if (!due) {
            return;
        }
        due = false;
        Map<String, Double> open =
                features == null ? Map.of() : gates(model).byBlock(features.toArray(new INDArray[0]));
        List<DepthRecord.Block> blocks = new ArrayList<>();
        for (BlockArrays block : blocks(model)) {
            String name = block.block().name();
            blocks.add(new DepthRecord.Block(
                    name,
                    gradients.getOrDefault(name, Double.NaN),
                    BlockArrays.norm(block.parameters()),
                    block.transformGateBias(),
                    open.get(name),
                    block.alpha(),
                    block.beta()));
        }
        DepthRecord done = new DepthRecord(iteration, epoch, System.currentTimeMillis(), model.score(), blocks);
        synchronized (records) {
            if (records.size() == capacity) {
                records.removeFirst();
            }
            records.addLast(done);
        }
        if (receiver != null) {
            receiver.accept(done);
        }
    }

    private static int iteration(Model model) {
        if (model instanceof MultiLayerNetwork network) {
            return network.getIterationCount();
        }
        return model instanceof ComputationGraph graph ? graph.getIterationCount() : 0;
    }

    private static boolean isMean(Model model) {
        NeuralNetConfiguration conf = model instanceof ComputationGraph graph
                ? graph.getConfiguration().getDefaultConfiguration()
                : model.conf();
        return conf.isMiniBatch();
    }

    /** The arrays of the blocks, which are found once: looking them up takes longer than reading them. */
    private List<BlockArrays> blocks(Model model) {
        List<BlockPlace> places = BlockPlace.of(model);
        List<Object> now = BlockArrays.origins(places);
        boolean known = now.size() == origins.size();
        for (int i = 0; known && i < now.size(); i++) {
            known = now.get(i) == origins.get(i);
        }
        if (!known) {
            arrays = BlockArrays.of(places);
            origins = now;
        }
        return arrays;
    }

    private TransformGates gates(Model model) {
        TransformGates known = gates;
        if (known == null) {
            known = model instanceof ComputationGraph graph
                    ? new TransformGates(graph)
                    : new TransformGates((MultiLayerNetwork) model);
            gates = known;
        }
        return known;
    }

    /** Builds a {@link DepthListener}; every setting has a default. */
    public static final class Builder {
        private int interval = 50;
        private int capacity = 1000;
        private @Nullable List<INDArray> features;
        private @Nullable Consumer<DepthRecord> receiver;

        /** Records one of so many iterations; 50 by default. */
        public Builder every(int iterations) {
            interval = iterations;
            return this;
        }

        /** Number of records to keep, the last ones; 1000 by default. */
        public Builder keep(int records) {
            capacity = records;
            return this;
        }

        /** Measures the transform gates on these inputs of the network, some 100 rows; without them it does not. */
        public Builder gatesOn(INDArray... inputs) {
            features = List.of(Copies.of(inputs));
            return this;
        }

        /** Hands on each record, such as to a {@link DepthStorage}. */
        public Builder sendTo(Consumer<DepthRecord> target) {
            receiver = target;
            return this;
        }

        /**
         * The listener.
         *
         * @throws IllegalArgumentException if it is to record less often than every iteration or keep less than one
         *     record
         */
        public DepthListener build() {
            if (interval < 1) {
                throw new IllegalArgumentException("the interval must be at least 1 iteration, got " + interval);
            }
            if (capacity < 1) {
                throw new IllegalArgumentException("the listener must keep at least 1 record, got " + capacity);
            }
            return new DepthListener(this);
        }
    }
}
