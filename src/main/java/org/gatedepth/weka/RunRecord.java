package org.gatedepth.weka;

import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What one training run of this sitting did, epoch by epoch. */
public final class RunRecord implements TrainingProgress {

    /** How far a run is. */
    public enum State {
        /** It trains. */
        RUNNING,
        /** It made a model. */
        FINISHED,
        /** It was stopped, or failed. */
        STOPPED
    }

    /**
     * One epoch.
     *
     * @param number its number, from 1
     * @param trainingLoss mean loss of its minibatches
     * @param validationLoss loss on the rows that are held out; NaN without any
     * @param losses losses of the network's own output and of its heads; empty if nobody looked
     * @param gates mean transform gates by block; empty if nobody looked, or without gates
     */
    public record Epoch(
            int number, double trainingLoss, double validationLoss, List<OutputLoss> losses, List<Double> gates) {}

    private final String relation;
    private final String options;
    private final LocalTime start = LocalTime.now(ZoneId.systemDefault());
    private final List<Epoch> epochs = new CopyOnWriteArrayList<>();
    private volatile int lastEpoch;
    private volatile State state = State.RUNNING;

    RunRecord(String relation, String options) {
        this.relation = relation;
        this.options = options;
    }

    /** Name of the table. */
    public String relation() {
        return relation;
    }

    /** Options of the classifier. */
    public String options() {
        return options;
    }

    /** When it began. */
    public LocalTime start() {
        return start;
    }

    /** The number of the last epoch that may be run. */
    public int lastEpoch() {
        return lastEpoch;
    }

    /** How far it is. */
    public State state() {
        return state;
    }

    /** The epochs so far. */
    public List<Epoch> epochs() {
        return List.copyOf(epochs);
    }

    @Override
    public void begun(int last) {
        lastEpoch = last;
        Runs.changed(this);
    }

    @Override
    public void within(int epoch, double part) {
        // A run is recorded by whole epochs.
    }

    @Override
    public void epoch(int epoch, double trainingLoss, double validationLoss, Details details) {
        boolean wanted = Runs.areDetailsWanted();
        epochs.add(new Epoch(
                epoch,
                trainingLoss,
                validationLoss,
                wanted ? details.losses() : List.of(),
                wanted ? details.gates() : List.of()));
        Runs.changed(this);
    }

    @Override
    public void ended(boolean finished) {
        state = finished ? State.FINISHED : State.STOPPED;
        if (lastEpoch > 0) {
            Runs.changed(this);
        }
    }
}
