package org.gatedepth.plan.lowering;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.gatedepth.plan.graph.Program;
import org.gatedepth.plan.graph.Value;
import org.gatedepth.plan.portable.RowProgram;
import org.jspecify.annotations.Nullable;

/** Gives the matrices of a {@link RowProgram} their registers, which are used again after the last read. */
final class Registers {
    /** A matrix in a register, and how many times it will be read. */
    static final class Matrix {
        private final int register;
        private final int columns;
        private int readsLeft;

        private Matrix(int register, int columns, int reads) {
            this.register = register;
            this.columns = columns;
            readsLeft = reads;
        }

        int register() {
            return register;
        }

        int columns() {
            return columns;
        }
    }

    private final Program program;
    private final Map<Value, Matrix> matrices = new HashMap<>();
    private final Deque<Integer> free = new ArrayDeque<>();
    private int count = RowProgram.INPUT + 1;
    private int widest;

    Registers(Program program) {
        this.program = program;
    }

    /** The rows that are predicted. Their register is never released. */
    Matrix input(Value value, int columns) {
        widen(columns);
        Matrix matrix = new Matrix(RowProgram.INPUT, columns, reads(value) + 1);
        matrices.put(value, matrix);
        return matrix;
    }

    /** The matrix of a value; null for one that is in no register. */
    @Nullable
    Matrix find(Value value) {
        return matrices.get(value);
    }

    /** The register of a new matrix. It is not that of anything that has reads left. */
    int define(Value value, int columns) {
        Matrix matrix = new Matrix(take(columns), columns, reads(value));
        matrices.put(value, matrix);
        return matrix.register;
    }

    /** Says that a value is the same as another. */
    void alias(Value value, Matrix same) {
        same.readsLeft += reads(value);
        matrices.put(value, same);
    }

    /** Counts one read of a matrix. */
    void release(Matrix matrix) {
        matrix.readsLeft--;
        if (matrix.readsLeft == 0) {
            give(matrix.register);
        }
    }

    /** A register for something that is no value of the graph. */
    int take(int columns) {
        widen(columns);
        return free.isEmpty() ? count++ : free.pop();
    }

    /** Gives back what was taken. */
    void give(int register) {
        free.push(register);
    }

    /** Says that a register holds a row of so many columns. */
    void widen(int columns) {
        widest = Math.max(widest, columns);
    }

    /** The most columns of any row. */
    int widest() {
        return widest;
    }

    /** How many registers there are. */
    int count() {
        return count;
    }

    /** Whether the caller reads a value. */
    boolean isWanted(Value value) {
        return value.role() == Value.Role.RESULT
                && program.wanted().stream().anyMatch(names -> names.contains(value.variable()));
    }

    private int reads(Value value) {
        return program.readers(value).size() + (isWanted(value) ? 1 : 0);
    }
}
