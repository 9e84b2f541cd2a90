package org.gatedepth.weka.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.gatedepth.dl4j.GatedNetworks;
import org.gatedepth.dl4j.TransformGates;
import org.gatedepth.weka.host.Platform;
import org.gatedepth.weka.model.BestEpoch;
import org.gatedepth.weka.model.ExitRule;
import org.gatedepth.weka.model.ModelReport;
import org.gatedepth.weka.model.NetworkModel;
import org.gatedepth.weka.model.OutputFigure;
import org.gatedepth.weka.model.Regularisation;
import org.gatedepth.weka.model.StoredNetwork;
import org.gatedepth.weka.model.TrainedModel;
import org.gatedepth.weka.model.TrainingState;
import org.gatedepth.weka.model.TrainingSummary;
import org.gatedepth.weka.options.AuxiliaryHeads;
import org.gatedepth.weka.options.NetworkOptions;
import org.gatedepth.weka.progress.OutputLoss;
import org.gatedepth.weka.progress.TrainingProgress;
import org.gatedepth.weka.table.Batch;
import org.gatedepth.weka.table.Rows;
import org.gatedepth.weka.table.TableEncoder;
import org.gatedepth.weka.table.WeightedMean;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import weka.core.Instances;

/**
 * Trains one network, one epoch a call: create, {@link #next()} until it returns false, {@link #finish()}.
 *
 * <p>It holds rows out, chooses what the options leave to it, keeps the best epoch and measures the result; {@link Trainer}
 * does the training.
 */
public final class TrainingRun implements TrainingProgress.Details {

    /** Rows on which gates and losses are measured while a network trains. */
    private static final int SOME_ROWS = 256;

    private final NetworkOptions options;
    private final AuxiliaryHeads heads;
    private final TrainingProgress progress;
    private final TableEncoder encoder;
    private final Rows training;
    private final Rows validation;
    private final int width;
    private final Regularisation regularisation;
    private final BestEpoch best;
    private final Trainer trainer;
    private final int epochsBefore;
    private final int lastEpoch;
    private int epoch;
    private long nanos;

    /**
     * Prepares the rows and initialises a network, or goes on with one that was trained before.
     *
     * @param options the options of the run; a network that was trained before is trained for as many epochs more as they say
     * @param heads the auxiliary heads that the options make with the table
     * @param rows rows as {@link TableEncoder#usableRows} returns them
     * @param progress hears how the run goes on
     * @param before where the run before ended, which is left as it is; null for a new network
     * @throws Exception if the rows do not have the attributes of the earlier ones, the options ask for another network, or
     *     the thread is interrupted
     */
    public TrainingRun(
            NetworkOptions options,
            AuxiliaryHeads heads,
            Instances rows,
            TrainingProgress progress,
            @Nullable TrainingState before)
            throws Exception {
        this.options = options;
        this.heads = heads;
        this.progress = progress;
        if (before != null) {
            before.checkContinues(options, rows);
        }
        encoder = before == null ? TableEncoder.fit(rows, heads.attributes(), options.inputs()) : before.encoder();
        Rows table = encoder.rows(rows);
        Split split = Split.of(options, rows);
        training = table.select(split.training());
        validation = table.select(split.validation());
        checkAuxiliaryValues();
        int epochs = AutomaticSettings.epochs(options.epochs(), rows.size());
        if (before == null) {
            width = AutomaticSettings.width(
                    options.width(),
                    table.rows(),
                    encoder.columns() + encoder.classColumn().outputs());
            regularisation = pilot(rows, split.training(), epochs);
            best = new BestEpoch();
        } else {
            width = before.width();
            regularisation = before.regularisation();
            best = before.best().copy();
            epoch = before.epoch();
            nanos = before.nanos();
        }
        Trainer.Task task = new Trainer.Task(options, heads, encoder, width, epochs, regularisation);
        ComputationGraph network =
                before == null ? task.network() : before.network().copy();
        if (before != null) {
            GatedNetworks.setLearningRate(network, LearningRates.warmUp(options.learningRate()));
        }
        trainer = new Trainer(task, network, training);
        epochsBefore = epoch;
        lastEpoch = epoch + epochs;
        progress.begun(lastEpoch);
    }

    private void checkAuxiliaryValues() {
        for (int t = 1; t < encoder.targets().size(); t++) {
            if (!training.hasWeight(t)) {
                throw new IllegalArgumentException("Auxiliary attribute '"
                        + encoder.targets().get(t).name() + "' has no value in any training row:"
                        + " leave it out of -aux-attributes, or give it values.");
            }
        }
    }

    /** Compares regularisations by short runs on a part of the training rows, where there is something to choose. */
    private Regularisation pilot(Instances table, int[] known, int epochs) throws InterruptedException {
        double[] classes = new double[known.length];
        Arrays.setAll(classes, i -> table.get(known[i]).classValue());
        int trialEpochs = AutomaticSettings.trialEpochs(epochs, table.size());
        return AutomaticSettings.pilot()
                .choose(
                        AutomaticSettings.regularisations(
                                options.weightDecay(),
                                options.mixup(),
                                encoder.classColumn().isNominal(),
                                known.length),
                        classes,
                        Trainer.random(options.seed(), 0),
                        (candidate, train, held) -> {
                            progress.choosing("weight decay " + candidate.weightDecay());
                            Trainer.Task task =
                                    new Trainer.Task(options, heads, encoder, width, trialEpochs, candidate);
                            Trainer trial = new Trainer(task, task.network(), training.select(train));
                            for (int number = 1; number <= trialEpochs; number++) {
                                trial.epoch(number, part -> checkInterrupt());
                            }
                            return loss(trial.network(), training.select(held));
                        });
    }

