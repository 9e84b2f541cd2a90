package org.gatedepth.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.gatedepth.testing.Arrays.assertClose;
import static org.gatedepth.testing.Arrays.normal;
import static org.gatedepth.testing.Arrays.row;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.deeplearning4j.datasets.iterator.IteratorMultiDataSetIterator;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.gatedepth.loss.Head;
import org.gatedepth.loss.Loss;
import org.gatedepth.testing.DoublePrecision;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.dataset.adapter.MultiDataSetIteratorAdapter;
import org.nd4j.linalg.dataset.api.MultiDataSetPreProcessor;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

@ExtendWith(DoublePrecision.class)
class AuxiliaryLabelsTest {
    private static final double NAN = Double.NaN;

    /** Columns 0 to 2 and column 3, for three outputs. */
    private static final AuxiliaryLabels LABELS = new AuxiliaryLabels.Builder()
            .columns("class", 0, 3)
            .columns("number", 3, 4)
            .outputs("class", "number", "class")
            .build();

    private static INDArray rows(double[]... rows) {
        return Nd4j.create(rows).castTo(DataType.DOUBLE);
    }

    private static INDArray column(double... values) {
        return row(values).transpose();
    }

    private static MultiDataSet data(INDArray labels, @Nullable INDArray mask) {
        return new MultiDataSet(
                new INDArray[] {normal(1, labels.size(0), 5)},
                new INDArray[] {labels},
                null,
                mask == null ? null : new INDArray[] {mask});
    }

    private static MultiDataSet preProcessed(MultiDataSetPreProcessor labels, MultiDataSet data) {
        labels.preProcess(data);
        return data;
    }

    private static INDArray mask(MultiDataSet data, int output) {
        return Objects.requireNonNull(data.getLabelsMaskArray(output));
    }

    @Test
    void eachOutputGetsTheColumnsOfItsTarget() {
        MultiDataSet data =
                preProcessed(LABELS, data(rows(new double[] {1, 2, 3, 4}, new double[] {5, 6, 7, 8}), null));
        assertThat(data.numLabelsArrays()).isEqualTo(3);
        assertClose(data.getLabels(0), rows(new double[] {1, 2, 3}, new double[] {5, 6, 7}), 0);
        assertClose(data.getLabels(1), column(4, 8), 0);
        assertClose(data.getLabels(2), rows(new double[] {1, 2, 3}, new double[] {5, 6, 7}), 0);
    }

    @Test
    void thereIsNoMaskWhereNothingIsMissing() {
        assertThat(preProcessed(LABELS, data(normal(1, 2, 4), null)).getLabelsMaskArrays())
                .isNull();
    }

    @Test
    void theFeaturesStayAsTheyAre() {
        MultiDataSet data = preProcessed(LABELS, data(normal(1, 2, 4), null));
        assertClose(data.getFeatures(0), normal(1, 2, 5), 0);
    }

    @Test
    void oneRowStaysAMatrix() {
        MultiDataSet data = preProcessed(LABELS, data(row(1, 2, 3, NAN), null));
        assertClose(data.getLabels(0), row(1, 2, 3), 0);
        assertClose(data.getLabels(1), row(0), 0);
        assertClose(mask(data, 1), row(0), 0);
    }

    @Test
    void aMissingLabelTakesItsRowFromItsTargetAlone() {
        MultiDataSet data = preProcessed(
                LABELS,
                data(rows(new double[] {1, NAN, 3, 4}, new double[] {5, 6, 7, NAN}, new double[] {1, 2, 3, 4}), null));
        assertClose(data.getLabels(0), rows(new double[] {0, 0, 0}, new double[] {5, 6, 7}, new double[] {1, 2, 3}), 0);
        assertClose(mask(data, 0), column(0, 1, 1), 0);
        assertClose(data.getLabels(1), column(4, 0, 4), 0);
        assertClose(mask(data, 1), column(1, 0, 1), 0);
        assertClose(mask(data, 2), column(0, 1, 1), 0);
    }

    @Test
    void onlyTheOutputsThatMissALabelGetAMask() {
        MultiDataSet data =
                preProcessed(LABELS, data(rows(new double[] {1, 2, 3, NAN}, new double[] {5, 6, 7, 8}), null));
        assertThat(data.getLabelsMaskArray(0)).isNull();
        assertClose(mask(data, 1), column(0, 1), 0);
        assertThat(data.getLabelsMaskArray(2)).isNull();
    }

