package org.gatedepth.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Executable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.gatedepth.dl4j.AuxiliaryLabels;
import org.gatedepth.dl4j.BlockParams;
import org.gatedepth.dl4j.CompiledTrainer;
import org.gatedepth.dl4j.EarlyExit;
import org.gatedepth.dl4j.GatedNetworks;
import org.gatedepth.dl4j.GatedStack;
import org.gatedepth.dl4j.LabelColumnPreProcessor;
import org.gatedepth.dl4j.TemporalStack;
import org.gatedepth.dl4j.TransformGates;
import org.gatedepth.dl4j.WeightedSkipVertex;
import org.gatedepth.dl4j.probe.NetworkProbe;
import org.gatedepth.report.input.InputGroup;
import org.gatedepth.report.input.InputImportance;
import org.gatedepth.testing.DoublePrecision;
import org.gatedepth.testing.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.dataset.adapter.MultiDataSetIteratorAdapter;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.FixedSchedule;

/**
 * Every public method that takes arrays, data sets or networks leaves them as they were, and ND4J's random generator
 * too.
 *
 * <p>The list of methods is read from the classes: a new method without a case fails the test.
 */
@ExtendWith(DoublePrecision.class)
class LeavesNoTraceTest {
    private static final DataSet DATA = Networks.data(32, 1);

    private static final Pattern TAKEN = Pattern.compile(
            "\\b(INDArray|DataSet|MultiDataSet|DataSetIterator|MultiDataSetIterator|MultiLayerNetwork|ComputationGraph"
                    + "|Model)\\b");

    /** What trains, and what Deeplearning4j calls to have arrays filled or looked at: parameters, state of updaters. */
    private static final Set<String> FILLED_BY_CONTRACT = Set.of(
            "BlockLayer.initializeParameters(Map)",
            "BlockLayer.instantiate(NeuralNetConfiguration, Collection, int, INDArray, boolean, DataType)",
            "BlockVertex.initializeParameters(Map)",
            "BlockVertex.instantiate(ComputationGraph, String, int, INDArray, boolean, DataType)",
            "WeightedSkipVertex.initializeParameters(Map)",
            "CompiledTrainer.fit(DataSet)",
            "CompiledTrainer.fit(DataSetIterator, int)",
            "CompiledTrainer.fit(MultiDataSet)",
            "CompiledTrainer.fit(MultiDataSetIterator, int)",
            "SparkTrainer.fit(ComputationGraph, JavaRDD, JavaRDD)",
            "SparkTrainer.fit(MultiLayerNetwork, JavaRDD, JavaRDD)",
            "SparkTrainer.resume(ComputationGraph, JavaRDD, JavaRDD)",
            "SparkTrainer.resume(MultiLayerNetwork, JavaRDD, JavaRDD)",
            "TimeLayer.initialize(Map)",
            "TimeLayer.instantiate(NeuralNetConfiguration, Collection, int, INDArray, boolean, DataType)",
            "FusedAdam.instantiate(INDArray, boolean)",
            "FusedAdam.instantiate(Map, boolean)");

    private static Map.Entry<String, Consumer<CallersState>> of(String method, Consumer<CallersState> call) {
        return Map.entry(method, call);
    }

    private static List<Map.Entry<String, Consumer<CallersState>>> cases() {
        List<Map.Entry<String, Consumer<CallersState>>> cases = new ArrayList<>();
        cases.addAll(ofNetworks());
        cases.addAll(ofReports());
        cases.addAll(ofLayers());
        return cases;
    }

    private static DataSetIterator minibatches(CallersState s) {
        return new ListDataSetIterator<>(List.of(s.data), s.data.numExamples());
    }

