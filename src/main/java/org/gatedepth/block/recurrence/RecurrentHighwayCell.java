package org.gatedepth.block.recurrence;

import java.util.ArrayList;
import java.util.List;
import org.gatedepth.block.Activations;
import org.gatedepth.block.Checks;
import org.gatedepth.block.ParamSpec;
import org.gatedepth.block.Params;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.activations.Activation;

/**
 * A recurrent highway cell: in each time step its state passes {@code depth} highway levels, of which the first also
 * reads the input.
 *
 * <pre>
 * h_l = f(W_H·x·[l = 1] + R_Hl·s_(l−1) + b_Hl)
 * t_l = sigmoid(W_T·x·[l = 1] + R_Tl·s_(l−1) + b_Tl)
 * s_l = h_l·t_l + s_(l−1)·(1 − t_l)                  coupled, computed as s + t·(h − s)
 * s_l = h_l·t_l + s_(l−1)·c_l                        free: c_l is a gate of its own, as t_l with W_C, R_Cl, b_Cl
 * </pre>
 *
 * <p>{@code s_0} is the state before the step, {@code s_depth} the state after it, and the output. A mask m makes
 * {@code t_l} into {@code m·t_l}, and {@code c_l} into {@code c_l + (1 − m)·(1 − c_l)}: where it is 0 the state stays.
 *
 * <ul>
 *   <li>{@code W/H, W/T} (and {@code W/C}) {@code [inputSize, outputSize]}: of the input
 *   <li>{@code R<l>/H, R<l>/T} (and {@code R<l>/C}) {@code [outputSize, outputSize]}: of the state, for each level from
 *       1
 *   <li>{@code b<l>/H, b<l>/T} (and {@code b<l>/C}) {@code [1, outputSize]}: those of H start at 0, those of T at
 *       {@code transformGateBias}, which is negative so that the state is carried at first, and those of C at the
 *       opposite, so that free gates carry as much
 * </ul>
 *
 * <p>The weights of gates start as Glorot &amp; Bengio's. Dropout is variational (Gal &amp; Ghahramani 2016, arXiv
 * 1512.05287): the same factors at every step, on what the transform reads of input and state; gates and carries read
 * both as they are.
 *
 * <p>Source: Zilly, Srivastava, Koutník, Schmidhuber 2016, <i>Recurrent Highway Networks</i>, arXiv 1607.03474,
 * equations 6 to 9. Departure: they drop inputs of gates too.
 *
 * @param inputSize features of the input
 * @param outputSize features of the state
 * @param depth levels of a step
 * @param activation {@code f}
 * @param coupled whether the carry gate is one minus the transform gate
 * @param transformGateBias initial bias of the transform gates
 */
public record RecurrentHighwayCell(
        long inputSize, long outputSize, int depth, Activation activation, boolean coupled, double transformGateBias)
        implements Cell {

    /** Checks the sizes, the activation and the bias. */
    public RecurrentHighwayCell {
        Checks.positive("nIn", inputSize);
        Checks.positive("nOut", outputSize);
        Checks.positive("recurrence depth", depth);
        Checks.finite("transform gate bias", transformGateBias);
        Activations.requireSupported(activation);
    }

    /**
     * The initial gate bias for so many levels, {@code −2 − ln(depth)}.
     *
     * <p>One gate at −2 is open by 0.12. At {@code −2 − ln(depth)} the gates of all levels together are about as open,
     * so whatever the depth a state fades by a half in some six steps at first, and the error signal with it.
     */
    public static double defaultTransformGateBias(int depth) {
        Checks.positive("recurrence depth", depth);
        return -2 - Math.log(depth);
    }

    @Override
    public List<ParamSpec> params() {
        return groups().stream().flatMap(List::stream).toList();
    }

    /** The weights of the input, and for each level those of the state and the biases. */
    @Override
    public List<List<ParamSpec>> groups() {
        List<List<ParamSpec>> groups = new ArrayList<>();
        groups.add(weights("W", inputSize));
        for (int level = 1; level <= depth; level++) {
            List<ParamSpec> group = weights("R" + level, outputSize);
            group.add(ParamSpec.bias("b" + level + "/H", outputSize, 0));
            group.add(ParamSpec.bias("b" + level + "/T", outputSize, transformGateBias));
            if (!coupled) {
                group.add(ParamSpec.bias("b" + level + "/C", outputSize, -transformGateBias));
            }
            groups.add(group);
        }
        return groups;
    }

    private List<ParamSpec> weights(String name, long rows) {
        List<ParamSpec> weights = new ArrayList<>(List.of(
                ParamSpec.weight(name + "/H", 1, rows, outputSize), ParamSpec.xavier(name + "/T", rows, outputSize)));
        if (!coupled) {
            weights.add(ParamSpec.xavier(name + "/C", rows, outputSize));
        }
        return weights;
    }

    @Override
    public List<SDVariable> project(SameDiff sd, SDVariable x, Params p) {
        List<SDVariable> projected = new ArrayList<>();
        projected.add(p.dropOut("W", x, inputSize).mmul(p.get("W/H")));
        projected.add(x.mmul(p.get("W/T")));
        if (!coupled) {
            projected.add(x.mmul(p.get("W/C")));
        }
        return projected;
    }

    @Override
    public SDVariable step(SameDiff sd, List<SDVariable> projected, SDVariable state, Params p) {
        return states(sd, projected, state, p).get(depth);
    }

    @Override
    public List<SDVariable> gates(SameDiff sd, List<SDVariable> projected, SDVariable state, Params p) {
        List<SDVariable> states = states(sd, projected, state, p);
        List<SDVariable> gates = new ArrayList<>();
        for (int level = 1; level <= depth; level++) {
            gates.add(transformGate(sd, projected, level, states.get(level - 1), p));
        }
        return gates;
    }

    /** The state before the step, and after each of its levels. */
    private List<SDVariable> states(SameDiff sd, List<SDVariable> projected, SDVariable state, Params p) {
        List<SDVariable> states = new ArrayList<>(List.of(state));
        for (int level = 1; level <= depth; level++) {
            SDVariable s = states.get(level - 1);
            SDVariable kept = p.dropOut("R" + level, s, outputSize);
            SDVariable h = Activations.apply(sd, activation, sum(projected, level, "H", kept, p));
            SDVariable t = transformGate(sd, projected, level, s, p);
            SDVariable mask = p.mask();
            SDVariable m = mask == null ? t : t.mul(mask);
            states.add(coupled ? s.add(m.mul(h.sub(s))) : h.mul(m).add(s.mul(carryGate(sd, projected, level, s, p))));
        }
        return states;
    }

    private SDVariable transformGate(SameDiff sd, List<SDVariable> projected, int level, SDVariable s, Params p) {
        return sd.nn.sigmoid(sum(projected, level, "T", s, p));
    }

    private SDVariable carryGate(SameDiff sd, List<SDVariable> projected, int level, SDVariable s, Params p) {
        SDVariable c = sd.nn.sigmoid(sum(projected, level, "C", s, p));
        SDVariable mask = p.mask();
        return mask == null ? c : c.add(mask.rsub(1).mul(c.rsub(1)));
    }

    /** {@code W·x·[l = 1] + R_l·s + b_l} of the transform (H) or of a gate (T, C). */
    private static SDVariable sum(List<SDVariable> projected, int level, String of, SDVariable s, Params p) {
        SDVariable sum = s.mmul(p.get("R" + level + "/" + of));
        SDVariable whole = level == 1 ? sum.add(projected.get("HTC".indexOf(of))) : sum;
        return whole.add(p.get("b" + level + "/" + of));
    }
}