    /**
     * Trains for one epoch.
     *
     * @return false if there was none left to train, because all were run or the patience is over
     * @throws InterruptedException if the thread was interrupted; it is looked for after every minibatch
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
        double validationLoss = Double.NaN;
        if (hasValidation()) {
            validationLoss = loss(trainer.network(), validation);
            best.offer(epoch, validationLoss, trainer.network().params());
        }
        nanos += System.nanoTime() - begin;
        progress.epoch(epoch, trainingLoss, validationLoss, this);
        return true;
    }

    /** A run that ended because its patience was over, and is told to go on, has its patience again. */
    private boolean isPatienceOver() {
        return hasValidation()
                && best.isPatienceOver(epoch, options.patience())
                && (!best.isPatienceOver(epochsBefore, options.patience())
                        || epoch - epochsBefore >= options.patience());
    }

    private void checkInterrupt() throws InterruptedException {
        // The flag stays set, as in Weka's own evaluation: the Explorer looks at it again.
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedException("Training was stopped in epoch " + (epoch + 1) + "; "
                    + (epochsBefore == 0 ? "no model was built." : "the model is as it was before."));
        }
    }

    private boolean hasValidation() {
        return validation.rows() > 0;
    }

    private double loss(ComputationGraph of, Rows rows) throws InterruptedException {
        return Trainer.loss(of, rows, encoder.classColumn().isNominal(), this::checkInterrupt);
    }

    /** Who hears how the run goes on. */
    public TrainingProgress progress() {
        return progress;
    }

    /** A model that predicts with the parameters of the moment, and follows them while the run goes on. */
    public NetworkModel model() {
        return new NetworkModel(encoder, exits(), trainer.network());
    }

    private ExitRule exits() {
        return ExitRule.of(heads, options.auxiliary());
    }

    /**
     * The trained model: that of the best epoch, if rows were held out.
     *
     * @throws InterruptedException if the thread was interrupted
     */
    public TrainedModel finish() throws InterruptedException {
        ComputationGraph network = trainer.network();
        ComputationGraph trained = network;
        float @Nullable [] parameters = best.parameters();
        if (parameters != null) {
            // What goes on later goes on from the last epoch.
            trained = options.resume() ? network.clone() : network;
            trained.setParams(Nd4j.createFromArray(parameters));
        }
        TrainingState state = null;
        if (options.resume()) {
            StoredNetwork last = new StoredNetwork(network, true);
            state = new TrainingState(options, encoder, width, regularisation, last, best, epoch, nanos);
        }
        ModelReport report = report(trained);
        progress.built(report);
        return new TrainedModel(new NetworkModel(encoder, exits(), trained), summary(trained), report, state);
    }

    private ModelReport report(ComputationGraph trained) {
        return ReportRows.of(hasValidation() ? validation : training, hasValidation(), heads, options.seed())
                .report(trained, Platform.nativeThreads(options.threads(), width));
    }

    private TrainingSummary summary(ComputationGraph trained) throws InterruptedException {
        return new TrainingSummary(
                encoder.columns(),
                encoder.classColumn().outputs(),
                encoder.classColumn().isNominal(),
                options.depth(),
                width,
                options.connection(),
                options.activation(),
                options.gateBias(),
                regularisation.weightDecay(),
                regularisation.mixup(),
                trained.numParams(),
                training.rows(),
                validation.rows(),
                epoch,
                lastEpoch,
                best.parameters() == null ? epoch : best.epoch(),
                nanos / 1e9,
                loss(trained, training),
                hasValidation() ? best.loss() : Double.NaN,
                gates(trained),
                figures(trained));
    }

    @Override
    public List<Double> gates() {
        return gates(trainer.network());
    }

    private List<Double> gates(ComputationGraph of) {
        return new TransformGates(of).means(Nd4j.createFromArray(someRows().inputs()));
    }

    /** Rows from all over the table, which may be in the order of its class. */
    private Batch someRows() {
        int[] some = new int[Math.min(SOME_ROWS, training.rows())];
        for (int i = 0; i < some.length; i++) {
            some[i] = (int) ((long) training.rows() * i / some.length);
        }
        return training.batch(some, 0, some.length);
    }

    @Override
    public List<OutputLoss> losses() {
        Batch some = someRows();
        INDArray[] said = trainer.network().output(Nd4j.createFromArray(some.inputs()));
        List<OutputLoss> losses = new ArrayList<>();
        losses.add(new OutputLoss("output", loss(said[0], some, 0)));
        for (int h = 0; h < heads.heads().size(); h++) {
            AuxiliaryHeads.Place head = heads.heads().get(h);
            losses.add(new OutputLoss(head.name(), loss(said[h + 1], some, head.target())));
        }
        return losses;
    }

    private double loss(INDArray said, Batch rows, int target) {
        WeightedMean mean = new WeightedMean();
        PredictionLoss.add(
                mean,
                said.toDoubleMatrix(),
                rows.learned().get(target),
                encoder.targets().get(target).isNominal());
        return mean.value();
    }

    private List<OutputFigure> figures(ComputationGraph trained) throws InterruptedException {
        if (heads.heads().isEmpty()) {
            return List.of();
        }
        return new OutputMeasure(heads, encoder.targets(), hasValidation() ? validation : training)
                .measure(trained, exits(), this::checkInterrupt);
    }
}
