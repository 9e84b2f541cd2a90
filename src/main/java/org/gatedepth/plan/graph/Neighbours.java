package org.gatedepth.plan.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Finds products of one matrix, plain or over time steps, with several parameters that stand {@link SideBySide}: these
 * can be one product.
 */
public final class Neighbours {
    /** Such products, forward or backward, in the order of their second matrices. */
    public static final class Run {
        private final List<Node> products;
        private final List<INDArray> matrices;
        private final @Nullable INDArray joined;
        private final long[] columns;
        private final List<Value> results;

        private Run(List<Node> products, List<INDArray> matrices) {
            this.products = List.copyOf(products);
            this.matrices = matrices;
            joined = SideBySide.joined(matrices);
            columns = matrices.stream().mapToLong(matrix -> matrix.size(1)).toArray();
            results = products.stream().map(Node::result).toList();
        }

        /** Two or more. */
        public List<Node> products() {
            return products;
        }

        /** What each of the products multiplies by. */
        public List<INDArray> matrices() {
            return matrices;
        }

        /** The same as one matrix; null if they do not fit in one. */
        @Nullable
        public INDArray joined() {
            return joined;
        }

        /** How many columns of the joined matrix belong to each of the products. Not to be changed. */
        public long[] columns() {
            return columns;
        }

        /** The first result of each of the products. */
        public List<Value> results() {
            return results;
        }

        /** The gradients that backward products read. */
        public List<Value> gradients() {
            return products.stream().map(Node::productGradient).toList();
        }

        /** What each of the products gives there. */
        public List<Value> outputs(int index) {
            return products.stream().map(node -> node.outputs().get(index)).toList();
        }
    }

    private final Map<Value, INDArray> params;
    private final Map<Value, Run> byResult = new HashMap<>();
    private final Map<Value, Run> byGradient = new HashMap<>();

    /**
     * Finds them.
     *
     * @param phases products of different phases are never one
     * @param params arrays of the parameters
     */
    Neighbours(List<List<Node>> phases, Map<Value, INDArray> params) {
        this.params = params;
        phases.forEach(this::find);
    }

    /** The products that can be one with this one, itself included. */
    @Nullable
    public Run of(Node product) {
        return byResult.get(product.result());
    }

    /** The backward products that can be one, and of which one reads this gradient. */
    @Nullable
    public Run ofGradient(Value gradient) {
        return byGradient.get(gradient);
    }

    private void find(List<Node> nodes) {
        Map<List<Object>, List<Node>> byFirst = new LinkedHashMap<>();
        for (Node node : nodes) {
            if ((node.isPlainProduct() || node.isShiftedProduct())
                    && params.containsKey(node.inputs().get(1))) {
                byFirst.computeIfAbsent(whatProductsShare(node), key -> new ArrayList<>())
                        .add(node);
            }
        }
        for (List<Node> candidates : byFirst.values()) {
            candidates.sort(Comparator.comparingLong(node -> second(node).offset()));
            List<Node> run = new ArrayList<>();
            for (Node node : candidates) {
                if (!run.isEmpty() && !SideBySide.areNeighbours(second(run.get(run.size() - 1)), second(node))) {
                    put(run);
                    run = new ArrayList<>();
                }
                run.add(node);
            }
            put(run);
        }
    }

    /** The same op on the same matrix, and for a product over time steps the same sequences and shifts. */
    private static List<Object> whatProductsShare(Node product) {
        String op = product.op().opName();
        Value first = product.inputs().get(0);
        return product.isPlainProduct()
                ? List.of(op, first)
                : List.of(op, first, product.inputs().get(2), Arrays.toString(product.shifts()));
    }

    private INDArray second(Node product) {
        Value value = product.inputs().get(1);
        return Objects.requireNonNull(params.get(value), value::toString);
    }

    private void put(List<Node> products) {
        if (products.size() > 1) {
            Run run = new Run(products, products.stream().map(this::second).toList());
            for (Node node : products) {
                byResult.put(node.result(), run);
                if (node.isGradientOfProduct()) {
                    byGradient.put(node.productGradient(), run);
                }
            }
        }
    }
}
