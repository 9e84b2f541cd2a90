package org.gatedepth.studies.xgboost;

import java.util.Map;
import java.util.TreeMap;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoostError;
import org.gatedepth.studies.tables.IndicatorColumns;
import weka.classifiers.RandomizableClassifier;
import weka.core.Capabilities;
import weka.core.Capabilities.Capability;
import weka.core.Instance;
import weka.core.Instances;

/**
 * Gradient boosted trees of XGBoost 2 (Chen and Guestrin 2016, arXiv 1603.02754) in Weka: 300 trees, or as many for
 * each label of more than two, rate .1, each tree on .8 of the rows, otherwise its defaults. One thread.
 */
public final class XGBoost extends RandomizableClassifier {
    private static final long serialVersionUID = 1L;
    private static final int TREES = 300;

    private IndicatorColumns columns;
    private Booster booster;

    @Override
    public Capabilities getCapabilities() {
        Capabilities capabilities = new Capabilities(this);
        capabilities.enable(Capability.NOMINAL_ATTRIBUTES);
        capabilities.enable(Capability.NUMERIC_ATTRIBUTES);
        capabilities.enable(Capability.MISSING_VALUES);
        capabilities.enable(Capability.NOMINAL_CLASS);
        capabilities.enable(Capability.NUMERIC_CLASS);
        return capabilities;
    }

    @Override
    public void buildClassifier(Instances data) throws Exception {
        getCapabilities().testWithFail(data);
        columns = IndicatorColumns.of(data);
        float[] classes = new float[data.numInstances()];
        for (int row = 0; row < classes.length; row++) {
            classes[row] = (float) data.instance(row).classValue();
        }
        Map<String, Object> settings = new TreeMap<>();
        settings.put("eta", .1);
        settings.put("subsample", .8);
        settings.put("seed", getSeed());
        settings.put("nthread", 1);
        settings.put("verbosity", 0);
        if (data.classAttribute().isNumeric()) {
            settings.put("objective", "reg:squarederror");
        } else if (data.numClasses() == 2) {
            settings.put("objective", "binary:logistic");
        } else {
            settings.put("objective", "multi:softprob");
            settings.put("num_class", data.numClasses());
        }
        DMatrix rows = matrix(data);
        try {
            rows.setLabel(classes);
            booster = ml.dmlc.xgboost4j.java.XGBoost.train(rows, settings, TREES, Map.of(), null, null);
        } finally {
            rows.dispose();
        }
    }

    @Override
    public double[] distributionForInstance(Instance instance) throws Exception {
        Instances one = new Instances(instance.dataset(), 1);
        one.add(instance);
        return distributionsForInstances(one)[0];
    }

    @Override
    public boolean implementsMoreEfficientBatchPrediction() {
        return true;
    }

    @Override
    public double[][] distributionsForInstances(Instances batch) throws Exception {
        DMatrix rows = matrix(batch);
        try {
            float[][] outputs = booster.predict(rows);
            boolean binary = batch.classAttribute().isNominal() && batch.numClasses() == 2;
            double[][] distributions = new double[outputs.length][];
            for (int row = 0; row < outputs.length; row++) {
                distributions[row] =
                        binary ? new double[] {1 - outputs[row][0], outputs[row][0]} : doubles(outputs[row]);
            }
            return distributions;
        } finally {
            rows.dispose();
        }
    }

    private static double[] doubles(float[] values) {
        double[] doubles = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            doubles[i] = values[i];
        }
        return doubles;
    }

    private DMatrix matrix(Instances data) throws XGBoostError {
        int count = columns.count();
        float[] values = new float[data.numInstances() * count];
        for (int row = 0; row < data.numInstances(); row++) {
            System.arraycopy(columns.row(data.instance(row)), 0, values, row * count, count);
        }
        return new DMatrix(values, data.numInstances(), count, Float.NaN);
    }
}
