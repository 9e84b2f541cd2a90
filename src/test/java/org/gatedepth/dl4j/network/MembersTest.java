package org.gatedepth.dl4j.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.gatedepth.testing.Arrays.assertClose;
import static org.gatedepth.testing.Arrays.normal;
import static org.gatedepth.testing.Arrays.oneHot;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.gatedepth.dl4j.CompiledTrainer;
import org.gatedepth.dl4j.FusedAdam;
import org.gatedepth.dl4j.GatedNetworks;
import org.gatedepth.dl4j.NetworkSpec;
import org.gatedepth.testing.DoublePrecision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.schedule.FixedSchedule;

/** Networks side by side in one graph. */
@ExtendWith(DoublePrecision.class)
class MembersTest {

    private static final int ROWS = 16;

    private static final NetworkSpec ONE = NetworkSpec.classification(5, 3)
            .withSize(3, 8)
            .withRegularisation(0, 0.1)
            .withUpdater(new FusedAdam(0.01));

    private final INDArray features = normal(1, ROWS, 5);

    private static ComputationGraph graph(NetworkSpec spec) {
        ComputationGraph graph = new ComputationGraph(GatedNetworks.configuration(spec));
        graph.init();
        return graph;
    }

    /** A network with the parameters of a member. */
    private static ComputationGraph single(ComputationGraph members, int member) {
        ComputationGraph single = graph(ONE);
        single.paramTable().forEach((name, own) -> {
            int layerEnd = name.indexOf('_');
            String layer = Members.name(name.substring(0, layerEnd), member);
            own.assign(members.paramTable().get(layer + name.substring(layerEnd)));
        });
        return single;
    }

    private void train(ComputationGraph graph, int outputs) {
        INDArray[] labels = new INDArray[outputs];
        java.util.Arrays.fill(labels, oneHot(ROWS, 3));
        CompiledTrainer trainer = CompiledTrainer.of(graph);
        for (int step = 0; step < 10; step++) {
            trainer.fit(new MultiDataSet(new INDArray[] {features}, labels));
        }
        trainer.close();
    }

    @Test
    void learnAsSeparateNetworksWithTheSameInitialWeights() {
        ComputationGraph members = graph(ONE.withMembers(3));
        List<ComputationGraph> singles = new ArrayList<>();
        for (int m = 1; m <= 3; m++) {
            singles.add(single(members, m));
        }

        train(members, 3);
        singles.forEach(single -> train(single, 1));

        INDArray[] outputs = members.output(features);
        for (int m = 0; m < 3; m++) {
            assertClose(outputs[m], singles.get(m).outputSingle(features), 1e-12);
        }
        assertThat(outputs[0].equalsWithEps(outputs[1], 1e-3)).isFalse();
    }

    @Test
    void predictTheirMean() {
        ComputationGraph members = graph(ONE.withMembers(3));
        INDArray[] outputs = members.output(features);

        assertClose(
                GatedNetworks.mean(members.output(features)),
                outputs[0].add(outputs[1]).add(outputs[2]).div(3),
                1e-14);
    }

    @Test
    void theFirstIsANetworkOfItsOwn() {
        ComputationGraph members = graph(ONE.withMembers(3));
        train(members, 3);

        ComputationGraph first = Members.first(members, GatedNetworks.OUTPUT);

        assertThat(first.getConfiguration().getNetworkOutputs()).containsExactly(GatedNetworks.OUTPUT);
        assertThat(first.numParams()).isEqualTo(graph(ONE).numParams());
        assertClose(first.outputSingle(features), members.output(features)[0], 0);
    }

    @Test
    void theOnlyOneIsTheNetworkItself() {
        ComputationGraph graph = graph(ONE);

        assertThat(Members.first(graph, GatedNetworks.OUTPUT)).isSameAs(graph);
    }

    @Test
    void surviveJson() {
        ComputationGraphConfiguration configuration = GatedNetworks.configuration(ONE.withMembers(3));

        assertThat(ComputationGraphConfiguration.fromJson(configuration.toJson()))
                .isEqualTo(configuration);
    }

    @Test
    void surviveAFile(@TempDir Path folder) throws Exception {
        ComputationGraph members = graph(ONE.withMembers(3));
        train(members, 3);
        File file = folder.resolve("members.zip").toFile();

        ModelSerializer.writeModel(members, file, true);

        ComputationGraph read = ModelSerializer.restoreComputationGraph(file);
        assertClose(GatedNetworks.mean(read.output(features)), GatedNetworks.mean(members.output(features)), 0);
    }

    @Test
    void areRefusedWithHeadsAndOutOfRange() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ONE.withHeadsEvery(1, new FixedSchedule(0.3)).withMembers(3))
                .withMessage("a network of 3 members cannot have auxiliary heads, got 2 heads");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ONE.withMembers(0))
                .withMessage("members must be from 1 to 100, got 0");
    }
}
