package org.gatedepth.report.measure;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.gatedepth.block.SkipCoefficients;
import org.gatedepth.dl4j.base.BlockVertex;
import org.gatedepth.dl4j.network.Wrappers;
import org.gatedepth.dl4j.runtime.VertexEquation;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * A vertex that joins branches, which a report measures as it measures blocks.
 *
 * @param name its name in the graph and in reports
 * @param handedOn position of the input that it hands on as it is when it is bypassed; −1 for none
 * @param reason why it cannot be left out; null where it hands on an input
 */
public record VertexPlace(
        String name, int handedOn, @Nullable String reason) {

    /** Those of a graph by name. */
    public static Map<String, VertexPlace> of(ComputationGraphConfiguration graph) {
        Map<String, VertexPlace> places = new HashMap<>();
        graph.getVertices().forEach((name, vertex) -> {
            if (Wrappers.unwrapped(vertex) instanceof BlockVertex equation) {
                int inputs =
                        graph.getVertexInputs().getOrDefault(name, List.of()).size();
                int handedOn = handedOn(equation, inputs);
                places.put(name, new VertexPlace(name, handedOn, handedOn < 0 ? reason(equation) : null));
            }
        });
        return places;
    }

    /** Asked in a graph that is thrown away. */
    private static int handedOn(VertexEquation equation, int inputs) {
        SameDiff sd = SameDiff.create();
        List<SDVariable> in = new ArrayList<>();
        for (int i = 0; i < inputs; i++) {
            in.add(sd.placeHolder("in" + i, DataType.FLOAT, -1, -1));
        }
        SDVariable bypass = equation.bypass(sd, in, name -> sd.placeHolder(name, DataType.FLOAT, 1, -1));
        return bypass == null ? -1 : in.stream().map(SDVariable::name).toList().indexOf(bypass.name());
    }

    private static String reason(VertexEquation equation) {
        SkipCoefficients coefficients = equation.skipCoefficients();
        return coefficients == null ? Removal.NOTHING_HANDED_ON : Removal.reason(coefficients);
    }
}
