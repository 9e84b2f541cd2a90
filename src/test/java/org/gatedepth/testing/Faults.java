package org.gatedepth.testing;

import java.lang.reflect.Field;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.api.shape.LongShapeDescriptor;
import org.nd4j.linalg.cpu.nativecpu.ops.NativeOpExecutioner;
import org.nd4j.linalg.factory.Nd4j;

/** Makes one native op, or one shape function, of ND4J fail, as lack of memory would; until it is closed. */
public final class Faults implements AutoCloseable {
    /** What is thrown. */
    public static final class Fault extends Error {
        private static final long serialVersionUID = 1L;

        private Fault() {
            super("injected");
        }
    }

    private static final class Executioner extends NativeOpExecutioner {
        private int left;

        private void count() {
            left--;
            if (left == 0) {
                throw new Fault();
            }
        }

        @Override
        public INDArray[] exec(CustomOp op) {
            count();
            return super.exec(op);
        }

        @Override
        public INDArray[] exec(CustomOp op, OpContext context) {
            count();
            return super.exec(op, context);
        }

        @Override
        public INDArray exec(Op op) {
            count();
            return super.exec(op);
        }

        @Override
        public INDArray exec(Op op, OpContext context) {
            count();
            return super.exec(op, context);
        }

        @Override
        public List<LongShapeDescriptor> calculateOutputShape(CustomOp op, OpContext context) {
            count();
            return super.calculateOutputShape(op, context);
        }
    }

    private final OpExecutioner before = Nd4j.getExecutioner();
    private final Executioner executioner = new Executioner();

    /** Takes the place of ND4J's executioner. */
    public Faults() throws ReflectiveOperationException {
        set(executioner);
    }

    private static void set(OpExecutioner executioner) throws ReflectiveOperationException {
        Field field = Nd4j.class.getDeclaredField("OP_EXECUTIONER_INSTANCE");
        field.setAccessible(true);
        field.set(null, executioner);
    }

    /** How many ops and shape functions something runs. */
    public int count(Runnable action) {
        executioner.left = 0;
        action.run();
        return -executioner.left;
    }

    /**
     * Runs something of which one op fails.
     *
     * @param op the position of the op, from 1
     * @return whether there are as many, so that it was cut short
     */
    public boolean cutShort(int op, Runnable action) {
        executioner.left = op;
        try {
            action.run();
            return false;
        } catch (RuntimeException | Error thrown) {
            // Deeplearning4j wraps what it catches.
            for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
                if (cause instanceof Fault) {
                    return true;
                }
            }
            throw thrown;
        } finally {
            executioner.left = 0;
        }
    }

    @Override
    public void close() throws ReflectiveOperationException {
        set(before);
    }
}
