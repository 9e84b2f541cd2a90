package weka.classifiers.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import weka.core.Instance;
import weka.core.Instances;
import weka.core.Utils;

/** Heads on sequences: on the class, and on a label of each step. */
@Tag("slow")
class GatedNetworkStepLabelsTest {

    private static GatedNetwork trained(Instances table, String options) throws Exception {
        GatedNetwork network = Tables.quick(Utils.splitOptions(options));
        network.buildClassifier(table);
        return network;
    }

    @ParameterizedTest
    @ValueSource(strings = {"CONVOLUTION", "RECURRENT", "ATTENTION"})
    void learnsTheLabelOfEachStepBesideTheClass(String kind) throws Exception {
        Instances table = Bags.order(300, 1);
        GatedNetwork network =
                trained(table, "-aux-steps 2 -aux-weight 1 -depth 3 -epochs 40 -learning-rate 0.01 -sequence " + kind);

        assertThat(Sequences.accuracy(network, Bags.order(200, 2))).isGreaterThan(90);
        Matcher accuracy = Pattern.compile("after block 1: +accuracy ([\\d.]+)% \\(mark\\)")
                .matcher(network.toString());
        assertThat(accuracy.find()).as(network.toString()).isTrue();
        assertThat(Double.parseDouble(accuracy.group(1))).isGreaterThan(80);
    }

    @Test
    void labelsOfStepsAreNotReadAtPrediction() throws Exception {
        Instances table = Bags.order(60, 1);
        GatedNetwork network = trained(table, "-aux-steps 2");
        double[] before = network.distributionForInstance(table.get(0));

        table.get(0).relationalValue(1).forEach(step -> step.setMissing(1));

        assertThat(network.distributionForInstance(table.get(0))).isEqualTo(before);
    }

    @Test
    void labelsOfStepsMayBeMissingInTraining() throws Exception {
        Instances table = Bags.order(60, 1);
        for (Instance row : table) {
            row.relationalValue(1).get(0).setMissing(1);
        }
        table.get(0).setMissing(1);

        assertThat(trained(table, "-aux-steps 2").toString()).contains("mark");
    }

    @Test
    void headsOnTheClassAndAttributesReadThePooledSteps() throws Exception {
        Instances table = Bags.order(120, 1);
        GatedNetwork network = trained(
                table, "-depth 4 -aux-every 2 -aux-attributes 1 -aux-steps 2 -aux-depth 1,3 -epochs 5 -validation 20");

        assertThat(network.toString()).contains("offset", "mark");
        assertThat(Utils.sum(network.distributionForInstance(table.get(0)))).isCloseTo(1, within(1e-9));
        assertThat(network.graph()).contains("aux1").contains("aux2");
    }

    @Test
    void refusesStepLabelsWithoutABag() {
        assertThatThrownBy(() -> trained(Tables.signs(20, 1), "-aux-steps 1"))
                .hasMessage(
                        "Option -aux-steps names attributes inside of a relational attribute, but '1' was given for a"
                                + " table without one: leave it out.");
    }
}
