package org.gatedepth.dl4j.network;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Networks side by side in one graph, which read the same features and are trained on the same labels; what they
 * predict is averaged. Layers of the first have their plain names, those of the others end in {@code .m2, .m3, ...}.
 */
public final class Members {
    private static final String SUFFIX = ".m";

    private static final Pattern OTHERS = Pattern.compile("\\.m\\d+(/|$)");

    private Members() {}

    /** The name of a member's layer; members count from 1. */
    public static String name(String layer, int member) {
        return member == 1 ? layer : layer + SUFFIX + member;
    }

    /** Whether a layer, or a block in it such as {@code stack/1}, is one of the first member. */
    public static boolean isOfFirst(String layer) {
        return !OTHERS.matcher(layer).find();
    }

    /** The outputs of all members of a network, in their order. */
    public static List<String> outputs(ComputationGraph network, String output) {
        List<String> names = network.getConfiguration().getNetworkOutputs();
        List<String> outputs = new ArrayList<>();
        for (int member = 1; names.contains(name(output, member)); member++) {
            outputs.add(name(output, member));
        }
        return outputs;
    }

    /** What a network predicts: the mean of its members' outputs, without those of heads. */
    public static INDArray predict(ComputationGraph network, String output, INDArray features) {
        return mean(network.output(features), outputs(network, output).size());
    }

    /** The mean of the first so many arrays of equal shape, in a new array where there are more than one. */
    public static INDArray mean(INDArray[] outputs, int members) {
        if (members <= 1) {
            return outputs[0];
        }
        INDArray sum = outputs[0].dup();
        for (int m = 1; m < members; m++) {
            sum.addi(outputs[m]);
        }
        return sum.divi(members);
    }

    /** A copy of the first member alone; the network itself if it has one. */
    public static ComputationGraph first(ComputationGraph network, String output) {
        if (outputs(network, output).size() <= 1) {
            return network;
        }
        ComputationGraphConfiguration configuration = network.getConfiguration().clone();
        configuration.getVertices().keySet().removeIf(name -> !isOfFirst(name));
        configuration.getVertexInputs().keySet().removeIf(name -> !isOfFirst(name));
        configuration.getNetworkOutputs().removeIf(name -> !isOfFirst(name));
        configuration.setTopologicalOrder(null);
        configuration.setTopologicalOrderStr(null);
        ComputationGraph first = Copies.of(configuration, null);
        Map<String, INDArray> params = network.paramTable();
        first.paramTable().forEach((name, own) -> own.assign(params.get(name)));
        return first;
    }
}
