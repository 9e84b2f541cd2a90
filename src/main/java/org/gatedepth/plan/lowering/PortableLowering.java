package org.gatedepth.plan.lowering;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.gatedepth.plan.graph.ElementwiseCall;
import org.gatedepth.plan.graph.Neighbours;
import org.gatedepth.plan.graph.Node;
import org.gatedepth.plan.graph.Program;
import org.gatedepth.plan.graph.Value;
import org.gatedepth.plan.portable.PointFunction;
import org.gatedepth.plan.portable.RowProgram;
import org.gatedepth.plan.portable.Step;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.ScalarOp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Lowers the nodes of a graph over rows to a {@link RowProgram}, with copies of the parameters.
 *
 * <p>It knows products with parameters, what is done element by element, softmax, joins and slices of columns; of all
 * else it says that it does not know it.
 */
public final class PortableLowering {
    /** By name of the op. */
    private static final Map<String, PointFunction> FUNCTIONS = Map.ofEntries(
            Map.entry("elu", PointFunction.ELU),
            Map.entry("selu", PointFunction.SELU),
            Map.entry("softplus", PointFunction.SOFTPLUS),
            Map.entry("softsign", PointFunction.SOFTSIGN),
            Map.entry("leakyrelu", PointFunction.LEAKY_RELU),
            Map.entry("relu6", PointFunction.RELU6),
            Map.entry("hardtanh", PointFunction.HARD_TANH),
            Map.entry("hard_sigmoid", PointFunction.HARD_SIGMOID),
            Map.entry("cube", PointFunction.CUBE),
            Map.entry("rational_tanh", PointFunction.RATIONAL_TANH),
            Map.entry("rectified_tanh", PointFunction.RECTIFIED_TANH),
            Map.entry("greaterthan_scalar", PointFunction.GREATER));

    /** One row of the table of a product is named by a column of the input. */
    private final Map<String, Integer> labelColumns;

    private final Program program;
    /** Results of products and additions that are done already. */
    private final Set<Value> absorbed = new HashSet<>();

    private final Registers registers;
    private final Registers.Matrix input;
    private List<Step> steps = new ArrayList<>();
    /** The register in which products sum a row; negative before the first product. */
    private int sum = -1;

    private PortableLowering(Program program, String input, int columns, Map<String, Integer> labelColumns) {
        this.program = program;
        this.labelColumns = labelColumns;
        registers = new Registers(program);
        // Read once more than the graph says, and so never released: lookups read it too.
        this.input = registers.input(Value.of(input), columns);
    }

    /**
     * A program that computes the first wanted variable of each phase.
     *
     * @param program what is computed; the parameters are copied
     * @param input placeholder of the rows
     * @param columns of the rows
     * @param labelColumns placeholders of one-hot rows, which only products read, and the columns of the rows that hold
     *     the indices
     * @return null if there is a node that such programs do not have
     */
    public static @Nullable RowProgram lower(
            Program program, String input, int columns, Map<String, Integer> labelColumns) {
        PortableLowering lowering = new PortableLowering(program, input, columns, labelColumns);
        List<RowProgram.Output> outputs = new ArrayList<>();
        for (int phase = 0; phase < program.phases().size(); phase++) {
            for (Node node : program.phases().get(phase)) {
                if (!lowering.lower(node)) {
                    return null;
                }
            }
            Value wanted = Value.of(program.wanted().get(phase).iterator().next());
            Registers.Matrix output = lowering.registers.find(wanted);
            if (output == null) {
                return null;
            }
            outputs.add(new RowProgram.Output(lowering.steps, output.register(), output.columns()));
            lowering.steps = new ArrayList<>();
            lowering.registers.release(output);
        }
        return new RowProgram(columns, lowering.registers.widest(), lowering.registers.count(), outputs);
    }

    private boolean lower(Node node) {
        boolean known = absorbed.contains(node.result()) || (node.isPlainProduct() ? product(node) : other(node));
        if (known) {
            for (Value value : node.inputs()) {
                Registers.Matrix matrix = registers.find(value);
                if (matrix != null) {
                    registers.release(matrix);
                }
            }
        }
        return known;
    }

