import java.util.Random;
import org.gatedepth.block.Connection;
import weka.classifiers.Evaluation;
import weka.classifiers.functions.GatedNetwork;
import weka.core.Instances;
import weka.core.converters.ConverterUtils.DataSource;

/** Cross-validates a deep highway network on a table: {@code WekaFromJava data/iris.arff}. The last attribute is the class. */
public class WekaFromJava {

    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 1) {
            System.err.println("Give the path of an ARFF file, for example examples/data/iris.arff.");
            System.exit(2);
        }
        Instances table = DataSource.read(arguments[0]);
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
