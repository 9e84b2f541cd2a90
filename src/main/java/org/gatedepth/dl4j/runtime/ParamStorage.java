package org.gatedepth.dl4j.runtime;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.conf.layers.samediff.SDLayerParams;
import org.deeplearning4j.nn.weights.IWeightInit;
import org.deeplearning4j.nn.weights.WeightInit;
import org.gatedepth.block.ParamSpec;
import org.gatedepth.block.Parametric;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * How the parameters of a block stand in a layer of Deeplearning4j: one by one, or all weights as one vector and all
 * biases as another.
 *
 * <p>The vectors are for stacks. Deeplearning4j's updaters make some eight arrays for each parameter at every step,
 * which with the 200 parameters of 50 highway blocks takes longer than the step itself. In the vector of weights those
 * that multiply the same input stand side by side, as the columns of one matrix {@code [H|T]}: they are one product.
 *
 * @param owner the block, or what else has parameters
 * @param asVectors whether its parameters stand as two vectors
 */
public record ParamStorage(Parametric owner, boolean asVectors) {
    private static final String WEIGHTS = "W";
    private static final String BIASES = "b";

    /** Declares the stored parameters. */
    public void define(SDLayerParams target) {
        target.clear();
        if (asVectors) {
            target.addWeightParam(WEIGHTS, 1, length(ParamSpec.Role.WEIGHT));
            target.addBiasParam(BIASES, 1, length(ParamSpec.Role.BIAS));
            return;
        }
        for (ParamSpec param : owner.params()) {
            if (param.role() == ParamSpec.Role.WEIGHT) {
                target.addWeightParam(param.name(), param.shape());
            } else {
                target.addBiasParam(param.name(), param.shape());
            }
        }
    }

    /** Number of elements of all weights, or of all biases. */
    public long length(ParamSpec.Role role) {
        return owner.params().stream()
                .filter(p -> p.role() == role)
                .mapToLong(ParamSpec::length)
                .sum();
    }

    /** The block's parameters as views of the stored arrays. */
    public Map<String, INDArray> views(Map<String, INDArray> stored) {
        if (!asVectors) {
            return stored;
        }
        Map<String, INDArray> views = new LinkedHashMap<>();
        Map<ParamSpec.Role, Long> offsets = new EnumMap<>(ParamSpec.Role.class);
        for (List<ParamSpec> matrix : matrices()) {
            ParamSpec first = matrix.get(0);
            String vector = first.role() == ParamSpec.Role.WEIGHT ? WEIGHTS : BIASES;
            INDArray flat = Objects.requireNonNull(stored.get(vector), vector);
            long from = offsets.getOrDefault(first.role(), 0L);
            long columns = matrix.stream().mapToLong(ParamSpec::columns).sum();
            long column = 0;
            for (ParamSpec param : matrix) {
                long[] strides = {columns, 1};
                views.put(
                        param.name(),
                        Nd4j.create(flat.data(), param.shape(), strides, flat.offset() + from + column, 'c'));
                column += param.columns();
            }
            offsets.put(first.role(), from + first.rows() * columns);
        }
        return views;
    }

    /** The parameters as they stand, those together that are one matrix: weights of a group with so many rows. */
    private List<List<ParamSpec>> matrices() {
        List<List<ParamSpec>> matrices = new ArrayList<>();
        for (List<ParamSpec> group : owner.groups()) {
            Map<Long, List<ParamSpec>> byRows = new HashMap<>();
            for (ParamSpec param : group) {
                List<ParamSpec> matrix = param.role() == ParamSpec.Role.WEIGHT ? byRows.get(param.rows()) : null;
                if (matrix == null) {
                    matrix = new ArrayList<>();
                    matrices.add(matrix);
                    if (param.role() == ParamSpec.Role.WEIGHT) {
                        byRows.put(param.rows(), matrix);
                    }
                }
                matrix.add(param);
            }
        }
        return matrices;
    }

    /**
     * Sets the initial values.
     *
     * @param stored the stored arrays
     * @param scheme for the weights of transforms
     * @param own for single parameters, by the names that the block gives them
     */
    public void initialize(Map<String, INDArray> stored, IWeightInit scheme, Map<String, IWeightInit> own) {
        Map<String, INDArray> views = views(stored);
        IWeightInit xavier = WeightInit.XAVIER.getWeightInitFunction();
        for (ParamSpec param : owner.params()) {
            INDArray array = Objects.requireNonNull(views.get(param.name()), param.name());
            IWeightInit chosen = own.get(param.name());
            if (chosen != null) {
                draw(chosen, param.rows(), param.columns(), array);
            } else if (param.init() instanceof ParamSpec.Init.Constant constant) {
                array.assign(constant.value());
            } else if (param.init() instanceof ParamSpec.Init.Scheme fan) {
                draw(scheme, fan.fanIn(), fan.fanOut(), array);
            } else if (param.init() instanceof ParamSpec.Init.Xavier fan) {
                draw(xavier, fan.fanIn(), fan.fanOut(), array);
            }
        }
    }

    /**
     * Into an array of its own first: ND4J writes normal numbers only to the first element of a view with gaps between
     * its rows.
     */
    private static void draw(IWeightInit scheme, double fanIn, double fanOut, INDArray view) {
        INDArray values = Nd4j.zeros(view.dataType(), view.shape());
        scheme.init(fanIn, fanOut, view.shape(), 'c', values);
        view.assign(values);
    }
}