    private boolean other(Node node) {
        Registers.Matrix x = registers.find(node.inputs().get(0));
        PointFunction function = FUNCTIONS.get(node.op().opName());
        ElementwiseCall call = ElementwiseCall.of(node.op());
        if (call != null) {
            return elementwise(node, call);
        }
        if (node.op().opName().equals("concat")) {
            return join(node);
        }
        if (x == null) {
            return false;
        }
        if (function != null) {
            int columns = x.columns();
            int y = registers.define(node.result(), columns);
            steps.add(new Step.Pointwise(function, parameter(node), x.register(), columns, y));
            return true;
        }
        return switch (node.op().opName()) {
            case "identity" -> alias(node, x);
            case "cast" -> program.type(node.result()).isFPType() && alias(node, x);
            case "softmax" -> softmax(node, x);
            case "slice" -> columns(node, x);
            default -> false;
        };
    }

    /** All products of one matrix whose weights stand side by side are one. */
    private boolean product(Node node) {
        Value factor = node.inputs().get(0);
        Integer label = labelColumns.get(factor.variable());
        Registers.Matrix x = label == null ? registers.find(factor) : input;
        Neighbours.Run run = program.neighbours().of(node);
        List<Node> products = run == null || label != null ? List.of(node) : run.products();
        List<INDArray> weights = new ArrayList<>();
        for (Node product : products) {
            INDArray w = program.params().get(product.inputs().get(1));
            if (x == null || w == null || w.rank() != 2 || (label == null && w.size(0) != x.columns())) {
                return false;
            }
            weights.add(w);
        }
        int[] columns = weights.stream().mapToInt(w -> (int) w.size(1)).toArray();
        int[] results = new int[columns.length];
        float[] bias = new float[Arrays.stream(columns).sum()];
        int at = 0;
        for (int i = 0; i < results.length; i++) {
            Value result = products.get(i).result();
            absorbed.add(result);
            Node addition = additionOfBias(result, columns[i]);
            if (addition != null) {
                System.arraycopy(elements(Objects.requireNonNull(bias(addition, result))), 0, bias, at, columns[i]);
                result = addition.result();
                absorbed.add(result);
            }
            results[i] = registers.define(result, columns[i]);
            at += columns[i];
        }
        Registers.Matrix from = Objects.requireNonNull(x);
        if (label != null) {
            steps.add(new Step.Lookup(from.register(), from.columns(), label, rows(weights), bias, results[0]));
            return true;
        }
        if (sum < 0) {
            sum = registers.take(bias.length);
        }
        registers.widen(bias.length);
        steps.add(new Step.Product(from.register(), rows(weights), bias, sum, results, columns));
        return true;
    }

    /** The addition of a bias that alone reads a product, and so can be done with it; null if there is none. */
    private @Nullable Node additionOfBias(Value product, int columns) {
        List<Node> readers = program.readers(product);
        if (readers.size() != 1 || !readers.get(0).op().opName().equals("add") || registers.isWanted(product)) {
            return null;
        }
        INDArray bias = bias(readers.get(0), product);
        return bias != null && bias.length() == columns ? readers.get(0) : null;
    }

    private @Nullable INDArray bias(Node addition, Value product) {
        List<Value> operands = addition.inputs();
        return program.params().get(operands.get(operands.get(0).equals(product) ? 1 : 0));
    }

    /** The rows of matrices side by side. */
    private static float[][] rows(List<INDArray> matrices) {
        return Nd4j.concat(1, matrices.toArray(new INDArray[0])).dup('c').toFloatMatrix();
    }

