package org.gatedepth.dl4j;

import java.util.LinkedHashMap;
import java.util.Map;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.weights.IWeightInit;
import org.gatedepth.block.Parametric;
import org.gatedepth.block.recurrence.Cell;
import org.gatedepth.block.recurrence.RecurrentHighwayCell;
import org.gatedepth.dl4j.base.TimeLayer;
import org.gatedepth.dl4j.runtime.TimeRuntime;
import org.gatedepth.dl4j.runtime.cell.CellConf;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * A recurrent highway network as one layer: in each time step its state passes {@code recurrenceDepth} highway levels,
 * of which the first also reads the input.
 *
 * <pre>
 * h_l = f(W_H·x_t·[l = 1] + R_Hl·s_(l−1) + b_Hl)
 * t_l = sigmoid(W_T·x_t·[l = 1] + R_Tl·s_(l−1) + b_Tl)
 * s_l = h_l·t_l + s_(l−1)·(1 − t_l)                    coupled(true)
 * s_l = h_l·t_l + s_(l−1)·c_l, c_l = sigmoid(…)        coupled(false): a carry gate of its own
 * </pre>
 *
 * <p>for l from 1 to {@code recurrenceDepth}; {@code s_0} is the last state of step t − 1, zeros before the first step,
 * and the last state of step t is the output. A level that carries passes the state, and its gradient, on unchanged, so
 * depth within a step does not shorten the reach in time. A masked step leaves the state as it was.
 *
 * <ul>
 *   <li>input {@code [minibatch, nIn, steps]}; output {@code [minibatch, nOut, steps]}
 *   <li>parameters: two vectors, {@code W} and {@code b}; {@code layer.getParam(..)} and {@code setParam(..)} also know
 *       the single ones: {@code W/H, W/T [nIn, nOut]}; for each level from 1 {@code R1/H, R1/T [nOut, nOut]} and
 *       {@code b1/H, b1/T [1, nOut]}; with free gates also {@code W/C, R1/C, b1/C}
 *   <li>initial values: {@code W/H} by {@code weightInit}, {@code R<l>/H} by {@code weightInitRecurrent} or else as
 *       {@code W/H}; weights of gates as Glorot &amp; Bengio's; {@code b<l>/H} at 0, {@code b<l>/T} at
 *       {@link RecurrentHighwayCell#defaultTransformGateBias(int)} of the depth unless given, so that the state is
 *       carried at first, {@code b<l>/C} at the opposite
 *   <li>state of {@code rnnTimeStep}: the last state, so each call costs one step
 *   <li>errors: {@code IllegalArgumentException} for a depth or nOut below 1 and a gate bias that is not finite;
 *       {@code DL4JInvalidConfigException} for constraints, weight noise and {@code biasInit}
 * </ul>
 *
 * <p>Source: Zilly, Srivastava, Koutník, Schmidhuber 2016, <i>Recurrent Highway Networks</i>, arXiv 1607.03474,
 * equations 6 to 9. Departures: dropout is for what the transforms read, not for what the gates read; there is no layer
 * normalisation.
 *
 * <pre>{@code
 * new RecurrentHighwayLayer.Builder().recurrenceDepth(3).nOut(64).build()
 * }</pre>
 */
public class RecurrentHighwayLayer extends TimeLayer implements CellConf {
    private int recurrenceDepth;
    private boolean coupled;
    private double transformGateBias;

    /** For JSON. */
    protected RecurrentHighwayLayer() {}

    private RecurrentHighwayLayer(Builder builder) {
        super(builder);
        recurrenceDepth = builder.recurrenceDepth;
        coupled = builder.coupled;
        transformGateBias = builder.transformGateBias != null
                ? builder.transformGateBias
                : RecurrentHighwayCell.defaultTransformGateBias(recurrenceDepth);
        complete(builder);
    }

    @Override
    public final Cell cell() {
        return cell(requireInputs());
    }

    private RecurrentHighwayCell cell(long inputs) {
        return new RecurrentHighwayCell(
                inputs, getNOut(), recurrenceDepth, transformActivation(), coupled, transformGateBias);
    }

    @Override
    protected final Parametric equation(long inputs) {
        return cell(inputs);
    }

    @Override
    public TimeRuntime timeRuntime(NeuralNetConfiguration conf, DataType dataType) {
        return new org.gatedepth.dl4j.runtime.named.RecurrentHighwayLayer(conf, dataType);
    }

    @Override
    protected Map<String, IWeightInit> ownInitialisation() {
        Map<String, IWeightInit> own = new LinkedHashMap<>();
        if (getWeightInitFnRecurrent() != null) {
            for (int level = 1; level <= recurrenceDepth; level++) {
                own.put("R" + level + "/H", getWeightInitFnRecurrent());
            }
        }
        return own;
    }

    /** Of each level its transform, its gates and its state. */
    @Override
    protected long computedElements(long steps) {
        return getNOut() * recurrenceDepth * (coupled ? 3 : 4) * steps;
    }

    /** Levels of a step. */
    public int getRecurrenceDepth() {
        return recurrenceDepth;
    }

    /** Sets the levels of a step. */
    public void setRecurrenceDepth(int recurrenceDepth) {
        this.recurrenceDepth = recurrenceDepth;
    }

    /** Whether the carry gate is one minus the transform gate. */
    public boolean isCoupled() {
        return coupled;
    }

    /** Sets whether the carry gate is one minus the transform gate. */
    public void setCoupled(boolean coupled) {
        this.coupled = coupled;
    }

    /** Initial bias of the transform gates. */
    public double getTransformGateBias() {
        return transformGateBias;
    }

    /** Sets the initial bias of the transform gates. */
    public void setTransformGateBias(double transformGateBias) {
        this.transformGateBias = transformGateBias;
    }

    /** Builds a {@link RecurrentHighwayLayer}; {@code nOut} is required. */
    @SuppressWarnings("unchecked") // Deeplearning4j declares build() with a type of the caller's choice
    public static class Builder extends TimeLayer.Builder<Builder> {
        private int recurrenceDepth = 3;
        private boolean coupled = true;
        private @Nullable Double transformGateBias;

        /** Activation tanh, which the network's global activation does not replace. */
        public Builder() {
            super(new ActivationTanH());
        }

        /**
         * Levels of a step; 3 by default, which takes about as long as an LSTM of the same size. The source finds more
         * to be better up to 10, at the same number of parameters.
         */
        public Builder recurrenceDepth(int levels) {
            recurrenceDepth = levels;
            return this;
        }

        /**
         * Whether the carry gate is one minus the transform gate; true by default. Otherwise it is a gate of its own:
         * half as many parameters and products more, and a state that is not bounded.
         */
        public Builder coupled(boolean carryFollowsTransform) {
            coupled = carryFollowsTransform;
            return this;
        }

        /**
         * Initial bias of the transform gates; by default {@link RecurrentHighwayCell#defaultTransformGateBias(int)}. A
         * lower one keeps the state for longer: at b one level forgets a half in about {@code 0.7·exp(−b)} steps.
         */
        public Builder transformGateBias(double bias) {
            transformGateBias = bias;
            return this;
        }

        @Override
        public RecurrentHighwayLayer build() {
            return new RecurrentHighwayLayer(this);
        }
    }
}
