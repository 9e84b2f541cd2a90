package org.gatedepth.report;

import static org.gatedepth.testing.Arrays.normal;

import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.block.Connection;
import org.gatedepth.block.Weighting;
import org.gatedepth.dl4j.DeepSupervisionOutputLayer;
import org.gatedepth.dl4j.DenseSkipLayer;
import org.gatedepth.dl4j.GatedConvolution2D;
import org.gatedepth.dl4j.GatedStack;
import org.gatedepth.dl4j.HighwayGateVertex;
import org.gatedepth.dl4j.HighwayLayer;
import org.gatedepth.dl4j.WeightedSkipLayer;
import org.gatedepth.dl4j.WeightedSkipVertex;
import org.gatedepth.dl4j.base.BlockLayer;
import org.gatedepth.loss.Head;
import org.gatedepth.loss.Loss;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** A network and examples as people have them: one line of the table in {@link ReportSituationsTest}. */
record Situation(Kind kind, Form form, Input input, Wrap wrap, DataType type, DataType rows, Task task, Mask mask) {
    static final int WIDTH = 4;
    static final int STEPS = 3;

    /** What is measured. */
    enum Kind {
        HIGHWAY_STACK,
        RESIDUAL_STACK,
        DENSE_STACK,
        HIGHWAY,
        WEIGHTED,
        DENSE,
        SUPERVISED,
        GATE_VERTEX,
        SKIP_VERTEX,
        HIGHWAY_IMAGES,
        WEIGHTED_IMAGES
    }

    enum Form {
        LIST,
        GRAPH
    }

    /** What the network reads, and what brings it to the layer. */
    enum Input {
        ROWS,
        ONE_ROW,
        NCW,
        NWC,
        TIME_DISTRIBUTED,
        LAST_STEP,
        BIDIRECTIONAL,
        NCHW,
        NHWC
    }

    enum Wrap {
        BARE,
        FROZEN,
        FROZEN_BACKPROP
    }

    enum Task {
        CLASSES,
        NUMBER,
        NUMBERS
    }

    enum Mask {
        NONE,
        COLUMN,
        ELEMENTS,
        FEATURES,
        STEPS
    }

    /** A line of words, in the order of the parts. */
    static Situation of(String line) {
        String[] words = line.trim().split("\\s+", -1);
        return new Situation(
                Kind.valueOf(words[0]),
                Form.valueOf(words[1]),
                Input.valueOf(words[2]),
                Wrap.valueOf(words[3]),
                DataType.valueOf(words[4]),
                DataType.valueOf(words[5]),
                Task.valueOf(words[6]),
                Mask.valueOf(words[7]));
    }

    /** Whether the network predicts each step of sequences. */
    boolean predictsSteps() {
        return input == Input.NCW || input == Input.NWC || input == Input.TIME_DISTRIBUTED;
    }

    boolean isChannelsLast() {
        return input == Input.NWC;
    }

    int outputs() {
        return task == Task.NUMBER ? 1 : 3;
    }

    int examples() {
        return input == Input.ONE_ROW ? 1 : 6;
    }

    private BlockLayer layer() {
        return switch (kind) {
            case HIGHWAY_STACK, SUPERVISED, GATE_VERTEX, SKIP_VERTEX ->
                new GatedStack.Builder()
                        .depth(2)
                        .nIn(WIDTH)
                        .nOut(WIDTH)
                        .taps(kind == Kind.SUPERVISED ? new int[] {1} : new int[0])
                        .build();
            case RESIDUAL_STACK ->
                new GatedStack.Builder()
                        .connection(Connection.RESIDUAL)
                        .layerNorm(true)
                        .depth(2)
                        .nIn(WIDTH)
                        .nOut(WIDTH)
                        .build();
            case DENSE_STACK ->
                new GatedStack.Builder()
                        .connection(Connection.DENSE)
                        .depth(2)
                        .growthRate(2)
                        .nIn(WIDTH)
                        .nOut(WIDTH)
                        .build();
            case HIGHWAY ->
                new HighwayLayer.Builder().nIn(WIDTH).nOut(WIDTH).dropOut(.9).build();
            case WEIGHTED ->
                new WeightedSkipLayer.Builder()
                        .weighting(Weighting.PER_UNIT)
                        .nIn(WIDTH)
                        .nOut(WIDTH)
                        .build();
            case DENSE -> new DenseSkipLayer.Builder().nIn(WIDTH).growthRate(2).build();
            case HIGHWAY_IMAGES, WEIGHTED_IMAGES ->
                new GatedConvolution2D.Builder()
                        .connection(kind == Kind.HIGHWAY_IMAGES ? Connection.HIGHWAY : Connection.WEIGHTED)
                        .depth(2)
                        .nOut(WIDTH)
                        .dropOut(.9)
                        .build();
        };
    }