    @Test
    void weightsOfExamplesHoldForEveryOutput() {
        MultiDataSet data = preProcessed(
                LABELS, data(rows(new double[] {1, 2, 3, NAN}, new double[] {5, 6, 7, 8}), column(0.5, 2)));
        assertClose(mask(data, 0), column(0.5, 2), 0);
        assertClose(mask(data, 1), column(0, 2), 0);
        assertClose(mask(data, 2), column(0.5, 2), 0);
    }

    @Test
    void weightsOfLabelsGoWithTheirColumns() {
        MultiDataSet data = preProcessed(
                LABELS,
                data(
                        rows(new double[] {1, NAN, 3, 4}, new double[] {5, 6, 7, 8}),
                        rows(new double[] {0.1, 0.2, 0.3, 0.4}, new double[] {0.5, 0.6, 0.7, 0.8})));
        assertClose(mask(data, 0), rows(new double[] {0, 0, 0}, new double[] {0.5, 0.6, 0.7}), 0);
        assertClose(mask(data, 1), column(0.4, 0.8), 0);
    }

    @Test
    void whatWasGivenIsNotChanged() {
        INDArray labels = rows(new double[] {1, NAN, 3, 4}, new double[] {5, 6, 7, NAN});
        INDArray mask = column(0.5, 2);
        preProcessed(LABELS, data(labels, mask));
        assertThat(labels.data().asDouble()).containsExactly(1, NAN, 3, 4, 5, 6, 7, NAN);
        assertClose(mask, column(0.5, 2), 0);
    }

    @Test
    void labelsKeepTheirType() {
        for (DataType type : new DataType[] {DataType.FLOAT, DataType.INT32, DataType.INT64}) {
            MultiDataSet data =
                    preProcessed(LABELS, data(rows(new double[] {0, 1, 0, 7}).castTo(type), row(0.5)));
            assertThat(data.getLabels(0).dataType()).isEqualTo(type);
            assertClose(data.getLabels(1), row(7).castTo(type), 0);
            assertClose(mask(data, 0), row(0.5), 0);
        }
        MultiDataSet missing = preProcessed(LABELS, data(row(0, 1, 0, NAN).castTo(DataType.FLOAT), row(2)));
        assertClose(missing.getLabels(1), row(0).castTo(DataType.FLOAT), 0);
        assertClose(mask(missing, 1), row(0).castTo(DataType.FLOAT), 0);
    }

    @Test
    void aColumnMayBelongToTwoTargets() {
        AuxiliaryLabels overlapping = new AuxiliaryLabels.Builder()
                .columns("both", 0, 2)
                .columns("second", 1, 2)
                .outputs("second", "both")
                .build();
        MultiDataSet data = preProcessed(overlapping, data(rows(new double[] {1, 2}, new double[] {NAN, 4}), null));
        assertClose(data.getLabels(0), column(2, 4), 0);
        assertThat(data.getLabelsMaskArray(0)).isNull();
        assertClose(mask(data, 1), column(1, 0), 0);
    }

    @Test
    void sameGivesAllColumnsToEachOutput() {
        INDArray labels = rows(new double[] {1, 0}, new double[] {NAN, NAN});
        MultiDataSet data = preProcessed(AuxiliaryLabels.same(2), data(labels, null));
        assertThat(data.numLabelsArrays()).isEqualTo(2);
        for (int i = 0; i < 2; i++) {
            assertClose(data.getLabels(i), rows(new double[] {1, 0}, new double[] {0, 0}), 0);
            assertClose(mask(data, i), column(1, 0), 0);
        }
    }

    @Test
    void aDataSetThatComesAgainIsLeftAsItIs() {
        for (AuxiliaryLabels labels : new AuxiliaryLabels[] {
            LABELS,
            AuxiliaryLabels.same(3),
            AuxiliaryLabels.same(1),
            new AuxiliaryLabels.Builder()
                    .columns("number", 3, 4)
                    .outputs("number")
                    .build()
        }) {
            for (INDArray mask :
                    new INDArray[] {null, column(0.5, 2), normal(3, 2, 4).mul(normal(3, 2, 4))}) {
                MultiDataSet data = preProcessed(
                        labels, data(rows(new double[] {1, NAN, 3, 4}, new double[] {5, 6, 7, NAN}), mask));
                MultiDataSet once = data.copy();
                assertThat(preProcessed(labels, data)).isEqualTo(once);
            }
        }
    }

    /** Three classes with a head on a number, in column 3 of the labels. */
    private static ComputationGraph network() {
        ComputationGraph network = new ComputationGraph(GatedNetworks.configuration(NetworkSpec.classification(5, 3)
                .withSize(2, 4)
                .withUpdater(new Sgd(0.1))
                .withHeads(List.of(new AuxiliaryHead("number", 1, Head.of(Loss.squaredError(), 1))))));
        network.init();
        return network;
    }

