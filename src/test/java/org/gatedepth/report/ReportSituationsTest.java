package org.gatedepth.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.gatedepth.testing.Arrays.assertClose;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.deeplearning4j.exception.DL4JInvalidConfigException;
import org.deeplearning4j.exception.DL4JInvalidInputException;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.gatedepth.dl4j.EarlyExit;
import org.gatedepth.dl4j.GatedNetworks;
import org.gatedepth.dl4j.TransformGates;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/**
 * What the report and its relatives say in the situations that people have: each cell of the table is right, compared
 * with what the network itself predicts, or ends in one sentence.
 */
class ReportSituationsTest {

    /** Kind, form, input, wrapper, type of the network, type of the rows, task, mask. */
    private static final String TABLE = """
            HIGHWAY_STACK  LIST  ROWS             BARE            FLOAT  DOUBLE CLASSES COLUMN
            HIGHWAY_STACK  GRAPH ROWS             FROZEN          FLOAT  INT    CLASSES NONE
            HIGHWAY_STACK  LIST  ONE_ROW          FROZEN_BACKPROP DOUBLE FLOAT  NUMBER  NONE
            HIGHWAY_STACK  LIST  NCW              BARE            DOUBLE DOUBLE CLASSES FEATURES
            HIGHWAY_STACK  GRAPH NWC              BARE            DOUBLE DOUBLE CLASSES STEPS
            HIGHWAY_STACK  LIST  TIME_DISTRIBUTED BARE            DOUBLE DOUBLE CLASSES NONE
            HIGHWAY_STACK  GRAPH TIME_DISTRIBUTED BARE            FLOAT  FLOAT  CLASSES FEATURES
            HIGHWAY_STACK  LIST  BIDIRECTIONAL    BARE            FLOAT  FLOAT  CLASSES FEATURES
            HIGHWAY_STACK  GRAPH NCHW             BARE            FLOAT  FLOAT  CLASSES COLUMN
            RESIDUAL_STACK LIST  NCW              FROZEN          FLOAT  FLOAT  NUMBERS ELEMENTS
            RESIDUAL_STACK GRAPH ROWS             BARE            HALF   FLOAT  CLASSES NONE
            RESIDUAL_STACK LIST  LAST_STEP        BARE            DOUBLE INT    NUMBER  FEATURES
            RESIDUAL_STACK LIST  NHWC             BARE            FLOAT  DOUBLE NUMBERS COLUMN
            DENSE_STACK    LIST  ROWS             FROZEN_BACKPROP DOUBLE DOUBLE NUMBERS ELEMENTS
            DENSE_STACK    GRAPH ONE_ROW          BARE            FLOAT  FLOAT  CLASSES NONE
            DENSE_STACK    LIST  NWC              BARE            DOUBLE FLOAT  CLASSES FEATURES
            HIGHWAY        LIST  NCW              BARE            DOUBLE DOUBLE NUMBERS ELEMENTS
            HIGHWAY        GRAPH LAST_STEP        FROZEN          FLOAT  LONG   CLASSES NONE
            HIGHWAY        LIST  TIME_DISTRIBUTED FROZEN          DOUBLE DOUBLE NUMBER  NONE
            WEIGHTED       LIST  ONE_ROW          BARE            DOUBLE INT    NUMBERS NONE
            WEIGHTED       GRAPH BIDIRECTIONAL    FROZEN_BACKPROP FLOAT  FLOAT  NUMBER  COLUMN
            DENSE          LIST  ROWS             BARE            FLOAT  LONG   CLASSES COLUMN
            SUPERVISED     LIST  ROWS             BARE            DOUBLE DOUBLE CLASSES COLUMN
            SUPERVISED     GRAPH ROWS             FROZEN          FLOAT  INT    CLASSES NONE
            SUPERVISED     LIST  ONE_ROW          BARE            FLOAT  DOUBLE NUMBERS NONE
            SUPERVISED     GRAPH LAST_STEP        BARE            DOUBLE DOUBLE CLASSES FEATURES
            SUPERVISED     GRAPH ONE_ROW          FROZEN          DOUBLE LONG   NUMBER  NONE
            RESIDUAL_STACK LIST  ONE_ROW          BARE            DOUBLE LONG   NUMBER  NONE
            GATE_VERTEX    GRAPH ROWS             BARE            DOUBLE INT    CLASSES COLUMN
            GATE_VERTEX    GRAPH NWC              BARE            DOUBLE DOUBLE CLASSES FEATURES
            GATE_VERTEX    GRAPH NHWC             BARE            FLOAT  FLOAT  NUMBER  NONE
            SKIP_VERTEX    GRAPH NCW              BARE            FLOAT  DOUBLE NUMBERS STEPS
            SKIP_VERTEX    GRAPH NCHW             BARE            DOUBLE FLOAT  CLASSES NONE
            SKIP_VERTEX    GRAPH ONE_ROW          BARE            FLOAT  LONG   NUMBER  NONE
            HIGHWAY_IMAGES LIST  NCHW             BARE            DOUBLE DOUBLE CLASSES NONE
            HIGHWAY_IMAGES GRAPH NHWC             BARE            DOUBLE FLOAT  CLASSES COLUMN
            HIGHWAY_IMAGES LIST  NHWC             FROZEN          FLOAT  DOUBLE NUMBERS ELEMENTS
            HIGHWAY_IMAGES GRAPH NCHW             FROZEN          DOUBLE INT    NUMBER  NONE
            WEIGHTED_IMAGES LIST NHWC             BARE            DOUBLE DOUBLE NUMBERS COLUMN
            WEIGHTED_IMAGES GRAPH NCHW            FROZEN_BACKPROP FLOAT  FLOAT  CLASSES NONE
            """;

