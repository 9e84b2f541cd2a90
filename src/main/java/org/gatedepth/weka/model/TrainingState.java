package org.gatedepth.weka.model;

import java.io.Serializable;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.gatedepth.weka.options.NetworkOptions;
import org.gatedepth.weka.table.TableEncoder;
import weka.core.Instances;

/**
 * Where a training run ended, so that another can go on from there.
 *
 * @param options the options of the run
 * @param encoder the data preparation
 * @param width units of a block
 * @param regularisation what was chosen to keep the network from learning its rows by heart
 * @param network the network after the last epoch, with the state of its updater
 * @param best the best epoch so far
 * @param epoch the last epoch
 * @param nanos nanoseconds that the epochs took
 */
public record TrainingState(
        NetworkOptions options,
        TableEncoder encoder,
        int width,
        Regularisation regularisation,
        StoredNetwork network,
        BestEpoch best,
        int epoch,
        long nanos)
        implements Serializable {

    private static final long serialVersionUID = 1L;

    /** An option that is built into the network or its training. */
    private record Fixed(String name, Function<NetworkOptions, Object> value) {}

    private static final List<Fixed> FIXED = List.of(
            new Fixed("depth", NetworkOptions::depth),
            new Fixed("width", NetworkOptions::width),
            new Fixed("connection", NetworkOptions::connection),
            new Fixed("gate-bias", options -> orAuto(options.gateBias())),
            new Fixed("activation", NetworkOptions::activation),
            new Fixed("dropout", NetworkOptions::dropOut),
            new Fixed("weight-decay", options -> orAuto(options.weightDecay())),
            new Fixed("mixup", options -> orAuto(options.mixup())),
            // Rows that were trained on must not become those that choose the best epoch.
            new Fixed("validation", NetworkOptions::validation),
            new Fixed("S", NetworkOptions::seed),
            new Fixed("scaling", options -> options.inputs().scaling()),
            new Fixed("embed-from", options -> options.inputs().embedFrom()),
            new Fixed("aux-every", options -> options.auxiliary().every()),
            new Fixed("aux-weight", options -> options.auxiliary().weight()),
            new Fixed(
                    "aux-attributes",
                    options -> orElse("none", options.auxiliary().attributes())),
            new Fixed("aux-depth", TrainingState::auxiliaryDepths));

    private static String auxiliaryDepths(NetworkOptions options) {
        return orElse(
                "auto",
                options.auxiliary().depths().stream().map(String::valueOf).collect(Collectors.joining(",")));
    }

    private static Object orAuto(double number) {
        return Double.isNaN(number) ? "auto" : number;
    }

    private static String orElse(String nothing, String text) {
        return text.isEmpty() ? nothing : text;
    }

    /**
     * Refuses options that ask for another network, and rows of another table.
     *
     * @throws IllegalArgumentException with one sentence
     */
    public void checkContinues(NetworkOptions wanted, Instances rows) {
        for (Fixed option : FIXED) {
            Object before = option.value.apply(options);
            Object now = option.value.apply(wanted);
            if (!now.equals(before)) {
                throw new IllegalArgumentException("Option -" + option.name + " was " + before
                        + " when the training that shall go on began, but " + now
                        + " was given: set it back, or train without -resume.");
            }
        }
        encoder.checkHeader(rows);
    }
}