    private static List<Map.Entry<String, Consumer<CallersState>>> ofNetworks() {
        return List.of(
                of("EarlyExit(ComputationGraph, List, double)", s -> new EarlyExit(s.heads, List.of("low"), 0.5)),
                of("EarlyExit(MultiLayerNetwork, double)", s -> new EarlyExit(s.list, 0.5)),
                of("EarlyExit.predict(INDArray)", s -> {
                    for (double confidence : new double[] {0.01, 0.4, 1}) {
                        new EarlyExit(s.heads, List.of("low"), confidence).predict(s.other);
                        new EarlyExit(s.list, confidence).predict(s.other);
                        new EarlyExit(s.heads, List.of("low"), confidence).predict(s.data.getFeatures());
                        new EarlyExit(s.list, confidence).predict(s.data.getFeatures());
                    }
                }),
                of("EarlyExit.predict(INDArray, INDArray)", s -> {
                    INDArray mask = Nd4j.ones(s.other.dataType(), s.other.size(0), 1);
                    new EarlyExit(s.heads, List.of("low"), 0.4).predict(s.other, mask);
                }),
                of(
                        "EarlyExit.Result(INDArray, int[], List)",
                        s -> new EarlyExit.Result(s.other, new int[(int) s.other.size(0)], List.of("low")).shares()),
                of(
                        "CompiledTrainer.of(ComputationGraph)",
                        s -> CompiledTrainer.of(s.heads).close()),
                of(
                        "CompiledTrainer.of(ComputationGraph, int)",
                        s -> CompiledTrainer.of(s.heads, 2).close()),
                of(
                        "CompiledTrainer.of(MultiLayerNetwork, int)",
                        s -> CompiledTrainer.of(s.list, 2).close()),
                of(
                        "CompiledTrainer.orFit(ComputationGraph, int)",
                        s -> CompiledTrainer.orFit(s.heads, 2).close()),
                of(
                        "CompiledTrainer.of(MultiLayerNetwork)",
                        s -> CompiledTrainer.of(s.list).close()),
                of(
                        "CompiledTrainer.orFit(ComputationGraph)",
                        s -> CompiledTrainer.orFit(s.heads).close()),
                of(
                        "CompiledTrainer.orFit(MultiLayerNetwork)",
                        s -> CompiledTrainer.orFit(s.list).close()),
                of(
                        "CompiledTrainer.earlyStopping(EarlyStoppingConfiguration, ComputationGraph, DataSetIterator)",
                        s -> CompiledTrainer.earlyStopping(
                                new EarlyStoppingConfiguration<>(), s.heads, minibatches(s))),
                of(
                        "CompiledTrainer.earlyStopping(EarlyStoppingConfiguration, ComputationGraph, "
                                + "MultiDataSetIterator)",
                        s -> CompiledTrainer.earlyStopping(
                                new EarlyStoppingConfiguration<>(),
                                s.heads,
                                new MultiDataSetIteratorAdapter(minibatches(s)))),
                of(
                        "CompiledTrainer.earlyStopping(EarlyStoppingConfiguration, MultiLayerNetwork, DataSetIterator)",
                        s -> CompiledTrainer.earlyStopping(new EarlyStoppingConfiguration<>(), s.list, minibatches(s))),
                of("TransformGates(ComputationGraph)", s -> new TransformGates(s.heads)),
                of("TransformGates(MultiLayerNetwork)", s -> new TransformGates(s.list)),
                of("TransformGates.byBlock(INDArray[])", s -> {
                    new TransformGates(s.heads).byBlock(s.other);
                    new TransformGates(s.list).byBlock(s.other);
                }),
                of("TransformGates.means(INDArray[])", s -> {
                    new TransformGates(s.heads).means(s.other);
                    new TransformGates(s.list).means(s.other);
                }),
                of("GatedNetworks.mean(INDArray[])", s -> GatedNetworks.mean(s.other, s.other)),
                of("GatedNetworks.withoutHeads(ComputationGraph)", s -> GatedNetworks.withoutHeads(s.heads)),
                of("GatedNetworks.withoutHeads(MultiLayerNetwork)", s -> GatedNetworks.withoutHeads(s.list)),
                of(
                        "GatedNetworks.setLearningRate(ComputationGraph, ISchedule)",
                        s -> GatedNetworks.setLearningRate(s.heads, new FixedSchedule(0.2))),
                of(
                        "GatedNetworks.setLearningRate(MultiLayerNetwork, ISchedule)",
                        s -> GatedNetworks.setLearningRate(s.list, new FixedSchedule(0.2))),
                of(
                        "GatedNetworks.fineTune(ComputationGraph, FineTuneConfiguration)",
                        s -> GatedNetworks.fineTune(s.heads, fineTuning())),
                of(
                        "GatedNetworks.fineTune(MultiLayerNetwork, FineTuneConfiguration)",
                        s -> GatedNetworks.fineTune(s.list, fineTuning())),
                of("BlockParams.of(ComputationGraph, String, int)", s -> BlockParams.of(s.heads, "s1", 1)),
                of("BlockParams.of(MultiLayerNetwork, String, int)", s -> BlockParams.of(s.list, "layer1", 1)));
    }

    private static FineTuneConfiguration fineTuning() {
        return new FineTuneConfiguration.Builder().updater(new Sgd(0.3)).l2(0.1).build();
    }

