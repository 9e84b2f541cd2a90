package org.gatedepth.weka.training;

import java.io.IOException;
import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.gatedepth.dl4j.GatedNetworks;
import org.gatedepth.dl4j.network.Members;
import org.gatedepth.report.recording.LossHistory;
import org.gatedepth.weka.host.Platform;
import org.gatedepth.weka.model.BestEpoch;
import org.gatedepth.weka.model.ExitRule;
import org.gatedepth.weka.model.LiveNetwork;
import org.gatedepth.weka.model.ModelReport;
import org.gatedepth.weka.model.NetworkModel;
import org.gatedepth.weka.model.OptionRemedies;
import org.gatedepth.weka.model.OutputFigure;
import org.gatedepth.weka.model.PilotRun;
import org.gatedepth.weka.model.StoredNetwork;
import org.gatedepth.weka.model.TrainedModel;
import org.gatedepth.weka.model.TrainingState;
import org.gatedepth.weka.model.TrainingSummary;
import org.gatedepth.weka.options.NetworkOptions;
import org.gatedepth.weka.progress.TrainingProgress;
import org.gatedepth.weka.table.Rows;
import org.gatedepth.weka.table.TargetColumn;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.factory.Nd4j;
import weka.core.Capabilities;
import weka.core.Instances;

/**
 * Trains one network, one epoch a call: {@link #start} or {@link #resume}, {@link #next()} until it returns false,
 * {@link #finish()}.
 *
 * <p>It prepares the rows, chooses what the options leave to it, keeps the best epoch and measures the result;
 * {@link Trainer} does the training.
 */
public final class TrainingRun {

    private final Trainer.Task task;
    private final Trainer trainer;
    private final RunDetails details;
    private final PreparedRows rows;
    private final List<PilotRun> pilots;
    private final BestEpoch best;
    private final TrainingProgress progress;
    private final int epochsBefore;
    private final int lastEpoch;
    private LossHistory losses;
    private int epoch;
    private long nanos;

    private TrainingRun(
            Trainer.Task task,
            ComputationGraph network,
            List<PilotRun> pilots,
            BestEpoch best,
            LossHistory lossesBefore,
            int epochsBefore,
            long nanosBefore,
            TrainingProgress progress) {
        this.task = task;
        rows = task.setting().rows();
        this.pilots = pilots;
        this.best = best;
        this.progress = progress;
        this.epochsBefore = epochsBefore;
        trainer = new Trainer(task, network, rows.training());
        details = new RunDetails(task, network);
        losses = lossesBefore;
        epoch = epochsBefore;
        nanos = nanosBefore;
        lastEpoch = epochsBefore + task.epochs();
        progress.begun(lastEpoch);
    }

    /**
     * Prepares the rows and initialises a new network.
     *
     * @param options the options of the run
     * @param capabilities the tables that the classifier takes
     * @param data the training table, which is left as it is
     * @param progress is told how the run goes on
     * @throws Exception with one sentence, if the options do not fit the table or nothing can be learned from it; or if
     *     the thread is interrupted
     */
    public static TrainingRun start(
            NetworkOptions options, Capabilities capabilities, Instances data, TrainingProgress progress)
            throws Exception {
        List<PreparedRows> variants = PreparedRows.fitted(options, capabilities, data, progress);
        PreparedRows rows = variants.get(0);
        return PreparedRows.closedIfItFails(rows.file(), () -> {
            int width = AutomaticSettings.width(options.width(), rows);
            SettingsSearch search = new SettingsSearch(options, rows, width, progress);
            Setting setting = search.choose(variants);
            int members = AutomaticSettings.members(options.members(), setting);
            Trainer.Task task = new Trainer.Task(options, width, setting, members);
            return new TrainingRun(
                    task, task.network(), search.tried(), new BestEpoch(), LossHistory.NONE, 0, 0, progress);
        });
    }

    /**
     * Prepares the rows and resumes a training for as many epochs more as the options say.
     *
     * @param before where the training ended, which is left as it is
     * @param options the options of the run
     * @param capabilities the tables that the classifier takes
     * @param data the training table, which is left as it is
     * @param progress is told how the run goes on
     * @throws Exception with one sentence, also if a fixed option or the attributes of the table have changed
     */
    public static TrainingRun resume(
            TrainingState before,
            NetworkOptions options,
            Capabilities capabilities,
            Instances data,
            TrainingProgress progress)
            throws Exception {
        PreparedRows rows = PreparedRows.resumed(before, options, capabilities, data, progress);
        return PreparedRows.closedIfItFails(rows.file(), () -> {
            Integer wanted = options.epochs();
            int epochs = wanted == null ? before.epochs() : wanted;
            ComputationGraph network = before.network().copy().graph();
            Setting setting = new Setting(rows, epochs, before.regularisation(), before.temperature());
            int members = Members.outputs(network, GatedNetworks.OUTPUT).size();
            Trainer.Task task = new Trainer.Task(options, before.width(), setting, members);
            GatedNetworks.setLearningRate(network, LearningRates.warmUp(options.learningRate()));
            return new TrainingRun(
                    task,
                    network,
                    List.of(),
                    before.best().copy(),
                    before.losses(),
                    before.epoch(),
                    before.nanos(),
                    progress);
        });
    }

