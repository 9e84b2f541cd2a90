package org.gatedepth.plan.scan;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The gradients of the parameters: one product over all steps for each matrix, one sum for each row. */
public final class ParamGradients {
    private final MatrixProducts products;
    private final Map<String, INDArray> into;
    private final Set<String> written = new HashSet<>();

    /**
     * Of one backward pass.
     *
     * @param into where to write them, by name of the parameter
     */
    public ParamGradients(MatrixProducts products, Map<String, INDArray> into) {
        this.products = products;
        this.into = into;
    }

    /** Adds those of matrices; products of one x whose matrices stand side by side are one. */
    public void matrices(List<MatrixUse> uses) {
        List<MatrixUse> open = new ArrayList<>(uses);
        while (!open.isEmpty()) {
            List<MatrixUse> run = new ArrayList<>(List.of(open.remove(0)));
            boolean longer = true;
            while (longer) {
                longer = extend(run, open);
            }
            INDArray joined = joinedDestination(run);
            INDArray gradient =
                    MatrixUse.joined(run.stream().map(MatrixUse::gradient).toList());
            if (joined != null && gradient != null) {
                products.multiplyTransposed(run.get(0).x(), gradient, joined, false);
                run.forEach(use -> written.add(use.param()));
            } else {
                for (MatrixUse use : run) {
                    boolean add = !written.add(use.param());
                    products.multiplyTransposed(use.x(), use.gradient(), destination(use.param()), add);
                }
            }
        }
    }

    /** Puts a use that stands beside a run into the run. */
    private static boolean extend(List<MatrixUse> run, List<MatrixUse> open) {
        for (MatrixUse use : open) {
            if (run.get(run.size() - 1).isLeftOf(use)) {
                run.add(use);
                open.remove(use);
                return true;
            }
            if (use.isLeftOf(run.get(0))) {
                run.add(0, use);
                open.remove(use);
                return true;
            }
        }
        return false;
    }

    /** Where the gradients of a run go, as one matrix; null if they are to be added, or do not stand side by side. */
    private @Nullable INDArray joinedDestination(List<MatrixUse> run) {
        boolean fresh = run.stream().map(MatrixUse::param).noneMatch(written::contains);
        return fresh
                ? MatrixUse.joined(
                        run.stream().map(use -> destination(use.param())).toList())
                : null;
    }

    /** Adds that of a row that is added in every step: the sum of the gradients at the sums. */
    public void row(String param, INDArray gradient, INDArray ones) {
        products.multiply(ones, gradient, destination(param), !written.add(param));
    }

    /** Sets those of parameters that nothing reads. */
    public void clearOthers() {
        into.forEach((name, array) -> {
            if (!written.contains(name)) {
                array.assign(0);
            }
        });
    }

    private INDArray destination(String param) {
        return Objects.requireNonNull(into.get(param), param);
    }
}
