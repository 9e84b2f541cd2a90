package org.gatedepth.dl4j.training;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.gatedepth.block.Params;
import org.gatedepth.dl4j.runtime.Noise;
import org.gatedepth.plan.CompiledFunction;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A network as one compiled function: from its inputs to the scores of its outputs side by side, and after them what
 * running statistics follow; its gradients are written into the network's own.
 */
final class WholeFunction implements AutoCloseable {
    private static final String DROPOUT = "dropOut/";
    private static final String ONE_HOT = "oneHot/";

    /** The size of a dropout mask that has as many columns as what it multiplies. */
    static final long ANY = -1;

    private final DataType type;
    private final List<String> inputs;
    private final List<Part> parts;
    private final List<Part> outputs;
    private final CompiledFunction function;
    /** By part, the sizes of the dropout masks that it reads, by the name of the placeholder. */
    private final Map<String, Map<String, Long>> masks = new LinkedHashMap<>();

    /**
     * The function of a network.
     *
     * @param inputs names of the network's inputs
     * @param parts the parts in the order in which they are computed
     * @param outputs those that are outputs, in the order of the labels
     */
    WholeFunction(DataType type, List<String> inputs, List<Part> parts, List<Part> outputs) {
        this.type = type;
        this.inputs = inputs;
        this.parts = parts;
        this.outputs = outputs;
        Map<String, long[]> shapes = new LinkedHashMap<>();
        inputs.forEach(name -> shapes.put(name, new long[] {-1, -1}));
        Map<String, INDArray> params = new LinkedHashMap<>();
        Map<String, INDArray> gradients = new LinkedHashMap<>();
        for (Part part : parts) {
            part.params().forEach((name, array) -> params.put(part.scoped(name), array));
            part.gradients().forEach((name, array) -> gradients.put(part.scoped(name), array));
            Part.LabelColumn indices = part.indices();
            if (indices != null) {
                shapes.put(ONE_HOT + part.name(), new long[] {-1, indices.labels()});
            }
        }
        function = new CompiledFunction(type, shapes, List.of(), params, this::define, structure());
        function.setGradientArrays(gradients);
    }

    /** What {@link #define} makes its ops from; null if that cannot be compared, or if they read dropout masks. */
    private @Nullable Object structure() {
        List<Object> structure = new ArrayList<>();
        for (Part part : parts) {
            // Records are compared by what they hold.
            if (!(part.equation() instanceof Record) || isNoisy(part)) {
                return null;
            }
            structure.add(List.of(
                    part.name(), part.inputs(), part.equation(), part.indices() != null, part.statistics() != null));
        }
        return List.of(inputs, structure, outputs.stream().map(Part::name).toList());
    }

    private static boolean isNoisy(Part part) {
        return part.layer() != null && part.layer().conf().getLayer().getIDropout() != null;
    }

    private SDVariable define(SameDiff sd, CompiledFunction.Variables in, CompiledFunction.Variables params) {
        Map<String, SDVariable> computed = new HashMap<>();
        inputs.forEach(name -> computed.put(name, in.get(name)));
        for (Part part : parts) {
            List<SDVariable> read = part.indices() != null
                    ? List.of(in.get(ONE_HOT + part.name()))
                    : part.inputs().stream()
                            .map(name -> Objects.requireNonNull(computed.get(name), name))
                            .toList();
            computed.put(part.name(), part.equation().define(sd, read, scoped(sd, part, params)));
        }
        List<SDVariable> results = new ArrayList<>();
        outputs.forEach(output -> results.add(Objects.requireNonNull(computed.get(output.name()))));
        for (Part part : parts) {
            if (part.statistics() != null) {
                results.add(Objects.requireNonNull(computed.get(part.inputs().get(0))));
            }
        }
        return results.size() == 1 ? results.get(0) : sd.concat(1, results.toArray(new SDVariable[0]));
    }

