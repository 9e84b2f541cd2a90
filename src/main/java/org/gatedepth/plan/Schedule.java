package org.gatedepth.plan;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;

/** Which ops of a graph are run, and in which order. */
final class Schedule {
    private static final Set<String> ELEMENTWISE_GRADIENTS = Set.of("add_bp", "subtract_bp", "multiply_bp");

    private Schedule() {}

    /** The variables that an op reads. */
    static List<String> inputsOf(SameDiffOp op) {
        return op.getInputsToOp() == null ? List.of() : op.getInputsToOp();
    }

    /**
     * The ops that the wanted variables need.
     *
     * <p>Within a phase those that work element by element come as early as they can: then they stand side by side, and
     * become one {@link FusedLoop}.
     *
     * @param wanted for each phase the variables that it has to give; a phase leaves out what an earlier one has run
     */
    static List<List<SameDiffOp>> phases(SameDiff sd, List<? extends Collection<String>> wanted) {
        // Ops stand in the order of their creation, which is a topological one.
        List<SameDiffOp> all = new ArrayList<>(sd.getOps().values());
        List<List<SameDiffOp>> result = new ArrayList<>();
        Set<SameDiffOp> done = new HashSet<>();
        for (Collection<String> names : wanted) {
            Set<String> needed = new LinkedHashSet<>(names);
            List<SameDiffOp> ops = new ArrayList<>();
            for (int i = all.size() - 1; i >= 0; i--) {
                SameDiffOp op = all.get(i);
                if (op.getOutputsOfOp().stream().anyMatch(needed::contains) && !done.contains(op)) {
                    needed.addAll(inputsOf(op));
                    ops.add(op);
                }
            }
            Collections.reverse(ops);
            done.addAll(ops);
            result.add(elementwiseFirst(ops));
        }
        return result;
    }

    private static List<SameDiffOp> elementwiseFirst(List<SameDiffOp> ops) {
        Map<String, Integer> makers = new HashMap<>();
        for (int i = 0; i < ops.size(); i++) {
            for (String output : ops.get(i).getOutputsOfOp()) {
                makers.put(output, i);
            }
        }
        int[] missing = new int[ops.size()];
        List<List<Integer>> readers = new ArrayList<>();
        ops.forEach(op -> readers.add(new ArrayList<>()));
        PriorityQueue<Integer> elementwise = new PriorityQueue<>();
        PriorityQueue<Integer> others = new PriorityQueue<>();
        for (int i = 0; i < missing.length; i++) {
            for (String input : inputsOf(ops.get(i))) {
                Integer maker = makers.get(input);
                if (maker != null) {
                    missing[i]++;
                    readers.get(maker).add(i);
                }
            }
            if (missing[i] == 0) {
                (isElementwise(ops.get(i)) ? elementwise : others).add(i);
            }
        }
        List<SameDiffOp> ordered = new ArrayList<>();
        while (ordered.size() < ops.size()) {
            int next = elementwise.isEmpty() ? others.remove() : elementwise.remove();
            ordered.add(ops.get(next));
            for (int reader : readers.get(next)) {
                missing[reader]--;
                if (missing[reader] == 0) {
                    (isElementwise(ops.get(reader)) ? elementwise : others).add(reader);
                }
            }
        }
        return ordered;
    }

    private static boolean isElementwise(SameDiffOp op) {
        return ELEMENTWISE_GRADIENTS.contains(op.getOp().opName()) || ElementwiseOp.of(op.getOp()) != null;
    }
}
