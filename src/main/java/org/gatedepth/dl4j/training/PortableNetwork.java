package org.gatedepth.dl4j.training;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.gatedepth.block.Params;
import org.gatedepth.plan.graph.Program;
import org.gatedepth.plan.lowering.PortableLowering;
import org.gatedepth.plan.portable.RowProgram;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A network of rows as a program that predicts without ND4J. */
public final class PortableNetwork {
    private static final String ONE_HOT = "oneHot/";

    private final SameDiff sd = SameDiff.create();
    private final DataType type;
    private final Map<String, SDVariable> computed = new HashMap<>();
    private final Map<String, INDArray> params = new LinkedHashMap<>();
    private final Map<String, Integer> labelColumns = new HashMap<>();

    private PortableNetwork(DataType type) {
        this.type = type;
    }

    /**
     * A program that predicts as a network does with its present parameters, which it copies.
     *
     * @param network a network of one input
     * @param outputs names of the outputs that are wanted, in the order in which the program gives them; where several
     *     stand together, their mean is wanted
     * @return null if the network has a layer, vertex or op that programs do not have
     */
    public static @Nullable RowProgram of(ComputationGraph network, List<List<String>> outputs) {
        List<Part> parts;
        try {
            if (network.getGradientsViewArray() == null) {
                network.initGradientsView();
            }
            parts = Parts.of(network);
        } catch (UnknownPartException unknown) {
            return null;
        }
        String input = network.getConfiguration().getNetworkInputs().get(0);
        try (MemoryWorkspace ignored = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
            return new PortableNetwork(network.params().dataType()).lowered(input, needed(parts, outputs), outputs);
        }
    }

    /** The parts that the outputs are computed from. */
    private static List<Part> needed(List<Part> parts, List<List<String>> outputs) {
        HashSet<String> names = new HashSet<>();
        outputs.forEach(names::addAll);
        List<Part> needed = new ArrayList<>();
        for (int i = parts.size() - 1; i >= 0; i--) {
            if (names.contains(parts.get(i).name())) {
                names.addAll(parts.get(i).inputs());
                needed.add(0, parts.get(i));
            }
        }
        return needed;
    }

    private @Nullable RowProgram lowered(String input, List<Part> parts, List<List<String>> outputs) {
        long columns = parts.stream()
                .filter(part -> part.inputs().contains(input))
                .mapToLong(Part::inputSize)
                .max()
                .orElse(-1);
        // The equation of a batch normalisation is that of training.
        if (columns < 1 || parts.stream().anyMatch(part -> part.statistics() != null)) {
            return null;
        }
        computed.put(input, sd.placeHolder(input, type, -1, columns));
        for (Part part : parts) {
            SDVariable result = define(part);
            if (result == null) {
                return null;
            }
            computed.put(part.name(), result);
        }
        List<List<String>> wanted =
                outputs.stream().map(names -> List.of(mean(names).name())).toList();
        return PortableLowering.lower(new Program(sd, params, wanted), input, (int) columns, labelColumns);
    }

    private SDVariable mean(List<String> names) {
        SDVariable sum = Objects.requireNonNull(computed.get(names.get(0)));
        for (String name : names.subList(1, names.size())) {
            sum = sum.add(Objects.requireNonNull(computed.get(name)));
        }
        return names.size() == 1 ? sum : sum.mul(1.0 / names.size());
    }

    /** What a part gives in inference; null for predictions that no program has. */
    private @Nullable SDVariable define(Part part) {
        Part.LabelColumn indices = part.indices();
        List<SDVariable> read;
        if (indices == null) {
            read = part.inputs().stream()
                    .map(name -> Objects.requireNonNull(computed.get(name), name))
                    .toList();
        } else {
            String name = ONE_HOT + part.name();
            labelColumns.put(name, indices.column());
            read = List.of(sd.placeHolder(name, type, -1, indices.labels()));
        }
        Params own = name -> variable(part, name);
        SDVariable result = part.equation().define(sd, read, own);
        OutputLoss loss = part.loss();
        return loss == null ? result : loss.prediction(sd, result);
    }

    private SDVariable variable(Part part, String parameter) {
        String name = part.scoped(parameter);
        INDArray array = Objects.requireNonNull(part.params().get(parameter), name);
        return params.put(name, array) == null ? sd.placeHolder(name, type, array.shape()) : sd.getVariable(name);
    }
}