    private Params scoped(SameDiff sd, Part part, CompiledFunction.Variables params) {
        boolean noisy = isNoisy(part);
        return new Params() {
            @Override
            public SDVariable get(String name) {
                return params.get(part.scoped(name));
            }

            @Override
            public SDVariable dropOut(String scope, SDVariable x, long size) {
                if (!noisy) {
                    return x;
                }
                String name = DROPOUT + part.name() + "/" + scope;
                masks.computeIfAbsent(part.name(), p -> new LinkedHashMap<>()).put(name, size);
                return x.mul(sd.placeHolder(name, type, -1, size));
            }
        };
    }

    /**
     * What the function reads of a minibatch: each array has a row for each of its rows.
     *
     * @param features one array for each input
     * @param iteration the network's count of iterations, for schedules of dropout
     * @param epoch its count of epochs
     */
    Map<String, INDArray> read(INDArray[] features, int iteration, int epoch) {
        Map<String, INDArray> read = new HashMap<>();
        for (int i = 0; i < features.length; i++) {
            read.put(inputs.get(i), features[i]);
        }
        for (Part part : parts) {
            Part.LabelColumn indices = part.indices();
            if (indices != null) {
                int input = inputs.indexOf(part.inputs().get(0));
                read.put(ONE_HOT + part.name(), oneHot(features[input], indices));
            }
        }
        drawMasks(features[0].size(0), iteration, epoch, read);
        return read;
    }

    /** The results for what is read, with what {@link #backward} needs. */
    INDArray forward(Map<String, INDArray> read) {
        return function.forward(read);
    }

    /** Draws in the order in which Deeplearning4j does: layers from below, and then outputs from above. */
    private void drawMasks(long rows, int iteration, int epoch, Map<String, INDArray> read) {
        List<Part> order =
                new ArrayList<>(parts.stream().filter(part -> !part.isOutput()).toList());
        List<Part> last = new ArrayList<>(parts.stream().filter(Part::isOutput).toList());
        Collections.reverse(last);
        order.addAll(last);
        order.removeIf(part -> !masks.containsKey(part.name()));
        for (Part part : order) {
            IDropout dropout =
                    Objects.requireNonNull(part.layer()).conf().getLayer().getIDropout();
            Noise noise = new Noise(dropout, iteration, epoch, LayerWorkspaceMgr.noWorkspaces());
            Objects.requireNonNull(masks.get(part.name()))
                    .forEach((name, size) -> read.put(
                            name,
                            noise.factors(
                                    type,
                                    rows,
                                    size == ANY ? columns(part.inputs().get(0), read) : size)));
        }
    }

    /** The columns of a part, or of an input of the network. */
    private long columns(String name, Map<String, INDArray> read) {
        if (inputs.contains(name)) {
            return Objects.requireNonNull(read.get(name)).size(1);
        }
        Part part = parts.stream()
                .filter(candidate -> candidate.name().equals(name))
                .findFirst()
                .orElseThrow();
        long own = part.outputSize();
        return own != ANY
                ? own
                : part.equation()
                        .columns(part.inputs().stream()
                                .mapToLong(input -> columns(input, read))
                                .toArray());
    }

    private INDArray oneHot(INDArray features, Part.LabelColumn column) {
        int rows = (int) features.size(0);
        INDArray result = Nd4j.zeros(type, rows, column.labels());
        for (int i = 0; i < rows; i++) {
            int index = (int) features.getDouble(i, column.column());
            if (index < 0 || index >= column.labels()) {
                throw new IllegalArgumentException("a label index must be from 0 to " + (column.labels() - 1) + ", got "
                        + features.getDouble(i, column.column()) + " in column " + column.column());
            }
            result.putScalar(i, index, 1);
        }
        return result;
    }

    /** Writes the gradients of {@code sum(results · seed)} into the network's. */
    void backward(INDArray seed) {
        function.backward(seed);
    }

    @Override
    public void close() {
        function.close();
    }
}
