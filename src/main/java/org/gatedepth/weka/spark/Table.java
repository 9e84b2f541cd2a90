package org.gatedepth.weka.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.gatedepth.spark.Workers;
import org.gatedepth.weka.table.ClassWeights;
import org.gatedepth.weka.table.statistics.TableSample;
import weka.core.Attribute;
import weka.core.Instances;

/**
 * What the driver knows of a table after one pass over it.
 *
 * @param plan what was surveyed
 * @param sample training rows, and what is known of all of them
 * @param measured some of the held-out rows
 * @param trainingRows how many there are in each partition of the shuffle
 * @param validationRows the same
 * @param heldOutRows how many there are
 * @param leftOut rows without a class or a weight
 * @param equalWeights whether all training rows weigh the same
 * @param unseen labels of the class that rows have, and no training row
 * @param labelCounts how many training rows have each label of the class; none for a numeric class
 */
@SuppressWarnings("ArrayRecordComponent")
record Table(
        Survey.Plan plan,
        TableSample sample,
        Instances measured,
        long[] trainingRows,
        long[] validationRows,
        long heldOutRows,
        long leftOut,
        boolean equalWeights,
        List<String> unseen,
        double[] labelCounts)
        implements Serializable {

    private static final long serialVersionUID = 1L;

    /** Parts of a table of more rows than this many samples keep few rows each. */
    private static final int LARGE = 8;

    /** How many times the rows of a sample may be drawn by the parts together. */
    private static final double SPARE = 4;

    /**
     * Passes over the rows.
     *
     * @throws IllegalArgumentException if no row can be trained on, or none is held out that should be
     */
    static Table survey(Workers workers, Source source, Survey.Plan plan) {
        JavaRDD<RawRow> rows = source.rows();
        long estimate = source.estimate();
        double share = estimate < (long) LARGE * plan.sample() ? 1 : SPARE * plan.sample() / estimate;
        Survey survey = pass(workers, rows, plan.withShare(share));
        long count = Arrays.stream(survey.trainingRows()).sum();
        if (survey.sample().size() < Math.min(plan.sample(), count)) {
            // The first lines were much shorter than the others, so that too few rows were drawn.
            survey = pass(workers, rows, plan.withShare(Math.min(1, SPARE * plan.sample() / count)));
        }
        return of(survey);
    }

    private static Survey pass(Workers workers, JavaRDD<RawRow> rows, Survey.Plan plan) {
        if (rows.getNumPartitions() == 0) {
            return new Survey(plan);
        }
        return workers.run(() -> rows.mapPartitionsWithIndex(
                        (partition, part) -> {
                            Survey survey = new Survey(plan);
                            for (long row = 0; part.hasNext(); row++) {
                                survey.add(part.next(), Lots.place(partition, row));
                            }
                            return List.of(survey).iterator();
                        },
                        true)
                .treeReduce(Survey::plus));
    }

    private static Table of(Survey survey) {
        Survey.Plan plan = survey.plan();
        String className = plan.columns().get(plan.classIndex()).name();
        long count = Arrays.stream(survey.trainingRows()).sum();
        if (count == 0) {
            throw new IllegalArgumentException("the table must have training rows with a value of the class '"
                    + className + "', got none and " + survey.withoutClass() + " rows without one");
        }
        if (survey.heldOutRows() == 0 && plan.lots().heldOut() > 0) {
            throw new IllegalArgumentException("--hold-out must leave a row to evaluate with, got none of "
                    + (count + Arrays.stream(survey.validationRows()).sum()) + " rows: hold more out, or 0");
        }
        ArrayList<Attribute> attributes = new ArrayList<>();
        survey.columns().forEach(column -> attributes.add(column.attribute()));
        Instances header = new Instances("table", attributes, 0);
        header.setClassIndex(plan.classIndex());
        RowReader reader = RowReader.of(header);
        ColumnSurvey ofClass = survey.columns().get(plan.classIndex());
        return new Table(
                plan,
                new TableSample(
                        reader.table(survey.sample().rows()),
                        count,
                        survey.weight(),
                        survey.columns().stream().map(ColumnSurvey::statistics).toList()),
                reader.table(survey.measured().rows()),
                survey.trainingRows(),
                survey.validationRows(),
                survey.heldOutRows(),
                survey.withoutClass(),
                survey.hasEqualWeights(),
                ofClass.isNominal() ? ofClass.unseen() : List.of(),
                ofClass.isNominal() ? ofClass.labelCounts() : new double[0]);
    }

    Instances header() {
        return new Instances(sample.rows(), 0);
    }

    RowWeights weights(ClassWeights weights) {
        double[] labelWeights = sample.columns().get(plan.classIndex()).labels();
        return RowWeights.of(plan.classIndex(), weights, labelWeights, labelCounts, sample.count(), sample.weight());
    }
}
