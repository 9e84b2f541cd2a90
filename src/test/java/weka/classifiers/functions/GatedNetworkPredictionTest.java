package weka.classifiers.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import org.gatedepth.block.Connection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import weka.core.DenseInstance;
import weka.core.Instance;
import weka.core.Instances;

class GatedNetworkPredictionTest {

    @ParameterizedTest
    @ValueSource(strings = {"iris", "labor", "cpu"})
    void predictsTheSameOneByOneAndInABatch(String name) throws Exception {
        Instances table = Tables.example(name);
        GatedNetwork network = Tables.quick();
        network.buildClassifier(table);

        double[][] batch = network.distributionsForInstances(table);

        double unit = table.classAttribute().isNominal() ? 1 : Math.sqrt(table.variance(table.classIndex()));
        for (int i = 0; i < table.size(); i++) {
            assertThat(network.distributionForInstance(table.get(i))).containsExactly(batch[i], within(1e-6 * unit));
        }
    }

    @Test
    void predictsBatchesOfManyChunks() throws Exception {
        Instances table = Tables.signs(2500, 1);
        GatedNetwork network = Tables.quick("-epochs", "1");
        network.buildClassifier(table);

        double[][] batch = network.distributionsForInstances(table);

        assertThat(batch).hasDimensions(2500, 2);
        assertThat(network.distributionForInstance(table.get(2499))).containsExactly(batch[2499], within(1e-6));
        assertThat(network.distributionForInstance(table.get(1024))).containsExactly(batch[1024], within(1e-6));
    }

    @Test
    void predictsEmptyBatch() throws Exception {
        Instances table = Tables.signs(10, 1);
        GatedNetwork network = Tables.quick();
        network.buildClassifier(table);

        assertThat(network.distributionsForInstances(new Instances(table, 0))).isEmpty();
    }

    @Test
    void predictsRowWithoutTable() throws Exception {
        Instances table = Tables.signs(10, 1);
        GatedNetwork network = Tables.quick();
        network.buildClassifier(table);
        Instance row = new DenseInstance(1, table.get(0).toDoubleArray());

        assertThat(network.distributionForInstance(row)).isEqualTo(network.distributionForInstance(table.get(0)));
    }

    @ParameterizedTest
    @EnumSource(Connection.class)
    void buildsTheSameModelFromTheSameSeed(Connection connection) throws Exception {
        Instances table = Tables.signs(50, 1);
        String[] options = {"-connection", connection.name(), "-dropout", "0.2", "-validation", "20", "-S", "5"};
        GatedNetwork first = Tables.quick(options.clone());
        GatedNetwork second = Tables.quick(options.clone());

        first.buildClassifier(table);
        second.buildClassifier(table);

        assertThat(second.distributionsForInstances(table)).isDeepEqualTo(first.distributionsForInstances(table));
    }

    @Test
    void buildsTheSameModelTwice() throws Exception {
        Instances table = Tables.signs(50, 1);
        GatedNetwork network = Tables.quick("-dropout", "0.2");
        network.buildClassifier(table);
        double[][] first = network.distributionsForInstances(table);

        network.buildClassifier(table);

        assertThat(network.distributionsForInstances(table)).isDeepEqualTo(first);
    }

    @Test
    void buildsAnotherModelFromAnotherSeed() throws Exception {
        Instances table = Tables.signs(50, 1);
        GatedNetwork first = Tables.quick("-S", "1");
        GatedNetwork second = Tables.quick("-S", "2");

        first.buildClassifier(table);
        second.buildClassifier(table);

        assertThat(second.distributionForInstance(table.get(0)))
                .isNotEqualTo(first.distributionForInstance(table.get(0)));
    }

    @Test
    void saysThatThereIsNoModelYet() {
        GatedNetwork network = new GatedNetwork();

        assertThat(network).hasToString("GatedNetwork: no model built yet.");
        assertThatIllegalStateException()
                .isThrownBy(
                        () -> network.distributionForInstance(Tables.signs(1, 1).get(0)))
                .withMessage("No model built yet: train the network before it predicts.");
    }

    @Test
    void describesTheModel() throws Exception {
        GatedNetwork network = Tables.quick("-validation", "20", "-patience", "0");

        network.buildClassifier(Tables.signs(50, 1));

        assertThat(network.toString())
                .contains("2 inputs, 2 HIGHWAY blocks of 8 units, 2 outputs")
                .contains("Initial gate bias: -1.00 (by the depth)")
                .contains("40 for training, 10 for validation")
                .contains("3 of 3 run")
                .containsPattern("Training loss: +0\\.\\d{4} \\(cross-entropy\\)")
                .containsPattern("Validation loss: +0\\.\\d{4} \\(cross-entropy\\)")
                .contains("-mini-batch 32");
    }
}
