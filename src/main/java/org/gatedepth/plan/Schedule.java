package org.gatedepth.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

/** Which ops of a graph are run, and in which order. */
final class Schedule {
    /** An op of the graph, with the variables that it reads and gives. */
    record Node(DifferentialFunction op, List<String> inputs, List<String> outputs) {
        static Node of(SameDiffOp op) {
            return new Node(op.getOp(), inputsOf(op), List.copyOf(op.getOutputsOfOp()));
        }

        private boolean isElementwise() {
            return ELEMENTWISE_GRADIENTS.contains(op.opName()) || ElementwiseOp.of(op) != null;
        }
    }

    private static final Set<String> ELEMENTWISE_GRADIENTS = Set.of("add_bp", "subtract_bp", "multiply_bp");
    private static final String AGAIN = " again";

    private Schedule() {}

    /** The variables that an op reads. */
    static List<String> inputsOf(SameDiffOp op) {
        return op.getInputsToOp() == null ? List.of() : op.getInputsToOp();
    }

    /**
     * The ops that the wanted variables need.
     *
     * <p>Within a phase those that work element by element come as early as they can: then they stand side by side, and
     * become one {@link FusedLoop}. What such an op gave in an earlier phase is computed again where that costs less than
     * to keep it.
     *
     * @param wanted for each phase the variables that it has to give; a phase leaves out what an earlier one has run
     */
    static List<List<Node>> phases(SameDiff sd, List<? extends Collection<String>> wanted) {
        // Ops stand in the order of their creation, which is a topological one.
        List<Node> all = sd.getOps().values().stream().map(Node::of).toList();
        List<List<Node>> result = new ArrayList<>();
        Map<String, Node> makers = new HashMap<>();
        for (Collection<String> names : wanted) {
            Set<String> needed = new LinkedHashSet<>(names);
            List<Node> nodes = new ArrayList<>();
            for (int i = all.size() - 1; i >= 0; i--) {
                Node node = all.get(i);
                if (node.outputs().stream().anyMatch(needed::contains)
                        && !makers.containsKey(node.outputs().get(0))) {
                    needed.addAll(node.inputs());
                    nodes.add(node);
                }
            }
            Collections.reverse(nodes);
            List<Node> complete = again(nodes, makers, names);
            nodes.forEach(node -> node.outputs().forEach(name -> makers.put(name, node)));
            result.add(elementwiseFirst(complete));
        }
        return result;
    }

    /** The variable of the graph that a variable of a plan is. */
    static String original(String variable) {
        return variable.endsWith(AGAIN) ? variable.substring(0, variable.length() - AGAIN.length()) : variable;
    }

    /**
     * Adds to a phase the elementwise ops of earlier ones whose result only loops read, and whose operands the phase reads
     * anyway: to load and to store takes longer than to compute.
     */
    private static List<Node> again(List<Node> nodes, Map<String, Node> earlier, Collection<String> wanted) {
        Set<String> read = new HashSet<>(wanted);
        Set<String> readInMemory = new HashSet<>(wanted);
        for (Node node : nodes) {
            read.addAll(node.inputs());
            if (!node.isElementwise()) {
                readInMemory.addAll(node.inputs());
            }
        }
        Map<String, Node> repeated = new LinkedHashMap<>();
        for (String name : read) {
            Node maker = earlier.get(name);
            if (maker != null && !readInMemory.contains(name) && isCheap(maker)) {
                repeated.put(name, maker);
            }
        }
        // An operand must be there: kept, or not computed at all.
        Set<String> candidates = Set.copyOf(repeated.keySet());
        repeated.values()
                .removeIf(maker -> maker.inputs().stream()
                        .anyMatch(name ->
                                candidates.contains(name) || (earlier.containsKey(name) && !read.contains(name))));
        List<Node> result = new ArrayList<>();
        repeated.forEach((name, maker) -> result.add(new Node(maker.op(), maker.inputs(), List.of(name + AGAIN))));
        for (Node node : nodes) {
            List<String> inputs = node.inputs().stream()
                    .map(name -> repeated.containsKey(name) ? name + AGAIN : name)
                    .toList();
            result.add(new Node(node.op(), inputs, node.outputs()));
        }
        return result;
    }

    /** Whether a node is a product of two matrices as they are, or its gradient. */
    static boolean isPlainProduct(Node node) {
        return node.op() instanceof DynamicCustomOp op
                && (op.opName().equals("matmul") || op.opName().equals("matmul_bp"))
                && Arrays.stream(op.iArgs()).allMatch(i -> i == 0);
    }

    private static boolean isCheap(Node node) {
        ElementwiseOp.Call call = ElementwiseOp.of(node.op());
        return call != null && call.op() != ElementwiseOp.SIGMOID && call.op() != ElementwiseOp.TANH;
    }

    private static List<Node> elementwiseFirst(List<Node> nodes) {
        Map<String, Integer> makers = new HashMap<>();
        for (int i = 0; i < nodes.size(); i++) {
            for (String output : nodes.get(i).outputs()) {
                makers.put(output, i);
            }
        }
        int[] missing = new int[nodes.size()];
        List<List<Integer>> readers = new ArrayList<>();
        nodes.forEach(node -> readers.add(new ArrayList<>()));
        PriorityQueue<Integer> elementwise = new PriorityQueue<>();
        PriorityQueue<Integer> others = new PriorityQueue<>();
        for (int i = 0; i < missing.length; i++) {
            for (String input : nodes.get(i).inputs()) {
                Integer maker = makers.get(input);
                if (maker != null) {
                    missing[i]++;
                    readers.get(maker).add(i);
                }
            }
            if (missing[i] == 0) {
                (nodes.get(i).isElementwise() ? elementwise : others).add(i);
            }
        }
        List<Node> ordered = new ArrayList<>();
        while (ordered.size() < nodes.size()) {
            int next = elementwise.isEmpty() ? others.remove() : elementwise.remove();
            ordered.add(nodes.get(next));
            for (int reader : readers.get(next)) {
                missing[reader]--;
                if (missing[reader] == 0) {
                    (nodes.get(reader).isElementwise() ? elementwise : others).add(reader);
                }
            }
        }
        return ordered;
    }
}
