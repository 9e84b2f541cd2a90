package org.gatedepth.plan.lowering;

import java.util.Arrays;
import java.util.List;
import org.gatedepth.plan.graph.Node;
import org.gatedepth.plan.graph.Program;
import org.gatedepth.plan.graph.Value;
import org.gatedepth.plan.memory.Contexts;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.BaseOp;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.api.ops.ReduceOp;
import org.nd4j.linalg.api.ops.ScalarOp;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.api.shape.LongShapeDescriptor;
import org.nd4j.linalg.factory.Nd4j;

/** Lowers any op to one call of ND4J's implementation: the last rule, for what no other one takes. */
public final class NativeLowering {
    private final Program program;
    private final Emitter emitter;
    private final OpExecutioner executioner = Nd4j.getExecutioner();

    public NativeLowering(Program program, Emitter emitter) {
        this.program = program;
        this.emitter = emitter;
    }

    /** Adds the call. It is run at once only if it gives known whole numbers, which shape functions read. */
    public void lower(Node node) {
        INDArray[] in = node.inputs().stream().map(emitter::computed).toArray(INDArray[]::new);
        if (node.isPlainProduct() && !node.isGradientOfProduct() && in[0].rank() == 2 && in[1].rank() == 2) {
            INDArray out = emitter.allocate(node.result(), new long[] {in[0].size(0), in[1].size(1)});
            emitter.matmul(in[0], false, in[1], false, out, false);
            return;
        }
        Call call = node.op() instanceof DynamicCustomOp custom
                ? custom(custom, in, node.outputs())
                : legacy((BaseOp) node.op(), in, node.outputs());
        emitter.add(call);
        if (program.known().areGivenBy(node)) {
            call.run();
        }
    }

    private Call custom(DynamicCustomOp op, INDArray[] in, List<Value> outputs) {
        Contexts.Lease lease = program.contexts().take(op.iArgs(), op.dArgs(), op.tArgs(), op.bArgs());
        OpContext context = lease.context();
        context.setInputArrays(in);
        allocate(outputs, op.calculateOutputShape(context), context);
        return call(lease, () -> executioner.exec(op, context));
    }

    private Call call(Contexts.Lease lease, Runnable execution) {
        return new NativeCall(program.contexts(), lease, execution);
    }

    /** Legacy ops take at most two arrays; a reduction's axis and a scalar op's scalar are set on the op itself. */
    private Call legacy(BaseOp op, INDArray[] in, List<Value> outputs) {
        Contexts.Lease lease = program.contexts().take(new long[0], new DataType[0], new double[0], new boolean[0]);
        OpContext context = lease.context();
        context.setInputArray(0, in[0]);
        if (op instanceof ReduceOp reduction && op.opType() != Op.Type.REDUCE3 && in.length == 2) {
            int rank = in[0].rank();
            reduction.setDimensions(Arrays.stream(in[1].toIntVector())
                    .map(axis -> axis < 0 ? axis + rank : axis)
                    .toArray());
        } else if (in.length == 2) {
            context.setInputArray(1, in[1]);
            if (op instanceof ScalarOp scalarOp) {
                scalarOp.setScalar(in[1]);
            }
        }
        allocate(outputs, op.calculateOutputShape(context), context);
        if (op instanceof ReduceOp) {
            return call(lease, () -> reduce(op, in[0], context));
        }
        if (op instanceof ScalarOp scalarOp && in.length == 2) {
            return call(lease, () -> {
                // Every time, since the op is that of the graph, and other plans have set theirs.
                scalarOp.setScalar(in[1]);
                executioner.exec(op, context);
            });
        }
        return call(lease, () -> executioner.exec(op, context));
    }

    /**
     * Where the reduced axes have one element ND4J copies, between the arrays of the op and not those of the context.
     */
    private void reduce(BaseOp op, INDArray input, OpContext context) {
        op.setX(input);
        op.setZ(context.getOutputArray(0));
        executioner.exec(op, context);
    }

    private void allocate(List<Value> values, List<LongShapeDescriptor> shapes, OpContext context) {
        if (values.size() != shapes.size()) {
            throw new IllegalStateException("op with outputs " + values + " gives " + shapes.size() + " shapes");
        }
        for (int i = 0; i < values.size(); i++) {
            context.setOutputArray(
                    i, emitter.allocate(values.get(i), shapes.get(i).getShape()));
        }
    }
}
