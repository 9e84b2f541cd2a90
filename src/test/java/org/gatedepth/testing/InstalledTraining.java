package org.gatedepth.testing;

import weka.classifiers.Classifier;
import weka.core.Instances;
import weka.core.Utils;
import weka.core.WekaPackageManager;
import weka.core.converters.ConverterUtils.DataSource;

/** Trains the classifier of an installed package as Weka's windows do, and prints how it ended. */
public final class InstalledTraining {

    private InstalledTraining() {}

    /** Trains on the table of a file. */
    public static void main(String[] arguments) throws Exception {
        WekaPackageManager.loadPackages(false, true, false);
        Instances table = DataSource.read(arguments[0]);
        table.setClassIndex(table.numAttributes() - 1);
        Classifier classifier =
                (Classifier) Utils.forName(Classifier.class, "weka.classifiers.functions.GatedNetwork", new String[0]);
        try {
            classifier.buildClassifier(table);
            System.out.println("trained");
        } catch (Exception e) {
            System.out.println("exception: " + e.getMessage());
        } catch (Throwable e) {
            System.out.println("error: " + e);
        }
    }
}
