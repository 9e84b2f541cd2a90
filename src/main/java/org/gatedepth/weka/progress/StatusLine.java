package org.gatedepth.weka.progress;

import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One line of text about a run, four times a second at most: epoch, losses and the time that is left. */
final class StatusLine implements TrainingProgress {

    private static final long NANOS_BETWEEN = 250_000_000L;

    private final Consumer<String> sink;
    private final String network;
    private int epochs;
    private String losses = "";
    private long begun;
    private long shown;
    /** The epochs that were run before this run; null until its first minibatch. */
    private @Nullable Integer before;

    /**
     * The line of one run.
     *
     * @param sink shows it
     * @param network which network of how many is trained; empty for the only one
     */
    StatusLine(Consumer<String> sink, String network) {
        this.sink = sink;
        this.network = network.isEmpty() ? "" : " (" + network + ")";
    }

    @Override
    public void reading(int rows) {
        long now = System.nanoTime();
        if (now - shown >= NANOS_BETWEEN) {
            shown = now;
            sink.accept(String.format(Locale.ROOT, "Reading, %,d rows", rows) + network);
        }
    }

    @Override
    public void choosing(int run, String setting) {
        sink.accept("Pilot run " + run + " on a part of the rows, " + setting + network);
    }

    @Override
    public void begun(int last) {
        epochs = last;
        begun = System.nanoTime();
        shown = begun - NANOS_BETWEEN;
    }

    @Override
    public void within(int epoch, double part) {
        if (before == null) {
            before = epoch - 1;
        }
        long now = System.nanoTime();
        if (now - shown >= NANOS_BETWEEN) {
            shown = now;
            sink.accept(line(epoch, (epoch - 1 - before + part) / (epochs - before), (now - begun) / 1e9));
        }
    }

    @Override
    public void epoch(int epoch, double trainingLoss, @Nullable Double validationLoss, Details details) {
        losses = String.format(Locale.ROOT, ", loss %.4f", trainingLoss);
        if (validationLoss != null) {
            losses += String.format(Locale.ROOT, ", validation loss %.4f", validationLoss);
        }
    }

    @Override
    public void ended(boolean finished) {
        sink.accept(
                finished ? "Trained the network" + losses + network + "." : "The network was not trained to the end.");
    }

    /** The line when a part of all epochs is done after some seconds. */
    private String line(int epoch, double done, double seconds) {
        String left = "";
        if (done > 0 && !losses.isEmpty()) {
            left = TimeLeft.of(seconds * (1 - done) / done);
        }
        return "Epoch " + epoch + " of " + epochs + losses + left + network;
    }
}
