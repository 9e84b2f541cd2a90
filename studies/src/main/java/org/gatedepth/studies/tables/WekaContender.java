package org.gatedepth.studies.tables;

import weka.classifiers.Classifier;
import weka.core.BatchPredictor;
import weka.core.Instances;
import weka.core.OptionHandler;
import weka.core.Randomizable;
import weka.core.Utils;

/**
 * A classifier that Weka runs.
 *
 * @param className its class
 * @param options its options as text; a seed among them is replaced by that of the study
 */
public record WekaContender(String className, String options) implements Contender {

    /**
     * Makes one without training it, which shows whether its options are right. Not by Weka's {@code forName}, which
     * looks through the whole class path each time.
     */
    public Classifier classifier() throws Exception {
        Classifier classifier =
                (Classifier) Class.forName(className).getDeclaredConstructor().newInstance();
        String[] parts = Utils.splitOptions(options);
        ((OptionHandler) classifier).setOptions(parts);
        Utils.checkForRemainingOptions(parts);
        return classifier;
    }

    @Override
    public Answer answer(Instances train, Instances test, int seed) throws Exception {
        Classifier classifier = classifier();
        if (classifier instanceof Randomizable randomizable) {
            randomizable.setSeed(seed);
        }
        long begin = System.nanoTime();
        classifier.buildClassifier(train);
        long built = System.nanoTime();
        double[][] predictions = predictions(classifier, test);
        long end = System.nanoTime();
        return new Answer(predictions, (built - begin) / 1e9, (end - built) / 1e9);
    }

    private static double[][] predictions(Classifier classifier, Instances test) throws Exception {
        if (classifier instanceof BatchPredictor batch && batch.implementsMoreEfficientBatchPrediction()) {
            return batch.distributionsForInstances(test);
        }
        double[][] predictions = new double[test.numInstances()][];
        for (int row = 0; row < predictions.length; row++) {
            predictions[row] = classifier.distributionForInstance(test.instance(row));
        }
        return predictions;
    }
}