    private Layer wrapped(Layer layer) {
        Layer inner = input == Input.TIME_DISTRIBUTED ? new TimeDistributed(layer) : layer;
        return switch (wrap) {
            case BARE -> inner;
            case FROZEN -> new FrozenLayer(inner);
            case FROZEN_BACKPROP -> new FrozenLayerWithBackprop(inner);
        };
    }

    private RNNFormat steps() {
        return isChannelsLast() ? RNNFormat.NWC : RNNFormat.NCW;
    }

    private CNN2DFormat images() {
        return input == Input.NHWC ? CNN2DFormat.NHWC : CNN2DFormat.NCHW;
    }

    /** A layer whose answer the measured layer can read. */
    private Layer below() {
        LSTM lstm = new LSTM.Builder().nOut(WIDTH).dataFormat(steps()).build();
        return switch (input) {
            case ROWS, ONE_ROW -> new DenseLayer.Builder().nOut(WIDTH).build();
            case NCW, NWC, TIME_DISTRIBUTED -> lstm;
            case LAST_STEP -> new LastTimeStep(lstm);
            case BIDIRECTIONAL -> new LastTimeStep(new Bidirectional(Bidirectional.Mode.ADD, lstm));
            case NCHW, NHWC ->
                new ConvolutionLayer.Builder(2, 2)
                        .nOut(readsImages() ? WIDTH : 1)
                        .dataFormat(images())
                        .build();
        };
    }

    private boolean readsImages() {
        return switch (kind) {
            case GATE_VERTEX, SKIP_VERTEX, HIGHWAY_IMAGES, WEIGHTED_IMAGES -> true;
            default -> false;
        };
    }

    private InputType inputType() {
        return switch (input) {
            case ROWS, ONE_ROW -> InputType.feedForward(5);
            case NCW, NWC, TIME_DISTRIBUTED, LAST_STEP, BIDIRECTIONAL -> InputType.recurrent(5, steps());
            case NCHW, NHWC -> InputType.convolutional(3, 3, 1, images());
        };
    }

    private Layer output() {
        if (kind == Kind.SUPERVISED) {
            Loss loss = task == Task.CLASSES ? Loss.softmaxCrossEntropy() : Loss.squaredError();
            return new DeepSupervisionOutputLayer.Builder(loss, (GatedStack) layer())
                    .nOut(outputs())
                    .head(1, Head.of(loss, outputs()))
                    .build();
        }
        LossFunction loss = task == Task.CLASSES ? LossFunction.MCXENT : LossFunction.MSE;
        BaseOutputLayer.Builder<?> builder =
                predictsSteps() ? new RnnOutputLayer.Builder(loss).dataFormat(steps()) : new OutputLayer.Builder(loss);
        return builder.nOut(outputs())
                .activation(task == Task.CLASSES ? Activation.SOFTMAX : Activation.IDENTITY)
                .build();
    }

    private NeuralNetConfiguration.Builder settings() {
        return new NeuralNetConfiguration.Builder().seed(1).dataType(type).updater(new Sgd(.01));
    }

    MultiLayerNetwork list() {
        MultiLayerNetwork network = new MultiLayerNetwork(settings()
                .list()
                .layer(below())
                .layer(wrapped(layer()))
                .layer(output())
                .setInputType(inputType())
                .build());
        network.init();
        return network;
    }

