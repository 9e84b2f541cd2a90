package weka.classifiers.functions;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import weka.core.Instances;
import weka.core.SerializationHelper;
import weka.core.converters.ConverterUtils.DataSource;

/** Prints what the model of a file predicts for a table, exactly. */
final class PredictionPrinter {

    private PredictionPrinter() {}

    static List<String> lines(GatedNetwork network, Instances table) throws Exception {
        List<String> lines = new ArrayList<>();
        for (double[] distribution : network.distributionsForInstances(table)) {
            lines.add(Arrays.toString(distribution));
        }
        return lines;
    }

    public static void main(String[] arguments) throws Exception {
        GatedNetwork network = (GatedNetwork) SerializationHelper.read(arguments[0]);
        Instances table = DataSource.read(arguments[1]);
        table.setClassIndex(table.numAttributes() - 1);
        lines(network, table).forEach(System.out::println);
    }
}