    /** What people call. */
    enum Method {
        REPORT,
        GATES,
        SHRINK,
        EARLY_EXIT,
        WITHOUT_HEADS
    }

    /** A trained network, its examples and, where it has been asked for, the report. */
    private record Trained(Situation situation, Model network, DataSet data, Map<String, DepthReport> reports) {
        DepthReport report() {
            return reports.computeIfAbsent("", key -> ReportSituationsTest.report(network, data));
        }
    }

    private static final Map<String, Trained> TRAINED = new HashMap<>();

    private static Trained trained(String line) {
        return TRAINED.computeIfAbsent(line, key -> {
            Situation situation = Situation.of(line);
            Model network = situation.form() == Situation.Form.LIST ? situation.list() : situation.graph();
            fit(network, situation.data());
            return new Trained(situation, network, situation.data(), new HashMap<>());
        });
    }

    private static void fit(Model network, DataSet data) {
        if (network instanceof MultiLayerNetwork list) {
            list.fit(data);
        } else {
            ((ComputationGraph) network).fit(data);
        }
    }

    private static DepthReport report(Model network, DataSet data) {
        return network instanceof MultiLayerNetwork list
                ? DepthReport.of(list, data)
                : DepthReport.of((ComputationGraph) network, data);
    }

    private static INDArray output(Model network, DataSet data) {
        return network instanceof MultiLayerNetwork list
                ? list.output(data.getFeatures(), false, data.getFeaturesMaskArray(), data.getLabelsMaskArray())
                : ((ComputationGraph) network)
                        .output(
                                false,
                                new INDArray[] {data.getFeatures()},
                                of(data.getFeaturesMaskArray()),
                                of(data.getLabelsMaskArray()))[0];
    }

    private static INDArray[] of(INDArray mask) {
        return mask == null ? null : new INDArray[] {mask};
    }

