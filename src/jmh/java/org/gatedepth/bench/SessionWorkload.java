package org.gatedepth.bench;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.gatedepth.block.Block;
import org.gatedepth.block.DenseBlock;
import org.gatedepth.block.HighwayBlock;
import org.gatedepth.block.ParamSpec;
import org.gatedepth.block.ProjectionBlock;
import org.gatedepth.block.Stack;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** The same blocks as one SameDiff graph, run by SameDiff's own session and differentiated by SameDiff itself. */
final class SessionWorkload implements Workload {
    private static final String INPUT = "input";
    private static final String LABELS = "labels";
    private static final String OUTPUT = "output";

    private final SameDiff sd = SameDiff.create();
    private final List<String> params = new ArrayList<>();
    private final Batches batches;

    SessionWorkload(Size size) {
        batches = new Batches(size);
        SDVariable x = sd.placeHolder(INPUT, DataType.FLOAT, -1, size.width());
        SDVariable labels = sd.placeHolder(LABELS, DataType.FLOAT, -1, Size.CLASSES);
        Block stack = network(size);
        Random random = new Random(1);
        for (ParamSpec param : stack.params()) {
            sd.var(param.name(), initial(param, random));
            params.add(param.name());
        }
        SDVariable scores = stack.apply(sd, x, sd::getVariable);
        sd.nn.softmax(OUTPUT, scores);
        sd.loss.softmaxCrossEntropy("loss", labels, scores, null).markAsLoss();
        // SameDiff prints a line for each op that it differentiates.
        PrintStream console = System.out;
        try (PrintStream nothing = new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8)) {
            System.setOut(nothing);
            step();
        } finally {
            System.setOut(console);
        }
    }

    private static Block network(Size size) {
        DenseBlock transform = new DenseBlock(size.width(), size.width(), Activation.RELU, false);
        HighwayBlock block = new HighwayBlock(transform, HighwayBlock.defaultTransformGateBias(size.blocks()));
        List<Block> blocks = new ArrayList<>(Collections.nCopies(size.blocks(), block));
        blocks.add(new ProjectionBlock(size.width(), Size.CLASSES));
        return new Stack(blocks);
    }

    private static INDArray initial(ParamSpec param, Random random) {
        if (param.init() instanceof ParamSpec.Init.Constant constant) {
            return Nd4j.valueArrayOf(param.shape(), constant.value(), DataType.FLOAT);
        }
        return Batches.normal(random, Math.sqrt(1.0 / param.rows()), (int) param.rows(), (int) param.columns());
    }

    @Override
    public void step() {
        DataSet batch = batches.next();
        sd.calculateGradients(Map.of(INPUT, batch.getFeatures(), LABELS, batch.getLabels()), params);
    }

    @Override
    public INDArray inference() {
        return sd.outputSingle(Map.of(INPUT, batches.features()), OUTPUT);
    }
}
