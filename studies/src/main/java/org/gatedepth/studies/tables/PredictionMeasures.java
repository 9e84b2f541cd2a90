package org.gatedepth.studies.tables;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import weka.classifiers.Evaluation;
import weka.core.Instance;
import weka.core.Instances;

/**
 * How good predictions are, for every classifier by the same code. Accuracy, ROC area, correlation and root mean
 * squared error are Weka's; the ROC area is that of each label against the others, weighted by how often the label
 * occurs. Log loss is scikit-learn's: the mean of {@code −ln p} of the true label, with probabilities clipped to
 * 2.2e-16 and 1 − 2.2e-16 and divided by their sum. R² is scikit-learn's too: {@code 1 − Σ(y − p)² / Σ(y − mean y)²} of
 * the test rows.
 */
public final class PredictionMeasures {
    public static final String ACCURACY = "accuracy";
    public static final String LOG_LOSS = "log_loss";
    public static final String ROC_AREA = "roc_area";
    public static final String CORRELATION = "correlation";
    public static final String R2 = "r2";
    public static final String RMSE = "rmse";

    private static final List<String> COLUMNS = List.of(ACCURACY, ROC_AREA, LOG_LOSS, CORRELATION, R2, RMSE);
    private static final double EPSILON = Math.ulp(1.0);

    private PredictionMeasures() {}

    /** All columns, empty where the measure does not fit the class. */
    public static Map<String, Object> none() {
        Map<String, Object> row = new LinkedHashMap<>();
        COLUMNS.forEach(column -> row.put(column, ""));
        return row;
    }

    /** The measures by column. */
    public static Map<String, Object> of(Instances train, Instances test, double[][] predictions) throws Exception {
        Evaluation evaluation = new Evaluation(train);
        for (int row = 0; row < predictions.length; row++) {
            evaluation.evaluateModelOnceAndRecordPrediction(predictions[row].clone(), test.instance(row));
        }
        Map<String, Object> measures = none();
        if (test.classAttribute().isNominal()) {
            measures.put(ACCURACY, evaluation.pctCorrect() / 100);
            measures.put(ROC_AREA, evaluation.weightedAreaUnderROC());
            measures.put(LOG_LOSS, logLoss(test, predictions));
        } else {
            measures.put(CORRELATION, evaluation.correlationCoefficient());
            measures.put(R2, r2(test, predictions));
            measures.put(RMSE, evaluation.rootMeanSquaredError());
        }
        return measures;
    }

    private static double logLoss(Instances test, double[][] predictions) {
        double sum = 0;
        for (int row = 0; row < predictions.length; row++) {
            double total = 0;
            for (double probability : predictions[row]) {
                total += clipped(probability);
            }
            int label = (int) test.instance(row).classValue();
            sum -= Math.log(clipped(predictions[row][label]) / total);
        }
        return sum / predictions.length;
    }

    private static double clipped(double probability) {
        return Math.min(Math.max(probability, EPSILON), 1 - EPSILON);
    }

    private static double r2(Instances test, double[][] predictions) {
        double mean = test.meanOrMode(test.classIndex());
        double error = 0;
        double spread = 0;
        for (int row = 0; row < predictions.length; row++) {
            Instance instance = test.instance(row);
            error += Math.pow(instance.classValue() - predictions[row][0], 2);
            spread += Math.pow(instance.classValue() - mean, 2);
        }
        return 1 - error / spread;
    }
}
