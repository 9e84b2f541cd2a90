package org.gatedepth.weka.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.gatedepth.dl4j.GatedNetworks;
import org.gatedepth.dl4j.NetworkSpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class RowWeightsTest {

    private final float[][] inputs = random(4, 3);

    private static float[][] random(int rows, int columns) {
        Random random = new Random(7);
        float[][] values = new float[rows][columns];
        for (float[] row : values) {
            for (int i = 0; i < columns; i++) {
                row[i] = (float) random.nextGaussian();
            }
        }
        return values;
    }

    private float[] gradient(NetworkSpec.Task task, int[] rows, float @Nullable [] weights) {
        NetworkSpec spec = task == NetworkSpec.Task.CLASSIFICATION
                ? NetworkSpec.classification(3, 2)
                : NetworkSpec.regression(3, 2);
        ComputationGraph network = new ComputationGraph(GatedNetworks.configuration(spec.withSize(3, 5)));
        network.init();
        float[][] x = new float[rows.length][];
        float[][] y = new float[rows.length][];
        for (int i = 0; i < rows.length; i++) {
            x[i] = inputs[rows[i]];
            y[i] = rows[i] % 2 == 0 ? new float[] {1, 0} : new float[] {0, 1};
        }
        network.setInputs(Nd4j.createFromArray(x));
        network.setLabels(Nd4j.createFromArray(y));
        if (weights != null) {
            RowWeights rowWeights = new RowWeights(network);
            rowWeights.install();
            rowWeights.set(Nd4j.createFromArray(weights).reshape(weights.length, 1));
        }
        network.computeGradientAndScore();
        return network.gradient().gradient().toFloatVector();
    }

    @ParameterizedTest
    @EnumSource(NetworkSpec.Task.class)
    void givesRowOfWeightThreeTheGradientOfThreeRows(NetworkSpec.Task task) {
        float[] weighted = gradient(task, new int[] {0, 1}, new float[] {3, 1});

        float[] repeated = gradient(task, new int[] {0, 0, 0, 1}, null);

        assertThat(weighted).containsExactly(repeated, within(1e-5f));
        assertThat(weighted).isNotEqualTo(new float[weighted.length]);
    }

    @ParameterizedTest
    @EnumSource(NetworkSpec.Task.class)
    void givesRowOfWeightZeroNoGradient(NetworkSpec.Task task) {
        float[] weighted = gradient(task, new int[] {2, 0, 1}, new float[] {0, 1, 1});

        float[] without = gradient(task, new int[] {0, 1}, null);

        assertThat(weighted).containsExactly(without, within(1e-6f));
    }

    // Canary: when this fails, the label mask of DL4J can take the place of RowWeights.
    @Test
    void labelMaskOfDl4jStillScalesThePreActivationsToo() {
        ComputationGraph network = new ComputationGraph(
                GatedNetworks.configuration(NetworkSpec.classification(3, 2).withSize(1, 5)));
        network.init();
        INDArray input = Nd4j.createFromArray(inputs);
        INDArray mask = Nd4j.createFromArray(3f, 3f, 3f, 3f).reshape(4, 1);

        INDArray plain = network.output(false, new INDArray[] {input}, null, null)[0];
        INDArray masked = network.output(false, new INDArray[] {input}, null, new INDArray[] {mask})[0];

        assertThat(masked.div(3).equalsWithEps(plain, 1e-3)).isFalse();
    }

    @Test
    void givesTheNetworkItsLossBack() {
        ComputationGraph network = new ComputationGraph(GatedNetworks.configuration(NetworkSpec.classification(3, 2)));
        network.init();
        String before = network.getConfiguration().toJson();

        RowWeights rowWeights = new RowWeights(network);
        rowWeights.install();
        rowWeights.uninstall();

        assertThat(network.getConfiguration().toJson()).isEqualTo(before);
    }
}
