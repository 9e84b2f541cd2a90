package org.gatedepth.testing;

import java.io.File;
import java.util.Random;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import weka.core.Instances;
import weka.core.converters.ConverterUtils.DataSource;
import weka.filters.Filter;
import weka.filters.unsupervised.attribute.Standardize;

/** The letter data set, standardised: 16 numbers, 26 classes. */
public final class Letter {
    private Letter() {}

    /** So many of its rows, drawn with a fixed seed. */
    public static DataSet rows(int count) throws Exception {
        Instances data = DataSource.read(new File("examples/data/letter.arff").getPath());
        data.setClassIndex(data.numAttributes() - 1);
        data.randomize(new Random(0));
        data = new Instances(data, 0, count);
        Standardize standardize = new Standardize();
        standardize.setInputFormat(data);
        data = Filter.useFilter(data, standardize);
        INDArray features = Nd4j.create(count, data.numAttributes() - 1);
        INDArray labels = Nd4j.zeros(count, data.numClasses());
        for (int i = 0; i < count; i++) {
            for (int j = 0; j < data.numAttributes() - 1; j++) {
                features.putScalar(i, j, data.instance(i).value(j));
            }
            labels.putScalar(i, (int) data.instance(i).classValue(), 1);
        }
        return new DataSet(features, labels);
    }

    /** Minibatches of 128 rows drawn with replacement, the same ones each time. */
    public static Stream<DataSet> minibatches(DataSet rows, int count) {
        Random random = new Random(1);
        return Stream.generate(() -> {
                    int[] drawn = random.ints(128, 0, rows.numExamples()).toArray();
                    return new DataSet(
                            rows.getFeatures().getRows(drawn), rows.getLabels().getRows(drawn));
                })
                .limit(count);
    }
}
