package org.gatedepth.studies.tables;

import java.util.ArrayList;
import java.util.List;

/**
 * A classifier that GatedNetwork is measured against, with its default options.
 *
 * @param forLabels whether it is for nominal classes
 * @param forNumbers whether it is for numeric classes
 * @param cost how long it takes beside the others
 */
public record Peer(String name, boolean forLabels, boolean forNumbers, double cost, Contender contender) {
    private static final String XGBOOST = "org.gatedepth.studies.xgboost.XGBoost";

    /**
     * Those that are there, in the order of columns, and a sentence for each that is not.
     *
     * @param python programs of which the first with scikit-learn is taken
     * @param missing gets the sentences
     */
    public static List<Peer> all(List<String> python, List<String> missing) {
        List<Peer> peers = new ArrayList<>(List.of(
                weka("trees.RandomForest", true, true, 1),
                weka("functions.MultilayerPerceptron", true, true, 20),
                weka("functions.SMO", true, false, 5),
                weka("functions.SMOreg", false, true, 20),
                weka("meta.LogitBoost", true, false, 1),
                weka("meta.AdditiveRegression", false, true, .2)));
        if (has(XGBOOST)) {
            peers.add(new Peer("XGBoost", true, true, 2, new WekaContender(XGBOOST, "")));
        } else {
            missing.add("XGBoost is left out: it is not on the class path.");
        }
        PythonContender.withScikitLearn(python)
                .ifPresentOrElse(
                        program -> {
                            peers.add(scikit(program, "HistGradientBoosting", 2));
                            peers.add(scikit(program, "RandomForest", 1));
                            peers.add(scikit(program, "MLP", 1));
                        },
                        () -> missing.add("scikit-learn's models are left out: none of the programs " + python
                                + " has it (on Debian: apt-get install python3-sklearn; else name one, --python)."));
        return peers;
    }

    private static Peer weka(String name, boolean forLabels, boolean forNumbers, double cost) {
        return new Peer(
                name.substring(name.indexOf('.') + 1),
                forLabels,
                forNumbers,
                cost,
                new WekaContender("weka.classifiers." + name, ""));
    }

    private static Peer scikit(String python, String model, double cost) {
        return new Peer("sklearn " + model, true, true, cost, new PythonContender(python, model));
    }

    private static boolean has(String className) {
        try {
            Class.forName(className);
            return true;
        } catch (ClassNotFoundException | NoClassDefFoundError e) {
            return false;
        }
    }

    /** Whether it is for this kind of class. */
    public boolean suits(FoldedTable table) {
        return table.isNumeric() ? forNumbers : forLabels;
    }
}
