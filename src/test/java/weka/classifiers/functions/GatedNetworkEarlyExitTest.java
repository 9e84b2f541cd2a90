package weka.classifiers.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import weka.core.Instances;
import weka.core.SerializationHelper;
import weka.core.Utils;

class GatedNetworkEarlyExitTest {

    private static final String OPTIONS = "-depth 4 -aux-every 1 -learning-rate 0.02";

    private final Instances table = Tables.signs(200, 1);
    private GatedNetwork full;

    @BeforeEach
    void build() throws Exception {
        full = trained("");
    }

    private GatedNetwork trained(String options) throws Exception {
        return trained(20, options);
    }

    private GatedNetwork trained(int epochs, String options) throws Exception {
        GatedNetwork network = Tables.quick(Utils.splitOptions(OPTIONS + " " + options));
        network.setEpochs(epochs);
        network.buildClassifier(table);
        return network;
    }

    /** The percentages of the rows that leave, head by head. */
    private static double[] shares(GatedNetwork network) {
        Matcher share = Pattern.compile(", ([0-9.]+)% of the rows leave").matcher(network.toString());
        List<Double> shares = new ArrayList<>();
        while (share.find()) {
            shares.add(Double.valueOf(share.group(1)));
        }
        return shares.stream().mapToDouble(Double::doubleValue).toArray();
    }

    // Single precision rounds some probabilities to 1; after one epoch none is close.
    @Test
    void predictsAsTheWholeNetworkWhenNoHeadIsSureEnough() throws Exception {
        full = trained(1, "");
        GatedNetwork network = trained(1, "-early-exit 1");

        double[][] expected = full.distributionsForInstances(table);
        double[][] actual = network.distributionsForInstances(table);
        for (int i = 0; i < expected.length; i++) {
            assertThat(actual[i]).containsExactly(expected[i], within(1e-6));
        }
        assertThat(shares(network)).containsExactly(0, 0, 0, 100);
    }

    @Test
    void predictsAsTheFirstHeadWhenItIsAlwaysSureEnough() throws Exception {
        GatedNetwork network = trained("-early-exit 0.5");

        assertThat(shares(network)).containsExactly(100, 0, 0, 0);
        assertThat(network.toString()).containsPattern("after block 1: +accuracy");
        Matcher accuracy =
                Pattern.compile("after block 1: +accuracy ([0-9.]+)%").matcher(network.toString());
        assertThat(accuracy.find()).isTrue();
        double right = 0;
        for (int i = 0; i < table.size(); i++) {
            right += network.classifyInstance(table.get(i)) == table.get(i).classValue() ? 1 : 0;
        }
        assertThat(Double.parseDouble(accuracy.group(1))).isCloseTo(100 * right / table.size(), within(0.005));
    }

    @Test
    void letsRowsLeaveWhereTheyAreSure() throws Exception {
        GatedNetwork network = trained("-early-exit 0.8");

        double[][] whole = full.distributionsForInstances(table);
        double[][] early = network.distributionsForInstances(table);
        int toTheEnd = 0;
        for (int i = 0; i < table.size(); i++) {
            if (Math.abs(early[i][0] - whole[i][0]) < 1e-6) {
                toTheEnd++;
            } else {
                assertThat(Arrays.stream(early[i]).max().orElseThrow()).isGreaterThanOrEqualTo(0.8 - 1e-6);
            }
        }
        double[] shares = shares(network);
        assertThat(Arrays.stream(shares).sum()).isCloseTo(100, within(0.2));
        assertThat(shares[3])
                .isCloseTo(100.0 * toTheEnd / table.size(), within(0.05))
                .isBetween(1.0, 99.0);
    }

    @Test
    void predictsTheSameOneByOneAndInABatch() throws Exception {
        GatedNetwork network = trained("-early-exit 0.8");

        double[][] batch = network.distributionsForInstances(table);

        for (int i = 0; i < table.size(); i++) {
            assertThat(network.distributionForInstance(table.get(i))).containsExactly(batch[i], within(1e-6));
        }
    }

    @Test
    void predictsEmptyBatch() throws Exception {
        assertThat(trained("-early-exit 0.8").distributionsForInstances(new Instances(table, 0)))
                .isEmpty();
    }

    @Test
    void leavesAtHeadsOnTheClassOnly() throws Exception {
        Instances related = Tables.related(100, 1);
        GatedNetwork network = Tables.quick(
                Utils.splitOptions("-depth 3 -aux-every 2 -aux-attributes 2,4 -aux-depth 1 -early-exit 0.5"));

        network.buildClassifier(related);

        assertThat(network.toString()).containsPattern("after block 1: +root mean squared error [0-9.]+ \\(\\w+\\)\n");
        assertThat(network.toString()).containsPattern("after block 1: +accuracy [0-9.]+% \\(sign\\)\n");
        assertThat(shares(network)).containsExactly(100, 0);
        assertThat(network.distributionsForInstances(related)).hasDimensions(100, 2);
    }

    @Test
    void countsTheValidationRows() throws Exception {
        GatedNetwork network = trained("-early-exit 0.5 -validation 25");

        assertThat(network.toString()).contains("on the 50 validation rows");
        assertThat(shares(network)).containsExactly(100, 0, 0, 0);
    }

    @Test
    void predictsTheSameFromAModelFile(@TempDir Path folder) throws Exception {
        GatedNetwork network = trained("-early-exit 0.8");
        String file = folder.resolve("network.model").toString();
        SerializationHelper.write(file, network);

        double[][] wholeNetwork = full.distributionsForInstances(table);
        GatedNetwork loaded = (GatedNetwork) SerializationHelper.read(file);

        assertThat(loaded.distributionsForInstances(table)).isDeepEqualTo(network.distributionsForInstances(table));
        assertThat(loaded.distributionsForInstances(table))
                .matches(early -> !Arrays.deepEquals(early, wholeNetwork), "left early");
        assertThat(loaded).hasToString(network.toString());
    }
}
