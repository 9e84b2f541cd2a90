package org.gatedepth.weka.model;

import java.io.Serializable;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.gatedepth.block.Connection;
import org.gatedepth.block.HighwayBlock;
import org.gatedepth.weka.options.ActivationFunction;
import org.jspecify.annotations.Nullable;

/**
 * A finished training run in numbers. Reading it needs no native code.
 *
 * @param inputs input columns after the data preparation
 * @param outputs outputs of the network
 * @param classification whether the class is nominal
 * @param depth number of blocks
 * @param width units of a block
 * @param connection connection of the blocks
 * @param activation activation inside the blocks
 * @param transformGateBias initial bias of the transform gates; null for the one that fits the depth
 * @param weightDecay weight decay that was chosen
 * @param mixup largest part of another row that was mixed into a row
 * @param temperature what the scores of the trained network were divided by, to be neither too sure nor too unsure
 * @param members networks side by side
 * @param pilots the pilot runs that chose the setting; empty without any
 * @param parameters number of trained parameters
 * @param trainingRows rows that were trained on
 * @param validationRows rows that were held out
 * @param epochs epochs that were run
 * @param epochsAllowed epochs that were allowed
 * @param bestEpoch the epoch whose parameters the model has
 * @param seconds seconds that the epochs took
 * @param trainingLoss loss of the model on the training rows
 * @param validationLoss loss of the model on the held-out rows; null without any
 * @param gates mean transform gate of each block, on some training rows; empty where there are none
 * @param figures how well each auxiliary head and at last the output do; empty without heads
 * @param measured on which rows, in words
 * @param sequences what the network does with sequences; null for rows without any
 */
public record TrainingSummary(
        int inputs,
        int outputs,
        boolean classification,
        int depth,
        int width,
        Connection connection,
        ActivationFunction activation,
        @Nullable Double transformGateBias,
        double weightDecay,
        double mixup,
        double temperature,
        int members,
        List<PilotRun> pilots,
        long parameters,
        long trainingRows,
        long validationRows,
        int epochs,
        int epochsAllowed,
        int bestEpoch,
        double seconds,
        double trainingLoss,
        @Nullable Double validationLoss,
        List<Double> gates,
        List<OutputFigure> figures,
        String measured,
        @Nullable SequenceSummary sequences)
        implements Serializable {

    private static final long serialVersionUID = 1L;

    /** Copies the lists; a summary that was stored without a temperature has the temperature 1. */
    public TrainingSummary {
        temperature = temperature == 0 ? 1 : temperature;
        pilots = List.copyOf(pilots);
        gates = List.copyOf(gates);
        figures = List.copyOf(figures);
    }

    /** The summary as lines of text. */
    public String describe() {
        String loss = classification ? "cross-entropy" : "squared error of the standardised class";
        StringBuilder text = new StringBuilder();
        line(
                text,
                "Network",
                "%s, %s of %d units, %s",
                count(inputs, "input"),
                count(depth, connection + " block"),
                width,
                count(outputs, "output"));
        if (members > 1) {
            line(text, "Members", "%d such networks, which begin differently; their predictions are averaged", members);
        }
        if (sequences != null) {
            line(text, "Blocks", "%d over the steps, %d joined with the other columns", depth, sequences.joint());
            sequences.sequences().forEach(sequence -> line(text, "Sequence", "%s", sequence.describe()));
        }
        line(text, "Activation", "%s", activation);
        if (!gates.isEmpty()) {
            if (transformGateBias == null && sequences == null) {
                line(text, "Initial gate bias", "%.2f (by the depth)", HighwayBlock.defaultTransformGateBias(depth));
            } else if (transformGateBias != null) {
                line(text, "Initial gate bias", "%.2f", transformGateBias);
            }
            line(
                    text,
                    "Transform gates",
                    "%.3f open on average, from %.3f to %.3f by block",
                    gates.stream().mapToDouble(gate -> gate).average().orElseThrow(),
                    Collections.min(gates),
                    Collections.max(gates));
        }
        line(text, "Regularisation", "weight decay %s, mixup %s", weightDecay, mixup);
        addPilots(text);
        if (temperature != 1) {
            line(text, "Temperature", "%.2f, by the held-out loss: what scores are divided by", temperature);
        }
        line(text, "Parameters", "%,d", parameters);
        line(text, "Rows", "%d for training, %d for validation", trainingRows, validationRows);
        line(text, "Epochs", "%d of %d run, parameters of epoch %d kept", epochs, epochsAllowed, bestEpoch);
        line(text, "Training loss", "%.4f (%s)", trainingLoss, loss);
        if (validationLoss != null) {
            line(text, "Validation loss", "%.4f (%s)", validationLoss, loss);
        }
        if (!figures.isEmpty()) {
            line(text, "Heads", "on the %s", measured);
            for (OutputFigure figure : figures) {
                line(text, figure.place(), "%s", figure.describe());
            }
        }
        return text.toString();
    }

    /** The lowest loss is that of the setting that was taken. */
    private void addPilots(StringBuilder text) {
        double lowest = pilots.stream()
                .mapToDouble(PilotRun::loss)
                .filter(loss -> !Double.isNaN(loss))
                .min()
                .orElse(Double.NaN);
        boolean chosen = false;
        for (int i = 0; i < pilots.size(); i++) {
            PilotRun pilot = pilots.get(i);
            boolean best = !chosen && pilot.loss() == lowest;
            chosen |= best;
            line(
                    text,
                    i == 0 ? "Pilot runs" : "",
                    "%.4f held-out loss: %s%s",
                    pilot.loss(),
                    pilot.setting(),
                    best ? " (taken)" : "");
        }
    }

    private static String count(int number, String thing) {
        return number + " " + thing + (number == 1 ? "" : "s");
    }

    private static void line(StringBuilder text, String label, String format, Object... values) {
        text.append(String.format(Locale.ROOT, "%-18s ", label.isEmpty() ? "" : label + ":"))
                .append(String.format(Locale.ROOT, format, values))
                .append('\n');
    }
}
