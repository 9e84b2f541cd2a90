package org.gatedepth.plan.lowering;

import java.util.ArrayList;
import java.util.List;
import org.gatedepth.plan.graph.ElementwiseCall;
import org.gatedepth.plan.graph.Node;
import org.gatedepth.plan.graph.Value;
import org.gatedepth.plan.loop.FusedLoop;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.ScalarOp;

/** Lowers ops that work element by element to operations of a {@link FusedLoop}. */
public final class ElementwiseLowering {
    private ElementwiseLowering() {}

    /** Puts an op into a loop, or says that it cannot be part of one. */
    public static boolean lower(Node node, Emitter emitter) {
        ElementwiseCall call = ElementwiseCall.of(node.op());
        if (call == null) {
            return false;
        }
        List<Value> inputs = node.inputs();
        List<Value> operands = new ArrayList<>();
        for (ElementwiseCall.Operand operand : call.operands()) {
            operands.add(
                    switch (operand) {
                        case FIRST_INPUT -> inputs.get(0);
                        case SECOND_INPUT -> inputs.get(1);
                        case SCALAR -> inputs.size() == 2 ? inputs.get(1) : scalar(node, emitter);
                    });
        }
        long[] shape = emitter.shape(operands.get(0));
        for (Value operand : operands) {
            if (LoopBuilder.fit(shape, emitter.shape(operand)) == null) {
                shape = emitter.shape(operand);
            }
        }
        DataType type = emitter.type(node.result());
        if (!emitter.loops(type, shape, operands)) {
            return false;
        }
        emitter.loop(node.result(), call.op(), type, shape, operands);
        return true;
    }

    private static Value scalar(Node node, Emitter emitter) {
        Value scalar = node.result().as(Value.Role.SCALAR);
        emitter.place(scalar, ((ScalarOp) node.op()).scalar());
        return scalar;
    }
}