    private static List<Map.Entry<String, Consumer<CallersState>>> ofReports() {
        return List.of(
                of("DepthReport.of(MultiLayerNetwork, DataSet)", s -> DepthReport.of(s.list, s.data)),
                of("DepthReport.of(ComputationGraph, DataSet)", s -> DepthReport.of(s.graph, s.data)),
                of("DepthReport.of(ComputationGraph, MultiDataSet)", s -> DepthReport.of(s.heads, s.masked)),
                of(
                        "InputImportance.of(MultiLayerNetwork, DataSet, List)",
                        s -> InputImportance.of(s.list, s.data, List.of(InputGroup.columns("a", 0, 2)))),
                of(
                        "InputImportance.of(ComputationGraph, MultiDataSet, List)",
                        s -> InputImportance.of(s.heads, s.masked, List.of(InputGroup.arrays("all", 0, 1)))),
                of("Shrink.without(ComputationGraph, Collection)", s -> Shrink.without(s.graph, List.of("layer1/1"))),
                of("Shrink.without(MultiLayerNetwork, Collection)", s -> Shrink.without(s.list, List.of("layer1/2"))),
                of(
                        "Shrink.without(ComputationGraph, DepthReport)",
                        s -> Shrink.without(s.graph, DepthReport.of(s.graph, s.data))),
                of(
                        "Shrink.without(MultiLayerNetwork, DepthReport)",
                        s -> Shrink.without(s.list, DepthReport.of(s.list, s.data))),
                of("DepthListener.Builder.gatesOn(INDArray[])", s -> {
                    INDArray mine = s.other.dup();
                    DepthListener listener =
                            new DepthListener.Builder().every(1).gatesOn(mine).build();
                    listener.onGradientCalculation(s.graph);
                    listener.iterationDone(s.graph, 1, 0);
                    mine.assign(1e6);
                    listener.onGradientCalculation(s.graph);
                    listener.iterationDone(s.graph, 2, 0);
                    // It does not keep the array either.
                    assertThat(listener.records().get(1).blocks())
                            .isEqualTo(listener.records().get(0).blocks());
                }),
                of(
                        "DepthListener.onGradientCalculation(Model)",
                        s -> listened(s).onGradientCalculation(s.list)),
                of("DepthListener.iterationDone(Model, int, int)", s -> {
                    DepthListener listener = listened(s);
                    listener.onGradientCalculation(s.list);
                    listener.iterationDone(s.list, 1, 0);
                    assertThat(listener.records()).hasSize(1);
                }));
    }

    private static DepthListener listened(CallersState state) {
        return new DepthListener.Builder().every(1).gatesOn(state.other).build();
    }

    private static List<Map.Entry<String, Consumer<CallersState>>> ofLayers() {
        LayerWorkspaceMgr none = LayerWorkspaceMgr.noWorkspaces();
        return List.of(
                of("AuxiliaryLabels.preProcess(MultiDataSet)", s -> {
                    MultiDataSet own = new MultiDataSet(
                            new INDArray[] {s.other}, new INDArray[] {s.missing}, null, new INDArray[] {
                                s.masked.getLabelsMaskArray(0)
                            });
                    AuxiliaryLabels.same(2).preProcess(own);
                    own.getLabels(0).assign(7);
                }),
                of(
                        "LabelColumnPreProcessor.preProcess(INDArray, int, LayerWorkspaceMgr)",
                        s -> new LabelColumnPreProcessor(1, 4)
                                .preProcess(s.other, (int) s.other.size(0), none)
                                .assign(7)),
                of("LabelColumnPreProcessor.backprop(INDArray, int, LayerWorkspaceMgr)", s -> {
                    LabelColumnPreProcessor labels = new LabelColumnPreProcessor(1, 4);
                    labels.preProcess(s.other, (int) s.other.size(0), none);
                    labels.backprop(s.other, (int) s.other.size(0), none);
                }),
                of(
                        "BlockVertex.feedForwardMaskArrays(INDArray[], MaskState, int)",
                        s -> new WeightedSkipVertex()
                                .feedForwardMaskArrays(
                                        new INDArray[] {s.masked.getLabelsMaskArray(0), s.masked.getLabelsMaskArray(1)},
                                        MaskState.Active,
                                        32)),
                of(
                        "TimeLayer.views(Map)",
                        s -> new TemporalStack.Builder()
                                .depth(1)
                                .kernel(2)
                                .nIn(1)
                                .nOut(1)
                                .build()
                                .views(Map.of("W", s.other.getRow(0, true), "b", s.other.getRow(1, true)))),
                of(
                        "BlockLayer.views(Map)",
                        s -> ((GatedStack) s.graph.getLayer("layer1").conf().getLayer())
                                .views(s.graph.getLayer("layer1").paramTable())));
    }

