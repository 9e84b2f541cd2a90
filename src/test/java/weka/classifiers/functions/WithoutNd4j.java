package weka.classifiers.functions;

import java.io.File;
import java.util.Arrays;
import java.util.concurrent.Callable;
import org.gatedepth.weka.host.Platform;
import weka.core.Instance;
import weka.core.Instances;
import weka.core.SerializationHelper;
import weka.core.converters.ConverterUtils.DataSource;

/**
 * Prints the prediction of each row in a batch, and that of the row alone; then what a model says of itself, and what
 * it says when something needs its network; and saves it once more.
 */
final class WithoutNd4j {

    private WithoutNd4j() {}

    /** Takes a model file, a table and the file to be written. */
    public static void main(String[] arguments) throws Exception {
        GatedNetwork network = (GatedNetwork) SerializationHelper.read(arguments[0]);
        Instances table = DataSource.read(arguments[1]);
        table.setClassIndex(table.numAttributes() - 1);
        double[][] batch = network.distributionsForInstances(table);
        for (int i = 0; i < batch.length; i++) {
            Instance row = table.get(i);
            System.out.println(Arrays.toString(batch[i]));
            System.out.println(Arrays.toString(network.distributionForInstance(row)));
        }
        System.out.println(network);
        System.out.println("ND4J: " + Platform.isThere());
        System.out.println("export: "
                + sentence(() -> {
                    network.export(new File("never-written.zip"));
                    return "none";
                }));
        System.out.println("training: "
                + sentence(() -> {
                    new GatedNetwork().buildClassifier(table);
                    return "none";
                }));
        SerializationHelper.write(arguments[2], network);
    }

    private static String sentence(Callable<String> work) {
        try {
            return work.call();
        } catch (Exception e) {
            return String.valueOf(e.getMessage());
        }
    }
}