    private static final AuxiliaryLabels TWO = new AuxiliaryLabels.Builder()
            .columns("class", 0, 3)
            .columns("number", 3, 4)
            .outputs("class", "number")
            .build();

    private static INDArray labels(double... numbers) {
        INDArray labels = Nd4j.zeros(DataType.DOUBLE, numbers.length, 4);
        for (int i = 0; i < numbers.length; i++) {
            labels.putScalar(i, i % 3, 1);
            labels.putScalar(i, 3, numbers[i]);
        }
        return labels;
    }

    @Test
    void trainsAGraphFromDataSetsForSeveralEpochs() {
        ComputationGraph network = network();
        List<DataSet> rows = new DataSet(normal(1, 6, 5), labels(1, 2, NAN, 4, 5, 6)).asList();
        MultiDataSetIteratorAdapter iterator = new MultiDataSetIteratorAdapter(new ListDataSetIterator<>(rows, 4));
        iterator.setPreProcessor(TWO);
        MultiDataSet all = preProcessed(TWO, data(labels(1, 2, NAN, 4, 5, 6), null));
        double before = network.score(all);
        network.fit(iterator, 20);
        assertThat(network.score(all)).isFinite().isLessThan(before);
    }

    @Test
    void trainsAGraphOnTheSameDataSetsInEveryEpoch() {
        ComputationGraph network = network();
        List<org.nd4j.linalg.dataset.api.MultiDataSet> batches =
                List.of(data(labels(1, 2, NAN, 4), null), data(labels(5, 6, 7, 8), null));
        MultiDataSet first = preProcessed(TWO, data(labels(1, 2, NAN, 4), null));
        double before = network.score(first);
        for (int epoch = 0; epoch < 20; epoch++) {
            // It hands out the objects of the list, and gives them to the pre-processor once more in each epoch.
            IteratorMultiDataSetIterator iterator = new IteratorMultiDataSetIterator(batches.iterator(), 4);
            iterator.setPreProcessor(TWO);
            network.fit(iterator);
        }
        assertThat(network.score(first)).isFinite().isLessThan(before);
    }

    @Test
    void aTargetThatIsMissingEverywhereTeachesItsHeadNothing() {
        ComputationGraph network = network();
        INDArray head = network.getLayer("number").params().dup();
        INDArray output = network.getLayer(GatedNetworks.OUTPUT).params().dup();
        network.fit(preProcessed(TWO, data(labels(NAN, NAN, NAN), null)));
        assertClose(network.getLayer("number").params(), head, 0);
        assertThat(network.getLayer(GatedNetworks.OUTPUT).params()).isNotEqualTo(output);
    }

    @Test
    void aRowWithoutItsLabelCountsAsOneThatIsNotThere() {
        // Of the sums of losses, which the score divides by the minibatch.
        ComputationGraph network = network();
        MultiDataSet missing = data(labels(1, NAN), null);
        MultiDataSet wrong = data(labels(1, 1e6), column(1, 0));
        missing.setLabelsMaskArray(new INDArray[] {column(1, 0)});
        assertThat(network.score(preProcessed(TWO, missing))).isEqualTo(network.score(preProcessed(TWO, wrong)));
    }

