package org.gatedepth.weka.training;

import java.io.Serializable;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.gatedepth.dl4j.GatedNetworks;
import org.gatedepth.dl4j.network.Members;
import org.gatedepth.report.recording.LossHistory;
import org.gatedepth.weka.host.Platform;
import org.gatedepth.weka.model.ExitRule;
import org.gatedepth.weka.model.LiveNetwork;
import org.gatedepth.weka.model.ModelReport;
import org.gatedepth.weka.model.NetworkModel;
import org.gatedepth.weka.model.OptionRemedies;
import org.gatedepth.weka.model.OutputFigure;
import org.gatedepth.weka.model.PilotRun;
import org.gatedepth.weka.model.Regularisation;
import org.gatedepth.weka.model.TrainedModel;
import org.gatedepth.weka.model.TrainingSummary;
import org.gatedepth.weka.options.NetworkOptions;
import org.gatedepth.weka.progress.TrainingProgress;
import org.gatedepth.weka.table.Rows;
import org.gatedepth.weka.table.statistics.TableSample;
import org.jspecify.annotations.Nullable;
import weka.core.Capabilities;
import weka.core.Instances;

/**
 * A run whose rows are too many for this process, and are trained on elsewhere: it prepares the data and the network as
 * {@link TrainingRun} does, from a sample, and makes the model of the network when it is trained.
 */
public final class SampledRun {

    private final Trainer.Task task;
    private final TableSample table;
    private final List<PilotRun> pilots;

    /**
     * What the run has chosen, so that it need not be found twice.
     *
     * @param width units of a block
     * @param epochs passes over the rows
     * @param regularisation what is done against overfitting
     * @param temperature what the scores of the trained network are divided by
     * @param pieces whether there are columns for pieces of numbers
     * @param members networks side by side
     * @param pilots the pilot runs
     */
    public record Choice(
            int width,
            int epochs,
            Regularisation regularisation,
            double temperature,
            boolean pieces,
            int members,
            List<PilotRun> pilots)
            implements Serializable {

        private static final long serialVersionUID = 1L;

        /** Copies the list. */
        public Choice {
            pilots = List.copyOf(pilots);
        }
    }

    /**
     * How the training went.
     *
     * @param network the network, trained
     * @param losses by epoch
     * @param bestEpoch the epoch whose parameters it has
     * @param seconds that it took
     * @param validationLoss the loss in that epoch on rows that were held out for it; null without any
     * @param validationRows how many these were
     */
    public record Trained(
            ComputationGraph network,
            LossHistory losses,
            int bestEpoch,
            double seconds,
            @Nullable Double validationLoss,
            long validationRows) {}

    private SampledRun(Trainer.Task task, TableSample table, List<PilotRun> pilots) {
        this.task = task;
        this.table = table;
        this.pilots = List.copyOf(pilots);
    }

    /**
     * Prepares a run, and chooses what the options leave to it by pilot runs on the sample.
     *
     * @param options the options, without rows for validation
     * @param capabilities the tables that the classifier takes
     * @param table the rows that are trained on
     * @param progress is told of the pilot runs
     * @throws Exception with one sentence, if the options do not fit the table or nothing can be learned from it; or if
     *     the thread is interrupted
     */
    public static SampledRun start(
            NetworkOptions options, Capabilities capabilities, TableSample table, TrainingProgress progress)
            throws Exception {
        List<PreparedRows> variants = PreparedRows.fitted(options, capabilities, table, progress);
        PreparedRows rows = variants.get(0);
        int count = (int) Math.min(table.count(), Integer.MAX_VALUE);
        int width = AutomaticSettings.width(options.width(), rows, table.count());
        SettingsSearch search = new SettingsSearch(options, rows, width, progress);
        Setting setting = search.choose(variants, count);
        int members = AutomaticSettings.members(options.members(), setting, table.count());
        return new SampledRun(new Trainer.Task(options, width, setting, members), table, search.tried());
    }