    private boolean elementwise(Node node, ElementwiseCall call) {
        List<Value> inputs = node.inputs();
        int columns = inputs.stream()
                .map(registers::find)
                .filter(Objects::nonNull)
                .mapToInt(matrix -> matrix.columns())
                .max()
                .orElse(0);
        int[] operands = new int[call.operands().size()];
        List<Integer> constants = new ArrayList<>();
        for (int i = 0; i < operands.length; i++) {
            Value value = switch (call.operands().get(i)) {
                case FIRST_INPUT -> inputs.get(0);
                case SECOND_INPUT -> inputs.get(1);
                case SCALAR -> inputs.size() == 2 ? inputs.get(1) : null;
            };
            Registers.Matrix matrix = value == null ? null : registers.find(value);
            if (matrix != null) {
                if (matrix.columns() != columns) {
                    return false;
                }
                operands[i] = matrix.register();
            } else {
                float[] row = row(value == null ? ((ScalarOp) node.op()).scalar() : constant(value), columns);
                if (row == null) {
                    return false;
                }
                operands[i] = registers.take(columns);
                constants.add(operands[i]);
                steps.add(new Step.Constant(row, operands[i]));
            }
        }
        int y = registers.define(node.result(), columns);
        steps.add(new Step.Elementwise(call.op(), operands[0], operands[operands.length - 1], columns, y));
        constants.forEach(registers::give);
        return true;
    }

    private @Nullable INDArray constant(Value value) {
        INDArray param = program.params().get(value);
        return param == null ? program.constant(value) : param;
    }

    /** One row, or one element repeated to a row; null for anything else. */
    private static float @Nullable [] row(@Nullable INDArray array, int columns) {
        if (array == null || columns == 0 || (array.length() != columns && array.length() != 1)) {
            return null;
        }
        float[] row = new float[columns];
        if (array.length() == 1) {
            Arrays.fill(row, array.getFloat(0));
            return row;
        }
        return elements(array);
    }

    private boolean join(Node node) {
        long[] axis = ((DynamicCustomOp) node.op()).iArgs();
        List<Registers.@Nullable Matrix> parts = node.inputs().stream()
                .<Registers.@Nullable Matrix>map(registers::find)
                .toList();
        if (!Arrays.equals(axis, new long[] {1}) || parts.stream().anyMatch(Objects::isNull)) {
            return false;
        }
        int[] registersOfParts = new int[parts.size()];
        int[] columns = new int[parts.size()];
        for (int i = 0; i < columns.length; i++) {
            Registers.Matrix part = Objects.requireNonNull(parts.get(i));
            registersOfParts[i] = part.register();
            columns[i] = part.columns();
        }
        int y = registers.define(node.result(), Arrays.stream(columns).sum());
        steps.add(new Step.Join(registersOfParts, columns, y));
        return true;
    }

    private boolean softmax(Node node, Registers.Matrix x) {
        long[] axis = ((DynamicCustomOp) node.op()).iArgs();
        if (axis.length > 0 && axis[0] != -1 && axis[0] != 1) {
            return false;
        }
        int columns = x.columns();
        steps.add(Step.Softmax.of(x.register(), columns, registers.define(node.result(), columns)));
        return true;
    }

    /** A slice is given by its first row and column, and its numbers of rows and columns; −1 rows are all. */
    private boolean columns(Node node, Registers.Matrix x) {
        long[] slice = ((DynamicCustomOp) node.op()).iArgs();
        if (slice.length != 4 || slice[0] != 0 || slice[2] != -1) {
            return false;
        }
        int count = (int) (slice[3] == -1 ? x.columns() - slice[1] : slice[3]);
        steps.add(new Step.Columns(
                x.register(), x.columns(), (int) slice[1], count, registers.define(node.result(), count)));
        return true;
    }

    private boolean alias(Node node, Registers.Matrix x) {
        registers.alias(node.result(), x);
        return true;
    }

    private static double parameter(Node node) {
        if (node.op() instanceof ScalarOp scalar) {
            return scalar.scalar().getDouble(0);
        }
        return node.op() instanceof DynamicCustomOp custom && custom.tArgs().length > 0 ? custom.tArgs()[0] : 0;
    }

    private static float[] elements(INDArray array) {
        return array.dup('c').data().asFloat();
    }
}
