package org.gatedepth.plan.graph;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.gatedepth.plan.loop.FusedLoop;
import org.nd4j.autodiff.samediff.SameDiff;

/** Which ops of a graph are run, and in which order: three passes over each phase. */
final class Schedule {
    private Schedule() {}

    /**
     * The ops that the wanted variables need.
     *
     * @param wanted for each phase the variables that it has to give; a phase leaves out what an earlier one has run
     */
    static List<List<Node>> phases(SameDiff sd, List<? extends Collection<String>> wanted) {
        // Ops stand in the order of their creation, which is a topological one.
        List<Node> all = sd.getOps().values().stream().map(Node::of).toList();
        List<List<Node>> result = new ArrayList<>();
        Map<Value, Node> makers = new LinkedHashMap<>();
        for (Collection<String> names : wanted) {
            Set<Value> values = new HashSet<>();
            names.forEach(name -> values.add(Value.of(name)));
            List<Node> nodes = needed(all, makers.keySet(), values);
            result.add(elementwiseFirst(withRepeated(nodes, makers, values)));
            nodes.forEach(node -> node.outputs().forEach(value -> makers.put(value, node)));
        }
        return result;
    }

    /** First pass: what the wanted values need, but for what an earlier phase gives. */
    private static List<Node> needed(List<Node> all, Set<Value> given, Set<Value> wanted) {
        Set<Value> needed = new HashSet<>(wanted);
        List<Node> nodes = new ArrayList<>();
        for (int i = all.size() - 1; i >= 0; i--) {
            Node node = all.get(i);
            if (node.outputs().stream().anyMatch(needed::contains) && !given.contains(node.result())) {
                needed.addAll(node.inputs());
                nodes.add(node);
            }
        }
        Collections.reverse(nodes);
        return nodes;
    }

    /**
     * Second pass: adds the elementwise ops of earlier phases whose result only loops read, and whose operands the
     * phase reads anyway. To load and to store takes longer than to compute.
     */
    private static List<Node> withRepeated(List<Node> nodes, Map<Value, Node> earlier, Set<Value> wanted) {
        Set<Value> read = new HashSet<>(wanted);
        Set<Value> readInMemory = new HashSet<>(wanted);
        for (Node node : nodes) {
            read.addAll(node.inputs());
            if (!node.isElementwise()) {
                readInMemory.addAll(node.inputs());
            }
        }
        Map<Value, Node> repeated = new LinkedHashMap<>();
        earlier.forEach((value, maker) -> {
            // An operand must be there: kept, or not computed at all.
            boolean possible = maker.inputs().stream()
                    .noneMatch(operand ->
                            repeated.containsKey(operand) || (earlier.containsKey(operand) && !read.contains(operand)));
            if (possible && read.contains(value) && !readInMemory.contains(value) && maker.isCheap()) {
                repeated.put(value, maker);
            }
        });
        List<Node> result = new ArrayList<>();
        repeated.forEach((value, maker) ->
                result.add(new Node(maker.op(), maker.inputs(), List.of(value.as(Value.Role.RESULT_AGAIN)))));
        for (Node node : nodes) {
            List<Value> inputs = node.inputs().stream()
                    .map(value -> repeated.containsKey(value) ? value.as(Value.Role.RESULT_AGAIN) : value)
                    .toList();
            result.add(new Node(node.op(), inputs, node.outputs()));
        }
        return result;
    }

    /**
     * Third pass: nodes that work element by element come as early as they can. Then they stand side by side, and
     * become one {@link FusedLoop}. One that waits for no node of its phase comes when it is first read: its result
     * would otherwise be stored from the beginning of the phase on, and loaded again.
     */
    private static List<Node> elementwiseFirst(List<Node> nodes) {
        Map<Value, Integer> makers = new HashMap<>();
        for (int i = 0; i < nodes.size(); i++) {
            for (Value output : nodes.get(i).outputs()) {
                makers.put(output, i);
            }
        }
        int[] missing = new int[nodes.size()];
        List<List<Integer>> readers = new ArrayList<>();
        nodes.forEach(node -> readers.add(new ArrayList<>()));
        PriorityQueue<Integer> elementwise = new PriorityQueue<>();
        PriorityQueue<Integer> others = new PriorityQueue<>();
        // Those that wait for nothing, until they are first read; by the node that reads them.
        Set<Integer> waiting = new HashSet<>();
        Map<Integer, List<Integer>> before = new HashMap<>();
        for (int i = 0; i < missing.length; i++) {
            boolean free = true;
            for (Value input : nodes.get(i).inputs()) {
                Integer maker = makers.get(input);
                free &= maker == null;
                if (maker != null && waiting.contains(maker)) {
                    before.computeIfAbsent(i, reader -> new ArrayList<>()).add(maker);
                } else if (maker != null) {
                    missing[i]++;
                    readers.get(maker).add(i);
                }
            }
            boolean loop = nodes.get(i).isElementwise();
            if (free && loop) {
                waiting.add(i);
            } else if (missing[i] == 0) {
                (loop ? elementwise : others).add(i);
            }
        }
        List<Node> ordered = new ArrayList<>();
        while (!elementwise.isEmpty() || !others.isEmpty()) {
            int next = elementwise.isEmpty() ? others.remove() : elementwise.remove();
            before.getOrDefault(next, List.of()).stream()
                    .filter(waiting::remove)
                    .forEach(maker -> ordered.add(nodes.get(maker)));
            ordered.add(nodes.get(next));
            for (int reader : readers.get(next)) {
                missing[reader]--;
                if (missing[reader] == 0) {
                    (nodes.get(reader).isElementwise() ? elementwise : others).add(reader);
                }
            }
        }
        // What only the caller reads.
        waiting.stream().sorted().forEach(maker -> ordered.add(nodes.get(maker)));
        return ordered;
    }
}
