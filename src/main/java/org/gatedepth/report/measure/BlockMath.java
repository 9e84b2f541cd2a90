package org.gatedepth.report.measure;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import org.gatedepth.block.Block;
import org.gatedepth.block.ParamSpec;
import org.gatedepth.block.Params;
import org.gatedepth.block.Traits;
import org.gatedepth.dl4j.probe.Places;
import org.gatedepth.dl4j.probe.ProbedBlock;
import org.gatedepth.plan.CompiledFunction;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One block at a time: its output, its vector-Jacobian product, and the part of both that passes its skip.
 *
 * <p>All of it is what the {@link Block} says of itself. Blocks that are equal share one compiled function, which reads
 * their parameters as inputs. Blocks that read several steps or pixels need {@link #on}. All arrays are {@code [rows,
 * size]}, and those that are returned belong to the caller.
 */
public final class BlockMath {
    private static final String INPUT = "x";
    private static final String STEPS = "steps";
    private static final String MASK = "mask";

    private final DataType type;
    private final Map<Block, Traits> traits;
    private final Map<Key, CompiledFunction> functions;
    /** Of what the rows are steps or pixels; null where each stands alone. */
    private final @Nullable Places places;

    /** A part of a block's equation. */
    private enum Part {
        OUTPUT {
            @Override
            SDVariable define(Block block, SameDiff sd, SDVariable x, Params p) {
                return block.apply(sd, x, p);
            }
        },
        BYPASS {
            @Override
            @Nullable
            SDVariable define(Block block, SameDiff sd, SDVariable x, Params p) {
                return block.bypass(sd, x, p);
            }
        },
        SKIP {
            @Override
            @Nullable
            SDVariable define(Block block, SameDiff sd, SDVariable x, Params p) {
                return block.skip(sd, x, p);
            }
        },
        GATE {
            @Override
            @Nullable
            SDVariable define(Block block, SameDiff sd, SDVariable x, Params p) {
                return block.gate(sd, x, p);
            }
        },
        ATTENTION {
            @Override
            @Nullable
            SDVariable define(Block block, SameDiff sd, SDVariable x, Params p) {
                return block.attention(sd, x, p);
            }
        };

        abstract @Nullable SDVariable define(Block block, SameDiff sd, SDVariable x, Params p);
    }

    /**
     * What a function computes.
     *
     * @param rank that of {@link Places#shape}; 0 for rows that stand alone
     * @param masked whether some of them are padding
     */
    private record Key(Part part, Block block, int rank, boolean masked) {}

    /** For rows that stand alone. */
    public BlockMath(DataType type) {
        this(type, new HashMap<>(), new HashMap<>(), null);
    }

    private BlockMath(
            DataType type, Map<Block, Traits> traits, Map<Key, CompiledFunction> functions, @Nullable Places places) {
        this.type = type;
        this.traits = traits;
        this.functions = functions;
        this.places = places;
    }

    /** The same for rows that are steps or pixels; null for rows that stand alone. */
    public BlockMath on(@Nullable Places of) {
        return new BlockMath(type, traits, functions, of);
    }

    /** Which optional parts a block has. */
    public Traits traits(ProbedBlock probed) {
        return traits.computeIfAbsent(probed.block(), Traits::of);
    }

    /** The output. */
    public INDArray output(ProbedBlock probed, INDArray x) {
        return infer(Part.OUTPUT, probed, x);
    }

    /** The gradient with respect to {@code x} of {@code sum(output · g)}. */
    public INDArray backward(ProbedBlock probed, INDArray x, INDArray g) {
        return backward(Part.OUTPUT, probed, x, g);
    }

    /** The weights of the attention as {@link Block#attention} gives them; null for a block without attention. */
    @Nullable
    public INDArray attention(ProbedBlock probed, INDArray x) {
        return traits(probed).attending() ? infer(Part.ATTENTION, probed, x) : null;
    }

    /** The transform gates; null for a block without them. */
    @Nullable
    public INDArray gates(ProbedBlock probed, INDArray x) {
        return traits(probed).gated() ? infer(Part.GATE, probed, x) : null;
    }

    /** What the block hands on when its transform is bypassed; null where it cannot be bypassed. */
    @Nullable
    public INDArray bypass(ProbedBlock probed, INDArray x) {
        if (traits(probed).removable()) {
            return x;
        }
        return traits(probed).bypassable() ? infer(Part.BYPASS, probed, x) : null;
    }

    /** What the block hands on past its transform while that works; null for a block without a skip. */
    @Nullable
    public INDArray skip(ProbedBlock probed, INDArray x) {
        return traits(probed).skipping() ? infer(Part.SKIP, probed, x) : null;
    }

    /**
     * The part of {@link #backward} that passes the skip, the gates taken as constants; null for a block without a
     * skip.
     */
    @Nullable
    public INDArray skipBackward(ProbedBlock probed, INDArray x, INDArray g) {
        return traits(probed).skipping() ? backward(Part.SKIP, probed, x, g) : null;
    }

    private INDArray infer(Part part, ProbedBlock probed, INDArray x) {
        return function(part, probed.block()).infer(inputs(probed, x)).dup();
    }

    private INDArray backward(Part part, ProbedBlock probed, INDArray x, INDArray g) {
        CompiledFunction function = function(part, probed.block());
        function.forward(inputs(probed, x));
        return Objects.requireNonNull(function.backward(g).get(INPUT)).dup();
    }

    private CompiledFunction function(Part part, Block block) {
        boolean masked = places != null && places.mask() != null;
        int rank = places == null ? 0 : places.rank();
        return functions.computeIfAbsent(new Key(part, block, rank, masked), key -> {
            Map<String, long[]> inputs = new LinkedHashMap<>();
            inputs.put(INPUT, new long[] {-1, block.inputSize()});
            for (ParamSpec spec : block.params()) {
                inputs.put(spec.name(), spec.shape());
            }
            if (rank > 0) {
                inputs.put(STEPS, LongStream.generate(() -> -1).limit(rank).toArray());
            }
            if (key.masked()) {
                inputs.put(MASK, new long[] {-1, 1});
            }
            return new CompiledFunction(
                    type,
                    inputs,
                    List.of(INPUT),
                    Map.of(),
                    (sd, in, p) -> Objects.requireNonNull(part.define(block, sd, in.get(INPUT), params(in, key))));
        });
    }

    private static Params params(CompiledFunction.Variables in, Key key) {
        if (key.rank() == 0) {
            return in::get;
        }
        return new Params() {
            @Override
            public SDVariable get(String name) {
                return in.get(name);
            }

            @Override
            public SDVariable steps() {
                return in.get(STEPS);
            }

            @Override
            public @Nullable SDVariable mask() {
                return key.masked() ? in.get(MASK) : null;
            }
        };
    }

    private Map<String, INDArray> inputs(ProbedBlock probed, INDArray x) {
        Map<String, INDArray> inputs = new HashMap<>();
        for (ParamSpec spec : probed.block().params()) {
            inputs.put(spec.name(), param(probed, spec.name()));
        }
        inputs.put(INPUT, x);
        if (places != null) {
            inputs.put(STEPS, places.shape(type));
            if (places.mask() != null) {
                inputs.put(MASK, places.mask());
            }
        }
        return inputs;
    }

    /** A parameter by the block's name for it. */
    public static INDArray param(ProbedBlock probed, String name) {
        return Objects.requireNonNull(probed.params().get(name), name);
    }
}
