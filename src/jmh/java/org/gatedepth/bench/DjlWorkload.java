package org.gatedepth.bench;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Activation;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.initializer.XavierInitializer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Adam;
import ai.djl.util.PairList;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.gatedepth.block.HighwayBlock;

/** Highway blocks of relu below a softmax in DJL; transform and gate are one product, the fastest form in PyTorch. */
final class DjlWorkload implements Workload, AutoCloseable {
    private static final int MINIBATCHES = 8;

    private final Model model;
    private final Trainer trainer;
    private final NDManager manager;
    private final NDArray features;
    private final List<NDArray> labels = new ArrayList<>();
    private int next;

    DjlWorkload(Size size) {
        SequentialBlock network = new SequentialBlock();
        List<Highway> blocks = new ArrayList<>();
        for (int i = 0; i < size.blocks(); i++) {
            Highway block = new Highway(size.width());
            blocks.add(block);
            network.add(block);
        }
        network.add(Linear.builder().setUnits(Size.CLASSES).build());
        model = Model.newInstance("highway", DjlProcess.ENGINE);
        model.setBlock(network);
        trainer = model.newTrainer(new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                .optDevices(new Device[] {Device.cpu()})
                .optInitializer(new XavierInitializer(), Parameter.Type.WEIGHT)
                .optOptimizer(Adam.builder().build()));
        trainer.initialize(new Shape(size.batch(), size.width()));
        blocks.forEach(block -> block.setGateBias(HighwayBlock.defaultTransformGateBias(size.blocks())));
        manager = trainer.getManager();
        features = manager.randomNormal(new Shape(size.batch(), size.width()));
        // They change from step to step, for the reason that Batches names.
        Random random = new Random(1);
        for (int i = 0; i < MINIBATCHES; i++) {
            labels.add(manager.create(
                    random.ints(size.batch(), 0, Size.CLASSES).asLongStream().toArray()));
        }
    }

    @Override
    public void step() {
        next = (next + 1) % MINIBATCHES;
        // What a step computes belongs to the manager of its input, and is freed with it.
        try (NDManager once = manager.newSubManager()) {
            features.tempAttach(once);
            NDList label = new NDList(labels.get(next));
            try (GradientCollector gradients = trainer.newGradientCollector()) {
                NDList scores = trainer.forward(new NDList(features));
                gradients.backward(trainer.getLoss().evaluate(label, scores));
            }
            trainer.step();
        }
    }

    @Override
    public Object inference() {
        try (NDManager once = manager.newSubManager()) {
            features.tempAttach(once);
            return trainer.evaluate(new NDList(features))
                    .singletonOrThrow()
                    .softmax(-1)
                    .getShape();
        }
    }

    @Override
    public void close() {
        trainer.close();
        model.close();
    }

    /** {@code y = x + T·(H − x)}, with {@code [H, T]} from one product. */
    private static final class Highway extends AbstractBlock {
        private final Linear both;
        private final long width;

        Highway(long width) {
            this.width = width;
            both = addChildBlock("both", Linear.builder().setUnits(2 * width).build());
        }

        @Override
        protected NDList forwardInternal(
                ParameterStore parameters, NDList inputs, boolean training, PairList<String, Object> options) {
            NDArray x = inputs.singletonOrThrow();
            NDList halves = both.forward(parameters, inputs, training)
                    .singletonOrThrow()
                    .split(2, 1);
            NDArray h = Activation.relu(halves.get(0));
            NDArray t = Activation.sigmoid(halves.get(1));
            return new NDList(h.sub(x).mul(t).add(x));
        }

        @Override
        public void initializeChildBlocks(NDManager manager, DataType type, Shape... shapes) {
            both.initialize(manager, type, shapes);
        }

        @Override
        public Shape[] getOutputShapes(Shape[] shapes) {
            return shapes;
        }

        void setGateBias(double value) {
            NDArray bias = both.getParameters().get("bias").getArray();
            bias.set(new NDIndex(width + ":"), value);
        }
    }
}
