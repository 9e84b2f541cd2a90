package weka.classifiers.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import weka.core.Attribute;
import weka.core.DenseInstance;
import weka.core.Instance;
import weka.core.Instances;
import weka.core.Utils;

/** Runs of numeric attributes as the steps of a series. */
@Tag("slow")
class GatedNetworkSeriesTest {

    private static final int STEPS = 20;

    /** Two channels of 20 steps; the class is which of them has its bump first. */
    private static Instances table(int rows, long seed) {
        ArrayList<Attribute> attributes = new ArrayList<>();
        for (String channel : List.of("a", "b")) {
            for (int t = 1; t <= STEPS; t++) {
                attributes.add(new Attribute(channel + t));
            }
        }
        attributes.add(new Attribute("class", List.of("a", "b")));
        Instances table = new Instances("series", attributes, 0);
        table.setClassIndex(2 * STEPS);
        Random random = new Random(seed);
        for (int i = 0; i < rows; i++) {
            double[] row = new double[2 * STEPS + 1];
            for (int k = 0; k < 2 * STEPS; k++) {
                row[k] = 0.3 * random.nextGaussian();
            }
            int first = random.nextInt(STEPS - 4);
            int second = first + 2 + random.nextInt(STEPS - first - 2);
            int label = random.nextInt(2);
            row[label * STEPS + first] += 3;
            row[(1 - label) * STEPS + second] += 3;
            row[2 * STEPS] = label;
            table.add(new DenseInstance(1, row));
        }
        return table;
    }

    private static GatedNetwork trained(Instances table, String options) throws Exception {
        GatedNetwork network = Tables.quick(Utils.splitOptions(options));
        network.buildClassifier(table);
        return network;
    }

    @Test
    void learnsWhichChannelIsFirst() throws Exception {
        GatedNetwork network =
                trained(table(300, 1), "-time-series 1-20;21-40 -epochs 40 -learning-rate 0.01 -sequence CONVOLUTION");

        assertThat(Sequences.accuracy(network, table(200, 2))).isGreaterThan(90);
        assertThat(network.toString()).containsPattern("Network: +2 inputs,");
    }

    @Test
    void stepsThatAreMissingAtTheEndDoNotCount() throws Exception {
        Instances table = table(60, 1);
        GatedNetwork network = trained(table, "-time-series 1-20;21-40 -sequence CONVOLUTION");
        Instance shorter = table.get(0);
        for (int t = STEPS - 5; t < STEPS; t++) {
            shorter.setMissing(t);
            shorter.setMissing(STEPS + t);
        }

        double[] alone = network.distributionForInstance(shorter);
        double[] besideOthers = network.distributionsForInstances(table)[0];

        assertThat(besideOthers).containsExactly(alone, within(1e-5));
    }

    @Test
    void attributesBesideTheSeriesStayColumns() throws Exception {
        GatedNetwork network = trained(table(40, 1), "-time-series 1-20");

        assertThat(network.toString()).containsPattern("Network: +21 inputs,");
    }

    @Test
    void refusesAnEarlyExit() {
        assertThatThrownBy(() -> trained(table(20, 1), "-time-series 1-20 -aux-every 1 -early-exit 0.9"))
                .hasMessage("Option -early-exit is for tables without sequences, but 0.9 was given: leave it out.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1-41 | Option -time-series must not name the class, but '1-41' names attribute 41, 'class': leave it"
                        + " out.",
                "1-50 | Option -time-series must name attributes from 1 to 41, as many as the table has, but '1-50' was"
                        + " given.",
                "1-20;21-39 | Option -time-series must name as many attributes for each channel, but '21-39' names 19"
                        + " and the first channel 20.",
                "1-20;20-39 | Option -time-series must name each attribute once, and none that is auxiliary, but"
                        + " '20-39'"
                        + " names attribute 20, 'a20' again: leave it out.",
                "7 | Option -time-series must name at least 2 attributes for each channel, but '7' names one: give a"
                        + " range such as 1-60."
            })
    void refusesARangeThatIsNoSeries(String range, String sentence) {
        assertThatThrownBy(() -> trained(table(20, 1), "-time-series " + range)).hasMessage(sentence);
    }
}
