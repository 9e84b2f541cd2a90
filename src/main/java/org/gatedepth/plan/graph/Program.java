package org.gatedepth.plan.graph;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.gatedepth.plan.memory.Contexts;
import org.gatedepth.plan.memory.Memory;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.api.ops.impl.controlflow.compat.BaseCompatOp;
import org.nd4j.linalg.api.ops.impl.controlflow.compat.StopGradient;
import org.nd4j.linalg.api.ops.impl.shape.tensorops.BaseTensorOp;
import org.nd4j.linalg.api.ops.impl.transforms.any.Assign;
import org.nd4j.linalg.api.ops.random.BaseRandomOp;

/**
 * What the plans of a graph have in common, whatever the shapes of its placeholders: which nodes are run, in which
 * order, and what follows from that alone; and the memory that they share.
 */
public final class Program {
    private final SameDiff sd;
    private final Map<Value, INDArray> params = new HashMap<>();
    private final List<List<String>> wanted;
    private final List<List<Node>> phases;
    private final Map<Value, List<Node>> readers = new HashMap<>();
    private final Map<Value, Integer> reads = new HashMap<>();
    private final Map<String, DataType> types = new HashMap<>();
    private final KnownValues known;
    private Neighbours neighbours;
    private final Memory memory = new Memory();
    private final Contexts contexts = new Contexts();

    /**
     * Schedules the nodes.
     *
     * @param sd the graph
     * @param params arrays of the variables that the nodes read, by name; used in place, never copied
     * @param wanted for each phase the variables that must be there after it; the first is that of the first phase
     */
    public Program(SameDiff sd, Map<String, INDArray> params, List<List<String>> wanted) {
        this.sd = sd;
        this.wanted = wanted;
        params.forEach((name, array) -> this.params.put(Value.of(name), array));
        phases = Schedule.phases(sd, wanted);
        phases.forEach(nodes -> nodes.forEach(node -> node.inputs()
                .forEach(value ->
                        readers.computeIfAbsent(value, v -> new ArrayList<>()).add(node))));
        readers.forEach((value, nodes) -> reads.put(value, nodes.size()));
        sd.variables().forEach(variable -> types.put(variable.name(), variable.dataType()));
        known = new KnownValues(sd);
        neighbours = new Neighbours(phases, this.params);
    }

    /**
     * Has the nodes read other parameters from now on, of the same names and shapes: plans that are there go on with
     * those that they were compiled for. Without any, the program keeps no parameters in memory.
     */
    public void bind(Map<String, INDArray> others) {
        params.clear();
        others.forEach((name, array) -> params.put(Value.of(name), array));
        neighbours = new Neighbours(others.isEmpty() ? List.of() : phases, params);
    }

    /** The nodes of each phase, in their order. */
    public List<List<Node>> phases() {
        return phases;
    }

    /** For each phase the variables that the caller reads after it. */
    public List<? extends Collection<String>> wanted() {
        return wanted;
    }

    /** The first variable that is wanted of the first phase. */
    public String output() {
        return wanted.get(0).get(0);
    }

    /** The arrays of the parameters. */
    public Map<Value, INDArray> params() {
        return params;
    }

    /** The nodes that read a value. */
    public List<Node> readers(Value value) {
        return readers.getOrDefault(value, List.of());
    }

    /** How many times the nodes read each value. Not to be changed. */
    public Map<Value, Integer> reads() {
        return reads;
    }

    public KnownValues known() {
        return known;
    }

    public Neighbours neighbours() {
        return neighbours;
    }

    /** The memory of all plans. */
    public Memory memory() {
        return memory;
    }

    /** The op contexts of all plans. */
    public Contexts contexts() {
        return contexts;
    }

    public DataType type(Value value) {
        return Objects.requireNonNull(types.get(value.variable()));
    }

    /** The array of a constant of the graph. */
    public INDArray constant(Value value) {
        return sd.getVariable(value.variable()).getArr();
    }

    /** Whether every node can be put into a plan. */
    public boolean isSupported() {
        return unsupported().isEmpty();
    }

    /** The names of the ops that cannot be put into a plan. */
    public List<String> unsupported() {
        return nodes().filter(node -> !isSupported(node.op()) || !known.determineShapesOf(node))
                .map(node -> node.op().opName())
                .distinct()
                .toList();
    }

    /** Whether there is a node that SameDiff's session cannot run. */
    public boolean needsPlan() {
        return nodes().anyMatch(Node::needsPlan);
    }

    private Stream<Node> nodes() {
        return phases.stream().flatMap(List::stream);
    }

    private static boolean isSupported(DifferentialFunction op) {
        boolean stateful = op instanceof BaseRandomOp || op.getClass().getName().contains(".ops.random.");
        boolean controlFlow = op instanceof BaseCompatOp
                || op instanceof BaseTensorOp
                || (op.getClass().getName().contains(".controlflow.") && !(op instanceof StopGradient));
        return !stateful && !controlFlow && !(op instanceof Assign) && (op instanceof CustomOp || op instanceof Op);
    }
}
