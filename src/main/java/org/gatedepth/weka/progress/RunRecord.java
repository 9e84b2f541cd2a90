package org.gatedepth.weka.progress;

import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.gatedepth.weka.model.ModelReport;
import org.jspecify.annotations.Nullable;
import weka.core.Instances;

/** What one training run of this session did, epoch by epoch. */
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
     * @param validationLoss loss on the rows that are held out; null without any
     * @param losses losses of the network's own output and of its heads; empty if they were not measured
     * @param gates mean transform gates by block; empty if they were not measured, or there are none
     */
    public record Epoch(
            int number,
            double trainingLoss,
            @Nullable Double validationLoss,
            List<OutputLoss> losses,
            List<Double> gates) {}

    /** The least time between two measurements of heads and gates. In short epochs some are left out. */
    private static final long NANOS_BETWEEN = 200_000_000L;

    private final String relation;
    private final int rows;
    private final boolean classification;
    private final String options;
    private final String network;
    private final LocalTime start = LocalTime.now(ZoneId.systemDefault());
    private final List<Epoch> epochs = new ArrayList<>();
    /** When the losses of heads and the gates were last measured; null before. */
    private @Nullable Long measured;

    private volatile int lastEpoch;
    private volatile @Nullable ModelReport report;
    private volatile State state = State.RUNNING;

    /**
     * A run that begins now.
     *
     * @param data its table
     * @param options the options of the classifier that are not the defaults
     * @param network which network of how many it trains, such as "network 3 of 11"; empty for the only one
     */
    public RunRecord(Instances data, String options, String network) {
        relation = data.relationName();
        rows = data.size();
        classification = data.classIndex() >= 0 && data.classAttribute().isNominal();
        this.options = options;
        this.network = network;
    }

    /** Name of the table. */
    public String relation() {
        return relation;
    }

    /** Number of rows of the table. */
    public int rows() {
        return rows;
    }

    /** Whether the class is nominal. */
    public boolean isClassification() {
        return classification;
    }

    /** The options of the classifier that are not the defaults. */
    public String options() {
        return options;
    }

    /** Which network of how many it trains, such as "network 3 of 11"; empty for the only one. */
    public String network() {
        return network;
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
        synchronized (epochs) {
            return List.copyOf(epochs);
        }
    }

    /** What depth, gates and heads of its model do; null before it is finished, and after it was forgotten. */
    public @Nullable ModelReport report() {
        return report;
    }

    /** Forgets the report, so that the model on which it would be measured can be freed. */
    public void forgetReport() {
        report = null;
    }

    @Override
    public void begun(int last) {
        lastEpoch = last;
        RunWatchers.changed(this);
    }

    @Override
    public void within(int epoch, double part) {
        // A run is recorded by whole epochs.
    }

    @Override
    public void epoch(int epoch, double trainingLoss, @Nullable Double validationLoss, Details details) {
        boolean wanted = RunWatchers.areDetailsWanted() && isTimeToMeasure(epoch);
        Epoch over = new Epoch(
                epoch,
                trainingLoss,
                validationLoss,
                wanted ? details.losses() : List.of(),
                wanted ? details.gates() : List.of());
        if (wanted) {
            measured = System.nanoTime();
        }
        synchronized (epochs) {
            epochs.add(over);
        }
        RunWatchers.changed(this);
    }

    private boolean isTimeToMeasure(int epoch) {
        return measured == null || epoch == lastEpoch || System.nanoTime() - measured >= NANOS_BETWEEN;
    }

    /** Measures the last epoch, if nobody looked at it: what the network has become is worth one pass of some rows. */
    @Override
    public void trained(Details details) {
        synchronized (epochs) {
            int last = epochs.size() - 1;
            if (last >= 0 && epochs.get(last).losses().isEmpty()) {
                Epoch bare = epochs.get(last);
                epochs.set(
                        last,
                        new Epoch(
                                bare.number(),
                                bare.trainingLoss(),
                                bare.validationLoss(),
                                details.losses(),
                                details.gates()));
            }
        }
    }

    @Override
    public void built(ModelReport made) {
        report = made;
    }

    @Override
    public void ended(boolean finished) {
        state = finished ? State.FINISHED : State.STOPPED;
        if (lastEpoch > 0) {
            RunWatchers.changed(this);
        }
    }
}