    static Stream<Arguments> cells() {
        return TABLE.lines().flatMap(line -> Arrays.stream(Method.values()).map(method -> Arguments.of(line, method)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("cells")
    void isRightOrASentence(String line, Method method) {
        Trained trained = trained(line);
        INDArray params = trained.network().params().dup();
        String configuration = configuration(trained.network());
        try {
            switch (method) {
                case REPORT -> assertReport(trained);
                case GATES -> assertGates(trained);
                case SHRINK -> assertShrink(trained);
                case EARLY_EXIT -> assertEarlyExit(trained);
                case WITHOUT_HEADS -> assertWithoutHeads(trained);
            }
        } catch (IllegalArgumentException
                | UnsupportedOperationException
                | DL4JInvalidConfigException
                | DL4JInvalidInputException refused) {
            assertSentence(refused);
            assertThat(isRefused(trained.situation(), method))
                    .as("is refused: %s", refused)
                    .isTrue();
        }
        assertThat(trained.network().params()).isEqualTo(params);
        assertThat(configuration(trained.network())).isEqualTo(configuration);
    }

    private static String configuration(Model network) {
        return network instanceof MultiLayerNetwork list
                ? list.getLayerWiseConfigurations().toJson()
                : ((ComputationGraph) network).getConfiguration().toJson();
    }

    private static void assertSentence(RuntimeException refused) {
        assertThat(refused.getClass().getPackageName()).isIn("java.lang", "org.deeplearning4j.exception");
        assertThat(refused.getStackTrace()[0].getClassName()).startsWith("org.gatedepth");
        assertThat(refused.getMessage()).contains(" ").doesNotContain("\n").hasSizeBetween(30, 400);
    }

    /** The cells that end in a sentence; all others are right. */
    private static boolean isRefused(Situation situation, Method method) {
        boolean supervised = situation.kind() == Situation.Kind.SUPERVISED;
        boolean list = situation.form() == Situation.Form.LIST;
        return switch (method) {
            case REPORT, SHRINK ->
                situation.input() == Situation.Input.TIME_DISTRIBUTED && situation.mask() == Situation.Mask.FEATURES;
            case GATES -> false;
            case EARLY_EXIT -> !supervised || !list || situation.task() != Situation.Task.CLASSES;
            case WITHOUT_HEADS -> list && !supervised;
        };
    }

    private static double tolerance(Trained trained) {
        return trained.situation().type() == DataType.DOUBLE
                ? 1e-9
                : trained.situation().type() == DataType.FLOAT ? 1e-4 : 3e-2;
    }

    /** The mean loss of what counts, from what a network predicts. */
    private static double loss(Model network, Trained trained) {
        Situation situation = trained.situation();
        DataSet data = trained.data();
        INDArray predicted = output(network, data);
        double loss = 0;
        double all = 0;
        int steps = situation.predictsSteps() ? Situation.STEPS : 1;
        for (int i = 0; i < situation.examples(); i++) {
            for (int t = 0; t < steps; t++) {
                for (int k = 0; k < situation.outputs(); k++) {
                    double weight = weight(situation, data, i, k, t);
                    if (weight == 0) {
                        continue;
                    }
                    double label = at(situation, data.getLabels(), i, k, t);
                    double p = at(situation, predicted, i, k, t);
                    if (situation.task() != Situation.Task.CLASSES) {
                        loss += weight * (label - p) * (label - p);
                        all += weight;
                    } else if (label == 1) {
                        loss -= weight * Math.log(p);
                        all += weight;
                    }
                }
            }
        }
        return loss / all;
    }

    private static double at(Situation situation, INDArray array, int example, int output, int step) {
        INDArray numbers = array.castTo(DataType.DOUBLE);
        if (array.rank() == 2) {
            return numbers.getDouble(example, output);
        }
        return situation.isChannelsLast()
                ? numbers.getDouble(example, step, output)
                : numbers.getDouble(example, output, step);
    }

    private static double weight(Situation situation, DataSet data, int example, int output, int step) {
        return switch (situation.mask()) {
            case NONE -> 1;
            case COLUMN -> data.getLabelsMaskArray().getDouble(example, 0);
            case ELEMENTS -> at(situation, data.getLabelsMaskArray(), example, output, step);
            case STEPS -> data.getLabelsMaskArray().getDouble(example, step);
            case FEATURES ->
                situation.predictsSteps() ? data.getFeaturesMaskArray().getDouble(example, step) : 1;
        };
    }

    private static void assertReport(Trained trained) {
        DepthReport report = trained.report();
        assertThat(report.lesions().intact().loss())
                .isCloseTo(loss(trained.network(), trained), within(tolerance(trained)));
        assertThat(report.toJson()).doesNotContain("NaN").doesNotContain("Infinity");
        assertThat(report.toText()).doesNotContain("NaN").doesNotContain("Infinity");
        assertThat(report.heads()).hasSize(trained.situation().kind() == Situation.Kind.SUPERVISED ? 2 : 0);
        report.chains()
                .forEach(chain -> assertThat(chain.now().gradient())
                        .allSatisfy(norm -> assertThat(norm).isPositive().isFinite()));
    }

    private static void assertGates(Trained trained) {
        INDArray features = trained.data().getFeatures();
        Map<String, Double> gates = (trained.network() instanceof MultiLayerNetwork list
                        ? new TransformGates(list)
                        : new TransformGates((ComputationGraph) trained.network()))
                .byBlock(features);
        int expected = switch (trained.situation().kind()) {
            case HIGHWAY_STACK, SUPERVISED, HIGHWAY_IMAGES -> 2;
            case HIGHWAY, GATE_VERTEX -> 1;
            default -> 0;
        };
        assertThat(gates).hasSize(expected);
        assertThat(gates.values()).allSatisfy(gate -> assertThat(gate).isBetween(0.0, 1.0));
        if (trained.situation().mask() == Situation.Mask.NONE) {
            for (Gates measured : trained.report().gates()) {
                assertThat(gates.get(measured.block())).isCloseTo(measured.mean(), within(tolerance(trained)));
            }
        }
    }

    private static void assertShrink(Trained trained) {
        assertClose(
                output(shrunk(trained, List.of()).network(), trained.data()).castTo(DataType.DOUBLE),
                output(trained.network(), trained.data()).castTo(DataType.DOUBLE),
                0);
        List<String> all = new ArrayList<>();
        for (Lesions.Outcome outcome : trained.report().lesions().single()) {
            Shrink.Result<?> lean = shrunk(trained, List.of(outcome.block()));
            if (lean.removed().equals(List.of(outcome.block()))) {
                assertThat(loss(lean.network(), trained)).isCloseTo(outcome.loss(), within(tolerance(trained)));
            } else {
                assertThat(lean.kept()).containsOnlyKeys(outcome.block());
            }
            all.add(outcome.block());
        }
        Shrink.Result<?> lean = shrunk(trained, all);
        assertThat(Stream.concat(lean.removed().stream(), lean.kept().keySet().stream()))
                .hasSameElementsAs(Set.copyOf(all));
        fit(lean.network(), trained.data());
        assertThat(loss(lean.network(), trained)).isFinite();
    }

    private static Shrink.Result<?> shrunk(Trained trained, List<String> blocks) {
        return trained.network() instanceof MultiLayerNetwork list
                ? Shrink.without(list, blocks)
                : Shrink.without((ComputationGraph) trained.network(), blocks);
    }

    /** No head is ever wholly sure. */
    private static void assertEarlyExit(Trained trained) {
        EarlyExit exit = trained.network() instanceof MultiLayerNetwork list
                ? new EarlyExit(list, 1)
                : new EarlyExit((ComputationGraph) trained.network(), List.of("head1"), 1);
        INDArray features = trained.data().getFeatures();
        INDArray expected = trained.network() instanceof MultiLayerNetwork list
                ? list.output(features)
                : ((ComputationGraph) trained.network()).outputSingle(features);
        assertClose(exit.predict(features).output(), expected, 1e-6);
    }

    private static void assertWithoutHeads(Trained trained) {
        Model lean = trained.network() instanceof MultiLayerNetwork list
                ? GatedNetworks.withoutHeads(list)
                : GatedNetworks.withoutHeads((ComputationGraph) trained.network());
        assertThat(output(lean, trained.data())).isEqualTo(output(trained.network(), trained.data()));
    }
}