    ComputationGraph graph() {
        GraphBuilder builder = settings()
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(inputType())
                // In a graph Deeplearning4j trains nothing below a frozen layer.
                .addLayer("below", wrap == Wrap.FROZEN ? new FrozenLayer(below()) : below(), "in");
        if (kind == Kind.GATE_VERTEX) {
            builder.addLayer("gate", branch(), "below")
                    .addLayer("branch", branch(), "below")
                    .addVertex("measured", new HighwayGateVertex(), "branch", "gate", "below");
        } else if (kind == Kind.SKIP_VERTEX) {
            WeightedSkipVertex vertex = new WeightedSkipVertex.Builder()
                    .weighting(Weighting.PER_UNIT)
                    .build();
            builder.addLayer("branch", branch(), "below").addVertex("measured", vertex, "below", "branch");
        } else {
            builder.addLayer("measured", wrapped(layer()), "below");
        }
        ComputationGraph network = new ComputationGraph(
                builder.addLayer("out", output(), "measured").setOutputs("out").build());
        network.init();
        return network;
    }

    private Layer branch() {
        return switch (input) {
            case ROWS, ONE_ROW, LAST_STEP, BIDIRECTIONAL ->
                new DenseLayer.Builder().nOut(WIDTH).build();
            case NCW, NWC, TIME_DISTRIBUTED ->
                new LSTM.Builder().nOut(WIDTH).dataFormat(steps()).build();
            case NCHW, NHWC ->
                new ConvolutionLayer.Builder(1, 1)
                        .nOut(WIDTH)
                        .dataFormat(images())
                        .build();
        };
    }

    private INDArray features() {
        int n = examples();
        INDArray features = switch (input) {
            case ROWS, ONE_ROW -> normal(1, n, 5);
            case NCHW -> normal(1, n, 1, 3, 3);
            case NHWC -> normal(1, n, 3, 3, 1);
            case NWC -> normal(1, n, 5, STEPS).permute(0, 2, 1).dup('c');
            default -> normal(1, n, 5, STEPS);
        };
        return features.mul(3).castTo(rows);
    }

    private INDArray labels() {
        int n = examples();
        if (!predictsSteps()) {
            INDArray labels = task == Task.CLASSES
                    ? Nd4j.zeros(DataType.DOUBLE, n, 3)
                    : normal(2, n, outputs()).mul(3);
            for (int i = 0; task == Task.CLASSES && i < n; i++) {
                labels.putScalar(i, i % 3, 1);
            }
            return labels.castTo(rows);
        }
        INDArray labels = task == Task.CLASSES
                ? Nd4j.zeros(DataType.DOUBLE, n, 3, STEPS)
                : normal(2, n, outputs(), STEPS).mul(3);
        for (int i = 0; task == Task.CLASSES && i < n * STEPS; i++) {
            labels.putScalar(new int[] {i / STEPS, i % 3 == i % 5 ? 0 : i % 2 + 1, i % STEPS}, 1);
        }
        INDArray own = isChannelsLast() ? labels.permute(0, 2, 1).dup('c') : labels;
        return own.castTo(rows);
    }

    private INDArray mask(long... shape) {
        INDArray mask = Nd4j.ones(DataType.FLOAT, shape);
        for (long i = 2; i < mask.length(); i += 3) {
            mask.putScalar(i, 0);
        }
        return mask;
    }

    /** The examples, with their masks. */
    DataSet data() {
        int n = examples();
        INDArray labels = labels();
        @Nullable
        INDArray ofLabels = switch (mask) {
            case COLUMN -> mask(n, 1);
            case ELEMENTS -> mask(labels.shape());
            case STEPS -> ends();
            default -> null;
        };
        return new DataSet(features(), labels, mask == Mask.FEATURES ? ends() : null, ofLabels);
    }

    /** Sequences of one to all steps. */
    private INDArray ends() {
        INDArray mask = Nd4j.ones(DataType.FLOAT, examples(), STEPS);
        for (int i = 0; i < examples(); i++) {
            for (int t = 1 + i % STEPS; t < STEPS; t++) {
                mask.putScalar(i, t, 0);
            }
        }
        return mask;
    }
}