    /**
     * Trains for one epoch.
     *
     * @return false if there was none left to train, because all were run or the patience is over
     * @throws InterruptedException if the thread was interrupted; which is checked before every minibatch
     */
    public boolean next() throws InterruptedException {
        if (epoch >= lastEpoch || isPatienceOver()) {
            return false;
        }
        long begin = System.nanoTime();
        double trainingLoss = trainer.epoch(epoch + 1, part -> {
            checkInterrupt();
            progress.within(epoch + 1, part);
        });
        epoch++;
        Double validationLoss = null;
        if (rows.hasValidation()) {
            validationLoss = loss(trainer.network(), rows.validation());
            best.offer(epoch, validationLoss, () -> trainer.network().params().toFloatVector());
        }
        losses = losses.and(trainingLoss, validationLoss);
        nanos += System.nanoTime() - begin;
        progress.epoch(epoch, trainingLoss, validationLoss, details);
        return true;
    }

    /** If the patience was over when this run began, it counts from there. */
    private boolean isPatienceOver() {
        Integer patience = options().patience();
        return patience != null
                && rows.hasValidation()
                && best.isPatienceOver(epoch, patience)
                && (!best.isPatienceOver(epochsBefore, patience) || epoch - epochsBefore >= patience);
    }

    private void checkInterrupt() throws InterruptedException {
        // The flag stays set, as in Weka's own evaluation: the Explorer checks it again.
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedException("Training was stopped in epoch " + (epoch + 1) + "; "
                    + (epochsBefore == 0 ? "no model was built." : "the model is as it was before."));
        }
    }

    private NetworkOptions options() {
        return task.options();
    }

    private TargetColumn classColumn() {
        return task.encoder().classColumn();
    }

    private double loss(ComputationGraph of, Rows on) throws InterruptedException {
        return Trainer.loss(of, on, classColumn().isNominal(), this::checkInterrupt);
    }

    /** What is told how the run goes on. */
    public TrainingProgress progress() {
        return progress;
    }

    /** A model that predicts with the current parameters, which change while the run goes on. */
    public NetworkModel model() {
        return NetworkModel.inTraining(task.encoder(), exits(), new LiveNetwork(trainer.network()));
    }

    private @Nullable ExitRule exits() {
        return ExitRule.of(task.heads(), options().auxiliary());
    }

    /**
     * The trained model: that of the best epoch, if rows were held out.
     *
     * @throws InterruptedException if the thread was interrupted
     * @throws IOException if the rows of a file cannot be deleted
     */
    public TrainedModel finish() throws InterruptedException, IOException {
        progress.trained(details);
        trainer.close();
        ComputationGraph network = trainer.network();
        // A resumed training begins after the last epoch, not after the best, and without a temperature.
        ComputationGraph trained = options().resume() ? network.clone() : network;
        float @Nullable [] parameters = best.parameters();
        if (parameters != null) {
            trained.setParams(Nd4j.createFromArray(parameters));
        }
        double temperature = temperature(trained);
        Temperature.divide(trained, temperature);
        TrainingState state = null;
        if (options().resume()) {
            StoredNetwork last = new StoredNetwork(new LiveNetwork(network), true);
            state = new TrainingState(
                    options(),
                    task.encoder(),
                    task.width(),
                    task.regularisation(),
                    task.temperature(),
                    task.epochs(),
                    last,
                    best,
                    losses,
                    epoch,
                    nanos);
        }
        ModelReport report = report(trained);
        progress.built(report);
        TrainedModel model = new TrainedModel(
                NetworkModel.trained(task.encoder(), exits(), new LiveNetwork(trained)),
                summary(trained, temperature),
                report,
                state);
        rows.close();
        return model;
    }

    /**
     * By the validation rows, since the epoch that is kept may be another one than that of the pilot runs; by these
     * without validation rows.
     */
    private double temperature(ComputationGraph trained) throws InterruptedException {
        if (!rows.hasValidation()) {
            return task.temperature();
        }
        double[] ofValidation =
                Temperature.losses(trained, rows.validation(), classColumn().isNominal(), this::checkInterrupt);
        return Temperature.of(
                ofValidation, Temperature.best(ofValidation, rows.validation().rows()));
    }

    /** Frees what a run has that will not be finished. */
    public void close() throws IOException {
        trainer.close();
        rows.close();
    }

    private ModelReport report(ComputationGraph trained) {
        return ReportRows.of(
                        rows.measured(),
                        rows.hasValidation(),
                        task.heads(),
                        options().seed(),
                        task.members())
                .report(
                        Members.first(trained, GatedNetworks.OUTPUT),
                        Platform.nativeThreads(options().threads(), task.width()),
                        losses,
                        new OptionRemedies(
                                options().weightDecay() == null && options().mixup() == null,
                                options().auxiliary().earlyExit() != null,
                                rows.training().hasSequences()));
    }

    private TrainingSummary summary(ComputationGraph trained, double temperature) throws InterruptedException {
        return new TrainingSummary(
                task.encoder().allColumns(),
                classColumn().outputs(),
                classColumn().isNominal(),
                options().depth(),
                task.width(),
                options().connection(),
                options().activation(),
                options().transformGateBias(),
                task.regularisation().weightDecay(),
                task.regularisation().mixup(),
                temperature,
                task.members(),
                pilots,
                trained.numParams(),
                rows.training().rows(),
                rows.validation().rows(),
                epoch,
                lastEpoch,
                best.parameters() == null ? epoch : best.epoch(),
                nanos / 1e9,
                loss(trained, rows.training()),
                rows.hasValidation() ? loss(trained, rows.validation()) : null,
                new RunDetails(task, trained).gates(),
                figures(trained),
                rows.measured().rows() + (rows.hasValidation() ? " validation rows" : " training rows"),
                SequenceNetwork.summary(options().sequences(), task.encoder()));
    }

    private List<OutputFigure> figures(ComputationGraph trained) throws InterruptedException {
        if (task.heads().heads().isEmpty()) {
            return List.of();
        }
        return new OutputMeasure(task.heads(), task.encoder().targets(), rows.measured())
                .measure(trained, exits(), this::checkInterrupt);
    }
}
