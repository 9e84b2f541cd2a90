package org.gatedepth.dl4j.training;

import java.util.Arrays;
import java.util.List;
import java.util.function.BinaryOperator;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.gatedepth.block.Params;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/** What Deeplearning4j's vertices compute on rows. */
final class StockVertices {
    private StockVertices() {}

    /** The equation of a vertex, or its refusal. */
    static Equation of(String name, GraphVertex vertex) {
        if (vertex instanceof MergeVertex) {
            return new Merge();
        }
        if (vertex instanceof SubsetVertex subset) {
            return new Subset(subset.getFrom(), subset.getTo() - subset.getFrom() + 1);
        }
        if (vertex instanceof ScaleVertex scale) {
            return (sd, inputs, p) -> inputs.get(0).mul(scale.getScaleFactor());
        }
        if (vertex instanceof ShiftVertex shift) {
            return (sd, inputs, p) -> inputs.get(0).add(shift.getShiftFactor());
        }
        if (vertex instanceof ElementWiseVertex elementwise) {
            return (sd, inputs, p) -> elementwise(sd, elementwise.getOp(), inputs);
        }
        throw Parts.refused(name, vertex.getClass().getSimpleName());
    }

    private record Merge() implements Equation {
        @Override
        public SDVariable define(SameDiff sd, List<SDVariable> inputs, Params p) {
            return inputs.size() == 1 ? inputs.get(0) : sd.concat(1, inputs.toArray(new SDVariable[0]));
        }

        @Override
        public long columns(long[] inputs) {
            return Arrays.stream(inputs).sum();
        }
    }

    private record Subset(int from, int count) implements Equation {
        @Override
        public SDVariable define(SameDiff sd, List<SDVariable> inputs, Params p) {
            return sd.slice(inputs.get(0), new int[] {0, from}, -1, count);
        }

        @Override
        public long columns(long[] inputs) {
            return count;
        }
    }

    private static SDVariable elementwise(SameDiff sd, ElementWiseVertex.Op op, List<SDVariable> inputs) {
        return switch (op) {
            case Add -> joined(inputs, SDVariable::add);
            case Subtract -> joined(inputs, SDVariable::sub);
            case Product -> joined(inputs, SDVariable::mul);
            case Average -> joined(inputs, SDVariable::add).mul(1.0 / inputs.size());
            case Max -> joined(inputs, sd.math::max);
        };
    }

    private static SDVariable joined(List<SDVariable> inputs, BinaryOperator<SDVariable> op) {
        return inputs.stream().reduce(op).orElseThrow();
    }
}
