package org.gatedepth.weka.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.gatedepth.weka.options.AuxiliaryHeads;
import org.gatedepth.weka.table.ClassWeights;
import org.gatedepth.weka.table.InputOptions;
import org.gatedepth.weka.table.NumberEmbedding;
import org.gatedepth.weka.table.Rows;
import org.gatedepth.weka.table.Scaling;
import org.gatedepth.weka.table.TableEncoder;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.dataset.MultiDataSet;
import weka.core.Attribute;
import weka.core.DenseInstance;
import weka.core.Instances;

/** The rows on which a report is measured. */
class ReportRowsTest {

    private static final AuxiliaryHeads HEADS = new AuxiliaryHeads(
            List.of(2),
            List.of(),
            List.of(new AuxiliaryHeads.Place("head1", 1, 0), new AuxiliaryHeads.Place("aux1", 1, 1)));

    /** Rows of their number, the class (the number's parity), and an auxiliary number that every fifth row lacks. */
    private static Rows rows(int count) {
        Instances table = new Instances(
                "table",
                new ArrayList<>(List.of(
                        new Attribute("number"), new Attribute("class", List.of("even", "odd")), new Attribute("aux"))),
                0);
        table.setClassIndex(1);
        for (int i = 0; i < count; i++) {
            table.add(new DenseInstance(1 + i % 2, new double[] {i, i % 2, i % 5 == 0 ? Double.NaN : i}));
        }
        return TableEncoder.fit(
                        table,
                        HEADS.attributes(),
                        new InputOptions(Scaling.STANDARDISE, NumberEmbedding.NONE, ClassWeights.NONE, 100))
                .rows(table);
    }

    @Test
    void areAllOfASmallTable() {
        MultiDataSet data = ReportRows.of(rows(20), false, HEADS, 1, 1).data();

        assertThat(data.getFeatures(0).shape()).containsExactly(20, 1);
        assertThat(Arrays.stream(data.getLabels()).map(labels -> labels.size(1)))
                .as("the output, the head on the class, the auxiliary head")
                .containsExactly(2L, 2L, 1L);
    }

    @Test
    void areFiveHundredOfALargeTable() {
        MultiDataSet data = ReportRows.of(rows(1234), false, HEADS, 1, 1).data();

        assertThat(data.getFeatures(0).toFloatVector()).hasSize(500).doesNotHaveDuplicates();
    }

    @Test
    void areDrawnByTheSeed() {
        Rows rows = rows(1234);

        assertThat(ReportRows.of(rows, false, HEADS, 1, 1).data().getFeatures(0))
                .isEqualTo(ReportRows.of(rows, false, HEADS, 1, 1).data().getFeatures(0))
                .isNotEqualTo(ReportRows.of(rows, false, HEADS, 2, 1).data().getFeatures(0));
    }

    @Test
    void maskLabelsThatAreMissingAndCountOthersOnce() {
        MultiDataSet data = ReportRows.of(rows(10), false, HEADS, 1, 1).data();

        assertThat(data.getLabelsMaskArray(0)).isNull();
        assertThat(data.getLabelsMaskArray(1)).isNull();
        assertThat(data.getLabelsMaskArray(2).toFloatVector()).containsExactly(0, 1, 1, 1, 1, 0, 1, 1, 1, 1);
    }

    @Test
    void haveNoMasksWhereNoLabelIsMissing() {
        assertThat(ReportRows.of(rows(10), false, new AuxiliaryHeads(List.of(2), List.of(), List.of()), 1, 1)
                        .data()
                        .hasMaskArrays())
                .isFalse();
    }
}
