package weka.classifiers.functions;

import weka.classifiers.Evaluation;
import weka.core.Instances;

/** What tests of sequences share. */
final class Sequences {

    private Sequences() {}

    /** The percentage of rows that a network predicts right. */
    static double accuracy(GatedNetwork network, Instances table) throws Exception {
        Evaluation evaluation = new Evaluation(table);
        evaluation.evaluateModel(network, table);
        return evaluation.pctCorrect();
    }
}
