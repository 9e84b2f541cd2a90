package org.gatedepth.weka.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.gatedepth.dl4j.Embedding;
import org.gatedepth.weka.model.NetworkModel;
import org.gatedepth.weka.table.ClassWeights;
import org.gatedepth.weka.table.InputOptions;
import org.gatedepth.weka.table.NumberEmbedding;
import org.gatedepth.weka.table.Scaling;
import org.gatedepth.weka.table.TableEncoder;
import org.gatedepth.weka.table.UsableRows;
import org.junit.jupiter.api.Test;
import weka.core.Attribute;
import weka.core.DenseInstance;
import weka.core.Instances;

class LabelEmbeddingTest {

    private static final int LABELS = 300;

    private static final InputOptions EMBEDDED =
            new InputOptions(Scaling.STANDARDISE, NumberEmbedding.NONE, ClassWeights.NONE, 100);

    /**
     * Each label belongs to one of two hidden groups; the class says whether the group and the sign of a number agree,
     * so that neither says anything by itself.
     */
    private static Instances table(int rows, long seed) {
        Random hidden = new Random(99);
        int[] group = IntStream.range(0, LABELS).map(i -> hidden.nextInt(2)).toArray();
        List<String> labels =
                IntStream.range(0, LABELS).mapToObj(i -> "label" + i).toList();
        Instances table = new Instances(
                "table",
                new ArrayList<>(List.of(
                        new Attribute("label", labels),
                        new Attribute("number"),
                        new Attribute("class", List.of("no", "yes")))),
                rows);
        table.setClassIndex(2);
        Random random = new Random(seed);
        for (int i = 0; i < rows; i++) {
            int label = random.nextInt(LABELS);
            double number = random.nextGaussian();
            boolean yes = (number > 0) == (group[label] == 1);
            table.add(new DenseInstance(1, new double[] {label, number, yes ? 1 : 0}));
        }
        return table;
    }

    private static TableEncoder fit(Instances table, int embedFrom) {
        return TableEncoder.fit(
                UsableRows.of(table, List.of(), ClassWeights.NONE),
                List.of(),
                new InputOptions(Scaling.STANDARDISE, NumberEmbedding.NONE, ClassWeights.NONE, embedFrom));
    }

    private static double accuracy(NetworkModel model, Instances table) throws Exception {
        double[][] said = model.predict(table, 1);
        double right = 0;
        for (int i = 0; i < said.length; i++) {
            right += (said[i][1] > 0.5) == (table.get(i).classValue() == 1) ? 1.0 / said.length : 0;
        }
        return right;
    }

    @Test
    void learnsTheGroupsOfManyLabels() throws Exception {
        NetworkModel model = Trained.model(table(6000, 1), EMBEDDED, 32, 8);

        double accuracy = accuracy(model, table(2000, 2));
        System.out.printf("300 labels in two hidden groups, embedded: %.3f%n", accuracy);
        assertThat(accuracy).isGreaterThan(0.9);
    }

    @Test
    void predictsTheSameFromItsFile() throws Exception {
        Instances table = table(600, 1);
        NetworkModel model = Trained.model(table, EMBEDDED, 32, 2);
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(file)) {
            out.writeObject(model);
        }

        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(file.toByteArray()))) {
            NetworkModel restored = (NetworkModel) in.readObject();

            assertThat(restored.predict(table, 1)).isDeepEqualTo(model.predict(table, 1));
        }
    }

    @Test
    void embedsFromTheGivenNumberOfLabels() {
        Instances table = table(6000, 1);

        assertThat(fit(table, LABELS).embeddings()).containsExactly(new Embedding(300, 39));
        assertThat(fit(table, LABELS).columns()).isEqualTo(2);
        assertThat(fit(table, LABELS + 1).embeddings()).isEmpty();
        assertThat(fit(table, LABELS + 1).columns()).isEqualTo(301);
    }

    @Test
    void putsTheNumbersOfLabelsLast() {
        Instances table = table(6000, 1);

        float[] row = fit(table, LABELS).rows(table).batch(5, 6).inputs()[0];

        assertThat(row[1]).isEqualTo((float) table.get(5).value(0));
    }

    @Test
    void takesMissingAndUnseenLabelsForTheMostFrequent() {
        Instances table = table(6000, 1);
        table.removeIf(row -> row.value(0) == 7);
        table.addAll(IntStream.range(0, 100)
                .mapToObj(i -> new DenseInstance(1, new double[] {42, i, 0}))
                .toList());
        TableEncoder encoder = fit(table, 3);
        Instances rows = encoder.header();
        rows.add(new DenseInstance(1, new double[] {42, 0, 0}));
        rows.add(new DenseInstance(1, new double[] {Double.NaN, 0, 0}));
        rows.add(new DenseInstance(1, new double[] {7, 0, 0}));

        float[][] inputs = encoder.rows(rows).batch(0, 3).inputs();

        assertThat(encoder.embeddings().get(0).labels()).isEqualTo(LABELS - 1);
        assertThat(inputs[0][1]).isEqualTo(41);
        assertThat(inputs[1][1]).isEqualTo(41);
        assertThat(inputs[2][1]).isEqualTo(41);
    }
}
