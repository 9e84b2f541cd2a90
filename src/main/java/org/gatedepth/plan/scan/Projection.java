package org.gatedepth.plan.scan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.gatedepth.plan.graph.Node;
import org.gatedepth.plan.graph.Program;
import org.gatedepth.plan.graph.Value;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What the steps of a scan read of its input: products {@code x·W} or {@code (x·factors)·W}, computed for many steps at
 * once. The factors, those of dropout, are the same at every step.
 */
public final class Projection {
    /** Stands for x itself in place of the name of factors. */
    public static final String NO_FACTORS = "";

    /**
     * One product.
     *
     * @param name of its result
     * @param param the name of W
     * @param factors what x is multiplied by first, or {@link #NO_FACTORS}
     * @param column of all products side by side, the first of this one
     * @param columns of W
     */
    public record Part(String name, String param, String factors, long column, long columns) {}

    private final List<Part> parts = new ArrayList<>();
    private final Map<String, INDArray> params;
    private final MatrixProducts products;
    private long columns;

    /**
     * Reads a graph.
     *
     * @param sd the graph
     * @param x its input
     * @param results the products
     * @param params arrays of the parameters
     * @throws IllegalArgumentException if one of them is something else
     */
    public Projection(
            SameDiff sd,
            SDVariable x,
            List<SDVariable> results,
            Map<String, INDArray> params,
            MatrixProducts products) {
        this.params = params;
        this.products = products;
        List<String> names = results.stream().map(SDVariable::name).toList();
        Map<String, Node> makers = new HashMap<>();
        if (!names.isEmpty()) {
            Program program = new Program(sd, params, List.of(names));
            program.phases().get(0).forEach(node -> makers.put(node.result().variable(), node));
        }
        for (String name : names) {
            Node product = makers.get(name);
            String param = product != null && product.isPlainProduct() ? input(product, 1) : "";
            INDArray matrix = params.get(param);
            String factors =
                    matrix == null ? null : factors(input(Objects.requireNonNull(product), 0), x.name(), makers);
            if (matrix == null || factors == null) {
                throw new IllegalArgumentException("what is projected must be a product of the input, or of the input"
                        + " times a placeholder, and a parameter, but \"" + name + "\" is not");
            }
            parts.add(new Part(name, param, factors, columns, matrix.size(1)));
            columns += matrix.size(1);
        }
    }

    private static String input(Node node, int index) {
        return node.inputs().get(index).variable();
    }

    /** What x is multiplied by to give a variable; null if it is not made of x in this way. */
    private static @Nullable String factors(String variable, String x, Map<String, Node> makers) {
        Node maker = makers.get(variable);
        if (maker == null) {
            return variable.equals(x) ? NO_FACTORS : null;
        }
        List<String> operands = maker.inputs().stream().map(Value::variable).toList();
        boolean scaled = maker.op().opName().equals("multiply")
                && operands.get(0).equals(x)
                && !makers.containsKey(operands.get(1));
        return scaled ? operands.get(1) : null;
    }

    /** The products, in the order in which the steps read them. */
    public List<Part> parts() {
        return parts;
    }

    /** The columns of all products. */
    public long columns() {
        return columns;
    }

    /** The names of all factors, and {@link #NO_FACTORS}. */
    public Set<String> factors() {
        Set<String> factors = new LinkedHashSet<>();
        factors.add(NO_FACTORS);
        parts.forEach(part -> factors.add(part.factors()));
        return factors;
    }

    private INDArray matrix(Part part) {
        return Objects.requireNonNull(params.get(part.param()));
    }

    /** Parts that can be one product, from the first to the last. */
    private List<List<Part>> runs() {
        List<List<Part>> runs = new ArrayList<>();
        for (Part part : parts) {
            List<Part> last = runs.isEmpty() ? List.of() : runs.get(runs.size() - 1);
            List<Part> longer = new ArrayList<>(last);
            longer.add(part);
            boolean joins = !last.isEmpty()
                    && last.get(0).factors().equals(part.factors())
                    && MatrixUse.joined(longer.stream().map(this::matrix).toList()) != null;
            if (joins) {
                runs.set(runs.size() - 1, longer);
            } else {
                runs.add(List.of(part));
            }
        }
        return runs;
    }

    private INDArray matrix(List<Part> run) {
        return Objects.requireNonNull(
                MatrixUse.joined(run.stream().map(this::matrix).toList()));
    }

    /**
     * Computes rows of the products.
     *
     * @param inputs rows of x, and of x times each of the factors
     * @param out the same rows of the products
     */
    public void multiply(Map<String, INDArray> inputs, Tape out) {
        for (List<Part> run : runs()) {
            Part first = run.get(0);
            Part last = run.get(run.size() - 1);
            INDArray into = out.part(0, out.matrix().size(0), first.column(), last.column() + last.columns());
            products.multiply(Objects.requireNonNull(inputs.get(first.factors())), matrix(run), into, false);
        }
    }

    /**
     * The gradient at x, or at x times factors.
     *
     * @param factors which of them
     * @param gradients at the products, by name
     * @param out is overwritten
     */
    public void inputGradient(String factors, Map<String, INDArray> gradients, INDArray out) {
        boolean add = false;
        for (List<Part> run : runs()) {
            if (!run.get(0).factors().equals(factors)) {
                continue;
            }
            List<INDArray> all = run.stream()
                    .map(part -> Objects.requireNonNull(gradients.get(part.name())))
                    .toList();
            INDArray gradient = MatrixUse.joined(all);
            if (gradient != null) {
                products.multiplyByTransposed(gradient, matrix(run), out, add);
            } else {
                for (int i = 0; i < run.size(); i++) {
                    products.multiplyByTransposed(all.get(i), matrix(run.get(i)), out, add || i > 0);
                }
            }
            add = true;
        }
        if (!add) {
            out.assign(0);
        }
    }
}
