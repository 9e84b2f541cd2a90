package org.gatedepth.plan.lowering;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A product of two matrices by the BLAS that ND4J has loaded, without ND4J's op around it.
 *
 * <p>The op looks up, checks and allocates for 1.3 to 2 µs at each call; a product 61 × 32 × 64 takes 2.6 µs. The BLAS
 * gets the arguments that the op would give it, so that the result is the same bit by bit. Where this cannot be had
 * ({@link #of} gives null), the op does the product: for other backends, single rows and columns, and matrices whose
 * rows and columns both have gaps.
 */
final class BlasProduct implements Call {
    private static final String BLAS = "org.bytedeco.openblas.global.openblas";
    /** One of another class may be there to see, or to change, what ops do. */
    private static final String EXECUTIONER = "org.nd4j.linalg.cpu.nativecpu.ops.NativeOpExecutioner";

    private static final int ROW_MAJOR = 101;
    private static final int COLUMN_MAJOR = 102;
    private static final int AS_IT_IS = 111;
    private static final int TRANSPOSED = 112;

    private static final @Nullable MethodHandle FLOATS = find("cblas_sgemm", float.class, "FloatPointer");
    private static final @Nullable MethodHandle DOUBLES = find("cblas_dgemm", double.class, "DoublePointer");

    /**
     * A matrix as BLAS sees it.
     *
     * @param memory pointer to the first element
     * @param transpose whether it stands there transposed, in the order of the result
     * @param stride distance between the beginnings of its rows, or of its columns
     */
    private record Operand(Object memory, int transpose, int stride) {}

    private final INDArray a;
    private final INDArray b;
    private final INDArray out;
    private final boolean floats;
    private final int order;
    private final int rows;
    private final int columns;
    private final int inner;
    private final Operand left;
    private final Operand right;
    private final double kept;
    private final Object memory;
    private final int stride;

    private BlasProduct(INDArray a, boolean transposeA, INDArray b, boolean transposeB, INDArray out, boolean add) {
        this.a = a;
        this.b = b;
        this.out = out;
        floats = out.dataType() == DataType.FLOAT;
        boolean byColumn = out.stride(0) == 1;
        order = byColumn ? COLUMN_MAJOR : ROW_MAJOR;
        rows = (int) out.size(0);
        columns = (int) out.size(1);
        inner = (int) a.size(transposeA ? 0 : 1);
        left = operand(a, transposeA, byColumn);
        right = operand(b, transposeB, byColumn);
        kept = add ? 1 : 0;
        memory = out.data().addressPointer();
        stride = out.stride(byColumn ? 1 : 0);
    }

    private static Operand operand(INDArray matrix, boolean transposed, boolean byColumn) {
        boolean columnsInMemory = matrix.stride(0) == 1;
        boolean standsByColumn = columnsInMemory != transposed;
        return new Operand(
                matrix.data().addressPointer(),
                standsByColumn == byColumn ? AS_IT_IS : TRANSPOSED,
                matrix.stride(columnsInMemory ? 1 : 0));
    }

    /** {@code out = a·b}, or {@code out += a·b}; null if this cannot be had. */
    static @Nullable Call of(
            INDArray a, boolean transposeA, INDArray b, boolean transposeB, INDArray out, boolean add) {
        DataType type = out.dataType();
        boolean known = (type == DataType.FLOAT && FLOATS != null) || (type == DataType.DOUBLE && DOUBLES != null);
        boolean plain = known
                && Nd4j.getExecutioner().getClass().getName().equals(EXECUTIONER)
                && !Nd4j.isFallbackModeEnabled()
                && Stream.of(a, b, out).allMatch(matrix -> isPlain(matrix, type));
        return plain ? new BlasProduct(a, transposeA, b, transposeB, out, add) : null;
    }

    private static boolean isPlain(INDArray matrix, DataType type) {
        if (matrix.dataType() != type || matrix.rank() != 2 || matrix.size(0) < 2 || matrix.size(1) < 2) {
            return false;
        }
        int next = matrix.stride(0) == 1 ? 1 : 0;
        return matrix.stride(1 - next) == 1
                && matrix.stride(next) >= matrix.size(1 - next)
                && matrix.size(next) <= Integer.MAX_VALUE;
    }

    /** The function of this name over pointers of a class; null if there is none. */
    private static @Nullable MethodHandle find(String name, Class<?> number, String pointer) {
        try {
            Class<?> blas =
                    Class.forName(BLAS, true, Nd4j.getBackend().getClass().getClassLoader());
            for (Method method : blas.getMethods()) {
                Class<?>[] types = method.getParameterTypes();
                if (method.getName().equals(name)
                        && types.length == 14
                        && types[7].getSimpleName().equals(pointer)) {
                    return MethodHandles.publicLookup().unreflect(method).asType(type(number));
                }
            }
            return null;
        } catch (ReflectiveOperationException | LinkageError notThere) {
            return null;
        }
    }

    private static MethodType type(Class<?> number) {
        return MethodType.methodType(
                void.class,
                int.class,
                int.class,
                int.class,
                int.class,
                int.class,
                int.class,
                number,
                Object.class,
                int.class,
                Object.class,
                int.class,
                number,
                Object.class,
                int.class);
    }

    @Override
    public void run() {
        try {
            if (floats) {
                Objects.requireNonNull(FLOATS)
                        .invokeExact(
                                order,
                                left.transpose,
                                right.transpose,
                                rows,
                                columns,
                                inner,
                                1f,
                                left.memory,
                                left.stride,
                                right.memory,
                                right.stride,
                                (float) kept,
                                memory,
                                stride);
            } else {
                Objects.requireNonNull(DOUBLES)
                        .invokeExact(
                                order,
                                left.transpose,
                                right.transpose,
                                rows,
                                columns,
                                inner,
                                1d,
                                left.memory,
                                left.stride,
                                right.memory,
                                right.stride,
                                kept,
                                memory,
                                stride);
            }
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable checked) {
            throw new IllegalStateException(checked);
        }
    }

    @Override
    public boolean touches(INDArray array) {
        return Overlap.of(a, array) || Overlap.of(b, array) || Overlap.of(out, array);
    }
}