    @Test
    void survivesSerialization() throws IOException, ClassNotFoundException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(LABELS);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            MultiDataSet data = preProcessed((AuxiliaryLabels) in.readObject(), data(row(1, 2, 3, 4), null));
            assertClose(data.getLabels(1), row(4), 0);
        }
    }

    @Test
    void refusesLabelsThatAreNotOneMatrix() {
        INDArray two = normal(1, 2, 4);
        assertRefused(
                () -> LABELS.preProcess(new MultiDataSet(new INDArray[] {two}, new INDArray[] {two, two})),
                "auxiliary labels are columns of one label array [minibatch, columns], or [minibatch, columns, steps]"
                        + " for sequences, got 2 of shape [[2, 4], [2, 4]]");
        assertRefused(
                () -> LABELS.preProcess(data(normal(1, 2, 4, 3, 5), null)),
                "auxiliary labels are columns of one label array [minibatch, columns], or [minibatch, columns, steps]"
                        + " for sequences, got 1 of shape [[2, 4, 3, 5]]");
        assertRefused(
                () -> LABELS.preProcess(new MultiDataSet(new INDArray[] {two}, null)),
                "auxiliary labels are columns of one label array [minibatch, columns], or [minibatch, columns, steps]"
                        + " for sequences, got none");
    }

    @Test
    void refusesColumnsThatTheLabelsDoNotHave() {
        assertRefused(
                () -> LABELS.preProcess(data(normal(1, 2, 3), null)),
                "the target \"number\" has the columns 3 to 3, but the labels have 3");
    }

    @Test
    void refusesAMaskOfAnotherShape() {
        for (INDArray mask : new INDArray[] {normal(1, 2, 3), normal(1, 3, 1), normal(1, 2, 4, 1)}) {
            assertRefused(
                    () -> LABELS.preProcess(data(normal(1, 2, 4), mask)),
                    "expected a label mask of shape [2, 1] or [2, 4], got " + Arrays.toString(mask.shape()));
        }
    }

    @Test
    void refusesWhatCannotBeWhereItIsBuilt() {
        AuxiliaryLabels.Builder builder = new AuxiliaryLabels.Builder().columns("a", 0, 2);
        assertRefused(
                () -> builder.columns("b", -1, 2),
                "the target \"b\" needs columns from 0 on, the first before the last, got -1 to 2");
        assertRefused(
                () -> builder.columns("b", 2, 2),
                "the target \"b\" needs columns from 0 on, the first before the last, got 2 to 2");
        assertRefused(() -> builder.columns("a", 2, 3), "the target \"a\" was given columns twice");
        assertRefused(() -> builder.outputs("c"), "no columns were given for the target \"c\", only for [a]");
        assertRefused(
                () -> new AuxiliaryLabels.Builder().columns("a", 0, 2).build(),
                "call outputs(..) with the target of each output of the network");
        assertRefused(() -> AuxiliaryLabels.same(0), "there must be at least 1 output, got 0");
    }

    private static void assertRefused(Runnable task, String sentence) {
        assertThatThrownBy(task::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(sentence);
    }

    /** Two sequences of three steps; a class of the second step is missing, and the first sequence has two steps. */
    @Test
    void stepsOfSequencesAreLabelledAndMaskedEachForItself() {
        INDArray labels = normal(1, 2, 4, 3);
        labels.putScalar(new int[] {1, 1, 1}, NAN);
        INDArray mask = rows(new double[] {1, 1, 0}, new double[] {1, 1, 1});
        AuxiliaryLabels nwc = new AuxiliaryLabels.Builder()
                .columns("class", 0, 3)
                .columns("number", 3, 4)
                .outputs("class", "number", "class")
                .dataFormat(org.deeplearning4j.nn.conf.RNNFormat.NWC)
                .build();
        MultiDataSet ncw = preProcessed(LABELS, data(labels.dup(), mask));
        MultiDataSet turned = preProcessed(nwc, data(labels.permute(0, 2, 1).dup('c'), mask));
        for (int i = 0; i < 3; i++) {
            assertClose(turned.getLabels(i), ncw.getLabels(i).permute(0, 2, 1), 0);
            assertClose(mask(turned, i), mask(ncw, i), 0);
        }
        assertClose(mask(ncw, 0), rows(new double[] {1, 1, 0}, new double[] {1, 0, 1}), 0);
        assertClose(mask(ncw, 1), mask, 0);
        assertThat(ncw.getLabels(0).getDouble(1, 0, 1)).isZero();
        assertThat(ncw.getLabels(0).getDouble(1, 0, 2)).isEqualTo(labels.getDouble(1, 0, 2));
        assertClose(ncw.getLabels(1), labels.get(all(), at(3, 4), all()), 0);

        MultiDataSet each = preProcessed(LABELS, data(labels.dup(), Nd4j.ones(DataType.DOUBLE, 2, 4, 3)));
        assertThat(mask(each, 0).shape()).containsExactly(2, 3, 3);
        assertThat(mask(each, 0).sumNumber().intValue()).isEqualTo(18 - 3);
        assertThat(preProcessed(LABELS, data(normal(1, 2, 4, 3), null)).getLabelsMaskArrays())
                .isNull();
        assertRefused(
                () -> LABELS.preProcess(data(labels, Nd4j.ones(2, 1))),
                "expected a label mask of shape [2, 3] or [2, 4, 3], got [2, 1]");
    }

    private static org.nd4j.linalg.indexing.INDArrayIndex all() {
        return org.nd4j.linalg.indexing.NDArrayIndex.all();
    }

    private static org.nd4j.linalg.indexing.INDArrayIndex at(int from, int to) {
        return org.nd4j.linalg.indexing.NDArrayIndex.interval(from, to);
    }
}
