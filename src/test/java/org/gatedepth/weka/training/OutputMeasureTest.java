package org.gatedepth.weka.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.gatedepth.weka.model.OutputFigure;
import org.gatedepth.weka.table.EncodedTarget;
import org.gatedepth.weka.table.TargetColumn;
import org.gatedepth.weka.table.WeightedMean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OutputMeasureTest {

    private static final TargetColumn NOMINAL = new TargetColumn("n", 0, 2, 0, 1);

    private static final double[][] PREDICTED = {{0.9, 0.1}, {0.2, 0.8}, {0.6, 0.4}};

    private static final float[][] WANTED = {{1, 0}, {0, 1}, {0, 1}};

    private static @Nullable Double value(TargetColumn column, double[][] predicted, EncodedTarget wanted) {
        WeightedMean score = new WeightedMean();
        OutputMeasure.add(score, column, predicted, wanted);
        return OutputMeasure.value(column, score);
    }

    @Test
    void countsRightLabelsByWeight() {
        EncodedTarget wanted = new EncodedTarget(WANTED, new float[] {1, 1, 2});

        assertThat(value(NOMINAL, PREDICTED, wanted)).isEqualTo(0.5);
    }

    @Test
    void leavesOutRowsWithMissingValue() {
        EncodedTarget wanted = new EncodedTarget(new float[][] {{1, 0}, {0, 1}, {0, 0}}, new float[] {1, 1, 0});

        assertThat(value(NOMINAL, PREDICTED, wanted)).isEqualTo(1);
    }

    @Test
    void givesErrorInUnitsOfTheAttribute() {
        TargetColumn numeric = new TargetColumn("x", 0, null, 1000, 10);
        EncodedTarget wanted = new EncodedTarget(new float[][] {{0}, {1}, {0}}, new float[] {1, 1, 0});

        Double error = value(numeric, new double[][] {{3}, {-3}, {99}}, wanted);

        assertThat(error).isCloseTo(10 * Math.sqrt((9 + 16) / 2.0), within(1e-9));
    }

    @Test
    void hasNoFigureWithoutValues() {
        EncodedTarget wanted = new EncodedTarget(WANTED, new float[3]);

        OutputFigure figure = new OutputFigure("n", true, 2, value(NOMINAL, PREDICTED, wanted), null);

        assertThat(figure.describe()).isEqualTo("no row has a value (n)");
    }
}
