package org.gatedepth.weka.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.gatedepth.weka.training.Trained;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import weka.core.Attribute;
import weka.core.DenseInstance;
import weka.core.Instance;
import weka.core.Instances;

class ClassWeightsTest {

    private static final Attribute LABELS = new Attribute("class", List.of("often", "rare", "never"));

    private static Instances table(Attribute classAttribute) {
        Instances table = new Instances("table", new ArrayList<>(List.of(new Attribute("a"), classAttribute)), 0);
        table.setClassIndex(1);
        return table;
    }

    /** Three rows of one label, and one of another that weighs twice as much. */
    private static Instances unbalanced() {
        Instances table = table(LABELS);
        for (int i = 0; i < 3; i++) {
            table.add(new DenseInstance(1, new double[] {i, 0}));
        }
        table.add(new DenseInstance(2, new double[] {9, 1}));
        return table;
    }

    private static double[] weights(String option) {
        return UsableRows.of(unbalanced(), List.of(), ClassWeights.of(option)).stream()
                .mapToDouble(Instance::weight)
                .toArray();
    }

    @Test
    void balancedGivesAllLabelsTheSameWeight() {
        assertThat(weights("balanced")).containsExactly(new double[] {2 / 3.0, 2 / 3.0, 2 / 3.0, 2}, within(1e-12));
    }

    @Test
    void numbersMultiplyTheWeightsOfTheirLabels() {
        assertThat(weights("1, 3,7"))
                .containsExactly(new double[] {4 / 9.0, 4 / 9.0, 4 / 9.0, 24 / 9.0}, within(1e-12));
    }

    @Test
    void zeroLeavesTheRowsOfItsLabelOut() {
        assertThat(weights("1,0,1")).containsExactly(1, 1, 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "", " NONE "})
    void noneKeepsTheWeights(String option) {
        assertThat(weights(option)).containsExactly(new double[] {.8, .8, .8, 1.6}, within(1e-12));
    }

    @Test
    void leavesTheTableAsItIs() {
        Instances table = unbalanced();

        UsableRows.of(table, List.of(), ClassWeights.BALANCED);

        assertThat(table.stream().mapToDouble(Instance::weight)).containsExactly(1.0, 1.0, 1.0, 2.0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1,-1", "1,NaN", "1,Infinity", "1,,2", "even", "1;2"})
    void refusesWhatIsNoWeight(String option) {
        assertThatThrownBy(() -> ClassWeights.of(option))
                .hasMessageStartingWith(
                        "Option -class-weights must be 'none', 'balanced', or finite numbers of at least 0"
                                + " separated by commas, one for each label of the class, but ");
    }

    @Test
    void refusesAnotherNumberOfWeightsThanLabels() {
        assertThatThrownBy(() -> weights("1,2"))
                .hasMessage("Option -class-weights needs one number for each of the 3 labels of the class 'class', but"
                        + " '1.0,2.0' was given, which is 2.");
    }

    @Test
    void refusesNumericClass() {
        Instances table = table(new Attribute("class"));
        table.add(new DenseInstance(1, new double[] {1, 2}));

        assertThatThrownBy(() -> UsableRows.of(table, List.of(), ClassWeights.BALANCED))
                .hasMessage(
                        "Option -class-weights needs a nominal class, whose labels it weighs, but 'balanced' was given"
                                + " for the numeric class 'class': leave -class-weights out.");
    }

    @Test
    void balancedRaisesTheRecallOfTheRareLabel() throws Exception {
        double without = recall(ClassWeights.NONE);
        double with = recall(ClassWeights.BALANCED);

        assertThat(without).isLessThan(0.3);
        assertThat(with).isGreaterThan(0.6);
    }

    /** The recall of a label that one row in twenty has, and which overlaps with the other. */
    private static double recall(ClassWeights classWeights) throws Exception {
        Random random = new Random(1);
        Instances table = table(LABELS);
        for (int i = 0; i < 400; i++) {
            boolean rare = i % 20 == 0;
            table.add(new DenseInstance(1, new double[] {random.nextGaussian() + (rare ? 1.5 : 0), rare ? 1 : 0}));
        }
        double[][] said = Trained.model(
                        table, new InputOptions(Scaling.STANDARDISE, NumberEmbedding.NONE, classWeights, 100))
                .predict(table, 1);
        double found = 0;
        for (int i = 0; i < said.length; i += 20) {
            found += said[i][1] > said[i][0] ? 1 : 0;
        }
        return found / 20;
    }
}