    static Stream<Arguments> namedCases() {
        Stream<Map.Entry<String, Consumer<CallersState>>> all =
                Stream.concat(cases().stream(), Stream.of(of("NetworkProbe, measured and initialised", s -> {
                    for (NetworkProbe probe : List.of(
                            NetworkProbe.of(s.heads), NetworkProbe.of(s.heads).initial())) {
                        probe.predict(s.masked);
                        probe.backward(s.masked);
                    }
                })));
        return all.map(e -> Arguments.of(e.getKey(), e.getValue()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("namedCases")
    void whatTheCallerHasStaysAsItWas(String method, Consumer<CallersState> call) {
        CallersState state = new CallersState();
        Nd4j.getRandom().setSeed(77);
        Nd4j.rand(3, 3);
        INDArray expected = Nd4j.rand(3, 3);
        CallersState.Snapshot before = state.snapshot();

        Nd4j.getRandom().setSeed(77);
        Nd4j.rand(3, 3);
        call.accept(state);

        assertThat(Nd4j.rand(3, 3)).isEqualTo(expected);
        before.assertUnchanged();
    }

    @Test
    void everyPublicMethodHasACase() throws Exception {
        Set<String> covered = new TreeSet<>(FILLED_BY_CONTRACT);
        cases().forEach(e -> covered.add(e.getKey()));
        assertThat(publicMethods()).containsExactlyInAnyOrderElementsOf(covered);
    }

    /** The public methods and constructors that take arrays, data sets or networks. */
    private static Set<String> publicMethods() throws Exception {
        Set<String> methods = new TreeSet<>();
        for (String room : List.of("dl4j", "dl4j.base", "report", "report.input", "report.recording", "spark")) {
            Path folder = Path.of("target", "classes", "org", "gatedepth", room.replace('.', '/'));
            List<Path> files;
            try (Stream<Path> listed = Files.list(folder)) {
                files = listed.filter(file -> file.toString().endsWith(".class"))
                        .toList();
            }
            for (Path file : files) {
                String name = file.getFileName().toString().replace(".class", "");
                Class<?> type = Class.forName("org.gatedepth." + room + "." + name);
                if (isPublic(type)) {
                    Stream.<Executable>concat(
                                    Arrays.stream(type.getDeclaredMethods()),
                                    Arrays.stream(type.getDeclaredConstructors()))
                            .filter(LeavesNoTraceTest::takesWhatCallersHave)
                            .forEach(method -> methods.add(key(type, method)));
                }
            }
        }
        return methods;
    }

    private static boolean isPublic(Class<?> type) {
        return java.lang.reflect.Modifier.isPublic(type.getModifiers())
                && (type.getDeclaringClass() == null || isPublic(type.getDeclaringClass()));
    }

    private static boolean takesWhatCallersHave(Executable method) {
        boolean takes = Arrays.stream(method.getGenericParameterTypes())
                .anyMatch(type -> TAKEN.matcher(type.getTypeName()).find());
        return takes && java.lang.reflect.Modifier.isPublic(method.getModifiers()) && !method.isSynthetic();
    }

    private static String key(Class<?> type, Executable method) {
        String name = type.getName().replaceAll(".*\\.", "").replace('$', '.');
        return Arrays.stream(method.getParameterTypes())
                .map(Class::getSimpleName)
                .collect(Collectors.joining(
                        ", ",
                        method instanceof java.lang.reflect.Constructor
                                ? name + "("
                                : name + "." + method.getName() + "(",
                        ")"));
    }

    private static MultiLayerNetwork network() {
        return Networks.network(
                Networks.builder(new Sgd(0.1)),
                new GatedStack.Builder().depth(3).nOut(4).dropOut(0.5).build());
    }

    @Test
    void trainingGoesOnAsWithoutAReport() {
        MultiLayerNetwork plain = network();
        train(plain, 10);
        MultiLayerNetwork measured = network();
        train(measured, 5);
        DepthReport.of(measured, DATA);
        Shrink.without(measured, List.of("layer0/1"));
        train(measured, 5);

        assertThat(measured.params()).isEqualTo(plain.params());
    }

    private static void train(MultiLayerNetwork network, int iterations) {
        for (int i = 0; i < iterations; i++) {
            network.fit(DATA);
        }
    }
}
