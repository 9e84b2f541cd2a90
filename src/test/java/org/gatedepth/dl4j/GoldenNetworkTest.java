package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Networks that release 0.1.0 saved are read by this one; see {@link GoldenNetworks}. */
class GoldenNetworkTest {

    /** One of the networks computes with floats, whose sums differ a little between processors. */
    private static final double ROUNDING = 1e-5;

    private static Model read(GoldenNetworks golden) throws Exception {
        return golden == GoldenNetworks.LAYERS
                ? MultiLayerNetwork.load(golden.zip().toFile(), true)
                : ComputationGraph.load(golden.zip().toFile(), true);
    }

    @ParameterizedTest
    @EnumSource
    void predictsAsTheReleaseThatSavedIt(GoldenNetworks golden) throws Exception {
        assertThat(golden.numbers(read(golden))).containsExactly(golden.expected(), within(ROUNDING));
    }

    @ParameterizedTest
    @EnumSource
    void theNetworkIsStillBuiltAsThen(GoldenNetworks golden) throws Exception {
        Model now = golden.fitted();

        assertThat(golden.numbers(now)).containsExactly(golden.expected(), within(ROUNDING));
        assertThat(read(golden).params().length()).isEqualTo(now.params().length());
    }

    @Test
    void everyLayerAndVertexIsInOneOfThem() throws Exception {
        Set<String> saved = new TreeSet<>();
        for (GoldenNetworks golden : GoldenNetworks.values()) {
            String json = golden == GoldenNetworks.LAYERS
                    ? ModelSerializer.restoreMultiLayerNetwork(golden.zip().toFile())
                            .getLayerWiseConfigurations()
                            .toJson()
                    : ModelSerializer.restoreComputationGraph(golden.zip().toFile())
                            .getConfiguration()
                            .toJson();
            Matcher names = Pattern.compile("org\\.gatedepth\\.dl4j\\.(\\w+)").matcher(json);
            while (names.find()) {
                saved.add(names.group(1));
            }
        }

        assertThat(saved)
                .containsAll(Arrays.asList(
                        "HighwayLayer",
                        "WeightedSkipLayer",
                        "DenseSkipLayer",
                        "GatedStack",
                        "DeepSupervisionOutputLayer",
                        "AuxiliaryOutputLayer",
                        "HighwayGateVertex",
                        "WeightedSkipVertex",
                        "LabelColumnPreProcessor",
                        "FusedAdam"));
    }
}
