package weka.classifiers.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import weka.core.Instance;
import weka.core.Instances;
import weka.core.Utils;

/** What training does for rows it does for sequences. */
@Tag("slow")
class GatedNetworkSequenceTrainingTest {

    private static GatedNetwork trained(Instances table, String options) throws Exception {
        GatedNetwork network = Tables.quick(Utils.splitOptions(options));
        network.buildClassifier(table);
        return network;
    }

    @Test
    void theSameSeedGivesTheSameModel() throws Exception {
        Instances table = Bags.order(60, 1);

        assertThat(trained(table, "-dropout 0.2").distributionsForInstances(table))
                .isDeepEqualTo(trained(table, "-dropout 0.2").distributionsForInstances(table));
    }

    @ParameterizedTest
    @ValueSource(strings = {"CONVOLUTION", "RECURRENT"})
    void fiveEpochsAndFiveMoreGiveWhatTenGive(String kind) throws Exception {
        Instances table = Bags.order(60, 1);
        String options = "-resume -aux-steps 2 -sequence " + kind;
        GatedNetwork whole = trained(table, "-epochs 10 " + options);
        GatedNetwork parts = trained(table, "-epochs 5 " + options);

        parts.initializeClassifier(table);
        while (parts.next()) {
            // One epoch a turn.
        }
        parts.done();

        double[][] expected = whole.distributionsForInstances(table);
        double[][] actual = parts.distributionsForInstances(table);
        for (int i = 0; i < table.size(); i++) {
            assertThat(actual[i]).containsExactly(expected[i], within(1e-5));
        }
    }

    @Test
    void keepsTheBestEpochOnHeldOutRows() throws Exception {
        GatedNetwork network = trained(
                Bags.order(100, 1), "-epochs 200 -learning-rate 0.1 -validation 30 -patience 3 -sequence RECURRENT");

        assertThat(network.toString()).containsPattern("Epochs: +\\d{1,2} of 200 run, parameters of epoch \\d+ kept");
    }

    @Test
    void aRowThatWeighsNothingIsNotLearned() throws Exception {
        Instances table = Bags.unmarked(120, 1);
        Instances weighted = new Instances(table);
        Instances wrong = Bags.unmarked(120, 3);
        for (Instance row : wrong) {
            double[][] steps =
                    row.relationalValue(1).stream().map(Instance::toDoubleArray).toArray(double[][]::new);
            Bags.add(weighted, row.value(0), steps, 1 - (int) row.classValue()).setWeight(1e-9);
        }

        GatedNetwork network = trained(weighted, "-epochs 40 -learning-rate 0.01 -sequence CONVOLUTION");

        assertThat(Sequences.accuracy(network, Bags.unmarked(200, 2))).isGreaterThan(85);
    }

    @Test
    void classWeightsMoveTheAnswerToTheHeavyLabel() throws Exception {
        Instances table = Bags.unmarked(100, 1);
        for (int i = 0; i < table.size(); i++) {
            table.get(i).setClassValue(i % 2);
        }
        double up = 0;
        for (double[] row : trained(table, "-class-weights 1,20 -epochs 10").distributionsForInstances(table)) {
            up += row[1] / table.size();
        }

        assertThat(up).isGreaterThan(0.7);
    }

    @Test
    void drawsBlocksOverTheStepsAndBlocksThatJoin() throws Exception {
        for (String kind : new String[] {"CONVOLUTION", "RECURRENT", "ATTENTION"}) {
            assertThat(trained(Bags.order(30, 1), "-sequence " + kind).graph())
                    .contains("steps of bag (4)", "mean and maximum of bag", "columns (1)", "block 4", "output (2)");
        }
    }

    @Test
    void theReportMeasuresOverTime() throws Exception {
        GatedNetwork network = trained(Bags.order(60, 1), "-sequence CONVOLUTION");

        assertThat(network.depthReport().toString()).contains("Over time", "steps");
        assertThat(network.toString()).doesNotContain("-early-exit 0.9", "ry -depth");
    }
}