    /**
     * The run that has chosen this before.
     *
     * @throws Exception as {@link #start}
     */
    public static SampledRun again(
            NetworkOptions options,
            Capabilities capabilities,
            TableSample table,
            TrainingProgress progress,
            Choice choice)
            throws Exception {
        List<PreparedRows> variants = PreparedRows.fitted(options, capabilities, table, progress);
        PreparedRows rows = variants.stream()
                .filter(variant -> variant.encoder().hasPieces() == choice.pieces())
                .findFirst()
                .orElse(variants.get(0));
        Setting setting = new Setting(rows, choice.epochs(), choice.regularisation(), choice.temperature());
        return new SampledRun(
                new Trainer.Task(options, choice.width(), setting, choice.members()), table, choice.pilots());
    }

    /** What was chosen. */
    public Choice choice() {
        return new Choice(
                task.width(),
                task.epochs(),
                task.regularisation(),
                task.temperature(),
                task.encoder().hasPieces(),
                task.members(),
                pilots);
    }

    /** A network at its start. */
    public ComputationGraph network() {
        return task.network();
    }

    /**
     * How rows become minibatches.
     *
     * @param equalWeights whether all rows of the table weigh the same
     */
    public Examples examples(boolean equalWeights) {
        Set<Integer> weighted = new HashSet<>();
        for (int t = 0; t < task.encoder().targets().size(); t++) {
            int attribute = task.encoder().targets().get(t).attributeIndex();
            boolean missing = table.columns().get(attribute).missingWeight() > 0;
            if (!equalWeights || missing) {
                weighted.add(t);
            }
        }
        return new Examples(task.encoder(), task.heads(), task.members(), Set.copyOf(weighted));
    }

    /**
     * The model of the trained network, which is left as it is.
     *
     * @param measured held-out rows for its report; none to measure it on the sample
     * @param of how many rows these were drawn from
     * @throws InterruptedException if the thread was interrupted
     */
    public TrainedModel finish(Trained trained, Instances measured, long of) throws InterruptedException {
        ComputationGraph network = trained.network().clone();
        Temperature.divide(network, task.temperature());
        boolean heldOut = !measured.isEmpty();
        Rows rows =
                heldOut ? task.encoder().rows(measured) : task.setting().rows().training();
        ExitRule exits = ExitRule.of(task.heads(), task.options().auxiliary());
        List<OutputFigure> figures = task.heads().heads().isEmpty()
                ? List.of()
                : new OutputMeasure(task.heads(), task.encoder().targets(), rows)
                        .measure(network, exits, SampledRun::checkInterrupt);
        ModelReport report = ReportRows.of(
                        rows,
                        heldOut ? of : table.count(),
                        heldOut,
                        task.heads(),
                        task.options().seed(),
                        task.members())
                .report(
                        Members.first(network, GatedNetworks.OUTPUT),
                        Platform.nativeThreads(task.options().threads(), task.width()),
                        trained.losses(),
                        new OptionRemedies(
                                task.options().weightDecay() == null
                                        && task.options().mixup() == null,
                                task.options().auxiliary().earlyExit() != null,
                                false));
        return new TrainedModel(
                NetworkModel.trained(task.encoder(), exits, new LiveNetwork(network)),
                summary(
                        network,
                        trained,
                        figures,
                        rows.rows() + (heldOut ? " of the held-out rows" : " of the training rows")),
                report,
                null);
    }

    /** The training loss is that on the sample. */
    private TrainingSummary summary(
            ComputationGraph network, Trained trained, List<OutputFigure> figures, String measured)
            throws InterruptedException {
        boolean nominal = task.encoder().classColumn().isNominal();
        return new TrainingSummary(
                task.encoder().allColumns(),
                task.encoder().classColumn().outputs(),
                nominal,
                task.options().depth(),
                task.width(),
                task.options().connection(),
                task.options().activation(),
                task.options().transformGateBias(),
                task.regularisation().weightDecay(),
                task.regularisation().mixup(),
                task.temperature(),
                task.members(),
                pilots,
                network.numParams(),
                table.count(),
                trained.validationRows(),
                trained.losses().training().size(),
                task.epochs(),
                trained.bestEpoch(),
                trained.seconds(),
                Trainer.loss(network, task.setting().rows().training(), nominal, SampledRun::checkInterrupt),
                trained.validationLoss(),
                new RunDetails(task, network).gates(),
                figures,
                measured,
                null);
    }

    private static void checkInterrupt() throws InterruptedException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedException("The run was stopped before its model was built.");
        }
    }
}
