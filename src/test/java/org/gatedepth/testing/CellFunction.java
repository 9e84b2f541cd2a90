package org.gatedepth.testing;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.gatedepth.block.ParamSpec;
import org.gatedepth.block.Params;
import org.gatedepth.block.recurrence.Cell;
import org.gatedepth.plan.CompiledFunction;
import org.gatedepth.plan.Scan;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * A cell as a function of sequences.
 *
 * @param scan the function
 * @param params arrays of the parameters, read in place
 */
public record CellFunction(Scan scan, Map<String, INDArray> params) {

    /** How the parameters lie in memory. */
    public enum Layout {
        /** Each by itself. */
        APART,
        /** As layers store them: those that read the same input as columns of one matrix. */
        SIDE_BY_SIDE
    }

    /** A cell whose parameters are normal numbers times a half. */
    public static CellFunction random(
            Cell cell, DataType type, boolean masked, boolean dropped, Layout layout, long seed) {
        Map<String, INDArray> params = arrays(cell, type, layout);
        int i = 0;
        for (INDArray array : params.values()) {
            array.assign(Arrays.normal(seed + 31L * i++, type, array.shape()).mul(0.5));
        }
        return new CellFunction(scan(cell, type, masked, dropped, params), params);
    }

    /** A cell without mask and dropout. */
    public static CellFunction random(Cell cell, DataType type, long seed) {
        return random(cell, type, false, false, Layout.SIDE_BY_SIDE, seed);
    }

    /** Zeros of the shapes of the parameters. */
    public static Map<String, INDArray> arrays(Cell cell, DataType type, Layout layout) {
        Map<String, INDArray> arrays = new LinkedHashMap<>();
        for (List<ParamSpec> group : cell.groups()) {
            List<ParamSpec> weights = group.stream()
                    .filter(param -> param.role() == ParamSpec.Role.WEIGHT)
                    .toList();
            long columns = weights.stream().mapToLong(ParamSpec::columns).sum();
            INDArray matrix = Nd4j.zeros(type, weights.get(0).rows(), columns);
            long from = 0;
            for (ParamSpec param : group) {
                boolean part = layout == Layout.SIDE_BY_SIDE && param.role() == ParamSpec.Role.WEIGHT;
                arrays.put(
                        param.name(),
                        part
                                ? matrix.get(NDArrayIndex.all(), NDArrayIndex.interval(from, from + param.columns()))
                                : Nd4j.zeros(type, param.shape()));
                from += param.columns();
            }
        }
        return arrays;
    }

    /** The function of a cell. */
    public static Scan scan(Cell cell, DataType type, boolean masked, boolean dropped, Map<String, INDArray> params) {
        return new Scan(type, cell.inputSize(), cell.outputSize(), masked, params, new Scan.Body() {
            @Override
            public List<SDVariable> project(SameDiff sd, SDVariable x, CompiledFunction.Variables variables) {
                return cell.project(sd, x, of(sd, variables, null));
            }

            @Override
            public SDVariable step(
                    SameDiff sd,
                    List<SDVariable> projected,
                    SDVariable state,
                    @Nullable SDVariable mask,
                    CompiledFunction.Variables variables) {
                return cell.step(sd, projected, state, of(sd, variables, mask));
            }

            private Params of(SameDiff sd, CompiledFunction.Variables variables, @Nullable SDVariable mask) {
                return new CellParams(variables, mask) {
                    @Override
                    public SDVariable dropOut(String scope, SDVariable x, long size) {
                        return dropped ? x.mul(sd.placeHolder("dropOut/" + scope, type, -1, size)) : x;
                    }
                };
            }
        });
    }

    /** Parameters of a cell that drops nothing. */
    public static class CellParams implements Params {
        private final CompiledFunction.Variables variables;
        private final @Nullable SDVariable mask;

        /** Those of one application. */
        public CellParams(CompiledFunction.Variables variables, @Nullable SDVariable mask) {
            this.variables = variables;
            this.mask = mask;
        }

        @Override
        public SDVariable get(String name) {
            return variables.get(name);
        }

        @Override
        public @Nullable SDVariable mask() {
            return mask;
        }
    }

    /** Random inputs of so many steps and sequences, with a state, and a mask and factors of dropout where they are. */
    public static Map<String, INDArray> inputs(
            Cell cell, DataType type, long steps, long sequences, boolean masked, boolean dropped, long seed) {
        Map<String, INDArray> inputs = new HashMap<>();
        inputs.put(Scan.INPUT, Arrays.normal(seed, type, steps, sequences, cell.inputSize()));
        inputs.put(Scan.STATE, Arrays.normal(seed + 1, type, sequences, cell.outputSize()));
        if (masked) {
            inputs.put(
                    Scan.MASK,
                    Arrays.normal(seed + 2, steps * sequences, 1).gt(-0.3).castTo(type));
        }
        if (dropped) {
            factors(cell)
                    .forEach(param -> inputs.put(
                            "dropOut/" + param.name().split("/", -1)[0],
                            Arrays.normal(seed + param.name().hashCode(), sequences, param.rows())
                                    .gt(-0.5)
                                    .castTo(type)
                                    .mul(1.5)));
        }
        return inputs;
    }

    private static Stream<ParamSpec> factors(Cell cell) {
        return cell.params().stream()
                .filter(param ->
                        param.role() == ParamSpec.Role.WEIGHT && param.name().endsWith("/H"));
    }

    /** The states after all steps. */
    public INDArray output(Map<String, INDArray> inputs) {
        return scan.infer(inputs).dup('c');
    }
}
