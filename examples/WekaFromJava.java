import java.util.Random;
import org.gatedepth.block.Connection;
import weka.classifiers.Evaluation;
import weka.classifiers.functions.GatedNetwork;
import weka.core.Instances;
import weka.core.converters.ConverterUtils.DataSource;

/**
 * Cross-validates a deep highway network on a table, whose last attribute is the class. Argument: the ARFF file,
 * examples/data/iris.arff by default.
 */
public class WekaFromJava {

    /** Prints the evaluation, then the network that all rows give. */
    public static void main(String[] arguments) throws Exception {
        Instances table = DataSource.read(arguments.length > 0 ? arguments[0] : "examples/data/iris.arff");
        table.setClassIndex(table.numAttributes() - 1);

        GatedNetwork network = new GatedNetwork();
        network.setConnection(Connection.HIGHWAY);
        network.setDepth(6);
        network.setEpochs(30);

        Evaluation evaluation = new Evaluation(table);
        evaluation.crossValidateModel(network, table, 10, new Random(1));
        System.out.println(evaluation.toSummaryString("Ten-fold cross-validation of GatedNetwork", false));

        network.buildClassifier(table);
        System.out.println(network);
    }
}
