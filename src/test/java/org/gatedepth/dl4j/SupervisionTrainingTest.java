package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.gatedepth.block.Connection;
import org.gatedepth.dl4j.base.BlockLayer;
import org.gatedepth.testing.Letter;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.nd4j.linalg.schedule.FixedSchedule;

/**
 * What heads do for plain stacks, whose error signal vanishes: they revive the lower part, and not the far end.
 *
 * <p>4,000 rows of {@code letter}, width 50, 1,000 steps of 128 rows for 20 blocks and 400 for 60, Adam at 3e-3, heads
 * of weight 0.3. The figures are the cross-entropy over all 4,000 rows; chance is 3.26.
 */
@Tag("slow")
class SupervisionTrainingTest {
    private static final int STEPS = 1000;
    private static final int STEPS_OF_60_BLOCKS = 400;
    private static DataSet rows;

    @BeforeAll
    static void load() throws Exception {
        rows = Letter.rows(4000);
    }

    /** The norm of the first block's gradient before training, and the losses after it, the main output's first. */
    private record Outcome(double firstGradient, List<Double> losses, List<Double> accuracies) {
        double mainLoss() {
            return losses.get(0);
        }
    }

    @Test
    void headsReviveASigmoidStackOf20Blocks() {
        Outcome without = train(Activation.SIGMOID, 20, 0, true);
        Outcome with = train(Activation.SIGMOID, 20, 4, true);
        assertThat(without.mainLoss()).as("without heads, at chance").isGreaterThan(3.2);
        assertThat(with.firstGradient()).as("first gradient with heads").isGreaterThan(1e6 * without.firstGradient());
        assertThat(with.mainLoss()).as("with heads").isLessThan(2.3);
    }

    @Test
    void theFarEndOfATanhStackOf60BlocksStaysBehindItsFirstHead() {
        Outcome without = train(Activation.TANH, 60, 0, true);
        Outcome with = train(Activation.TANH, 60, 5, true);
        assertThat(without.mainLoss()).as("without heads").isGreaterThan(2.5);
        assertThat(with.mainLoss()).as("with heads").isGreaterThan(with.losses().get(1) + 0.3);
    }

    @Test
    void withoutClippingHeadsDoNotMendTheFarEndOfATanhStackOf60Blocks() {
        Outcome without = train(Activation.TANH, 60, 0, false);
        Outcome with = train(Activation.TANH, 60, 5, false);
        assertThat(without.mainLoss()).as("without heads").isGreaterThan(2.5);
        assertThat(with.mainLoss()).as("with heads").isGreaterThan(2.5);
        assertThat(with.losses().get(1)).as("first head").isLessThan(2.5);
    }

    private static Outcome train(Activation activation, int depth, int every, boolean clipped) {
        NetworkSpec spec = NetworkSpec.classification(16, 26)
                .withSize(depth, 50)
                .withConnection(Connection.PLAIN)
                .withActivation(activation)
                .withUpdater(new Adam(3e-3));
        ComputationGraphConfiguration configuration =
                GatedNetworks.configuration(every == 0 ? spec : spec.withHeadsEvery(every, new FixedSchedule(0.3)));
        if (!clipped) {
            unclip(configuration);
        }
        ComputationGraph network = new ComputationGraph(configuration);
        network.init();
        double[] first = new double[1];
        try (CompiledTrainer trainer = CompiledTrainer.of(network)) {
            Letter.minibatches(rows, depth == 60 ? STEPS_OF_60_BLOCKS : STEPS).forEach(batch -> {
                if (first[0] == 0) {
                    first[0] = firstGradient(network, batch);
                }
                trainer.fit(labelled(network, batch));
            });
        }
        List<Double> losses = new ArrayList<>();
        List<Double> accuracies = new ArrayList<>();
        for (INDArray output : network.output(rows.getFeatures())) {
            Evaluation evaluation = new Evaluation(26);
            evaluation.eval(rows.getLabels(), output);
            accuracies.add(evaluation.accuracy());
            losses.add(-Transforms.log(output.add(1e-10))
                            .mul(rows.getLabels())
                            .sumNumber()
                            .doubleValue()
                    / rows.numExamples());
        }
        System.out.printf(
                "%d plain %s blocks, heads every %d, %s: first gradient %.1e, loss %.3f, accuracy %.3f, heads from"
                        + " below %s%n",
                depth,
                activation,
                every,
                clipped ? "clipped" : "not clipped",
                first[0],
                losses.get(0),
                accuracies.get(0),
                accuracies.subList(1, accuracies.size()).stream()
                        .map("%.2f"::formatted)
                        .toList());
        return new Outcome(first[0], losses, accuracies);
    }

    private static void unclip(ComputationGraphConfiguration configuration) {
        for (GraphVertex vertex : configuration.getVertices().values()) {
            Layer layer = ((LayerVertex) vertex).getLayerConf().getLayer();
            if (layer instanceof BlockLayer block) {
                block.setGradientNormalization(GradientNormalization.None);
            } else if (layer instanceof BaseLayer stock) {
                stock.setGradientNormalization(GradientNormalization.None);
            }
        }
    }

    private static MultiDataSet labelled(ComputationGraph network, DataSet batch) {
        return new MultiDataSet(
                new INDArray[] {batch.getFeatures()},
                Collections.nCopies(network.getNumOutputArrays(), batch.getLabels())
                        .toArray(new INDArray[0]));
    }

    /** Norm of the gradient of the first block's weights, per example. */
    private static double firstGradient(ComputationGraph network, DataSet batch) {
        MultiDataSet data = labelled(network, batch);
        network.setInputs(data.getFeatures());
        network.setLabels(data.getLabels());
        network.computeGradientAndScore();
        String stack = network.getNumOutputArrays() == 1 ? "stack" : "stack1";
        Gradient gradient = network.gradient();
        Map<String, INDArray> stored =
                Map.of("W", gradient.getGradientFor(stack + "_W"), "b", gradient.getGradientFor(stack + "_b"));
        GatedStack layer = (GatedStack) network.getLayer(stack).conf().getLayer();
        INDArray block = Objects.requireNonNull(layer.views(stored).get("b1/W"));
        return block.norm2Number().doubleValue() / batch.numExamples();
    }
}
