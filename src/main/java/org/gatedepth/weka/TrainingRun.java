package org.gatedepth.weka;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.gatedepth.dl4j.AuxiliaryHead;
import org.gatedepth.dl4j.FusedAdam;
import org.gatedepth.dl4j.GatedNetworks;
import org.gatedepth.dl4j.NetworkSpec;
import org.gatedepth.dl4j.TransformGates;
import org.gatedepth.loss.Head;
import org.gatedepth.loss.Loss;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.schedule.ISchedule;
import weka.core.Instances;

/**
 * Trains one network, one epoch a call: create, {@link #next()} until it returns false, {@link #finish()}.
 *
 * <p>What is random in an epoch follows from the seed and the number of the epoch alone, so that a run that goes on where
 * another ended does what one long run would have done.
 *
 * <p>The loop over the minibatches is here and not in DL4J's {@code fit(iterator)}, which does not look at
 * {@link Thread#interrupt()}: the only sign that the Explorer's Stop button gives.
 *
 * <p>{@link RowWeights} multiply the loss of their rows. Their mean over the table is 1, so that weighting does not
 * change the size of the steps. Auxiliary heads get the weights as their label mask, with 0 where a value is missing.
 */
public final class TrainingRun implements TrainingProgress.Details {

    /** Rows on which gates and losses are measured while a network trains. */
    private static final int SOME_ROWS = 256;

    private final NetworkOptions options;
    private final AuxiliaryHeads heads;
    private final TableEncoder encoder;
    private final Rows training;
    private final Rows validation;
    private final int width;
    private final @Nullable RowWeights rowWeights;
    /** The targets, by their position in the table, in which rows do not weigh the same. */
    private final Set<Integer> weighted = new HashSet<>();

    private final BestEpoch best;
    private final ComputationGraph network;
    private final TrainingProgress progress;
    private final int epochsBefore;
    private final int lastEpoch;
    private int epoch;
    private long nanos;

    /**
     * Prepares the rows and initialises a network.
     *
     * @param options the options of the run
     * @param heads the auxiliary heads that the options make with the table
     * @param rows rows as {@link TableEncoder#usableRows} returns them
     * @param progress hears how the run goes on
     * @throws Exception if the rows cannot be prepared, or the thread is interrupted
     */
    public TrainingRun(NetworkOptions options, AuxiliaryHeads heads, Instances rows, TrainingProgress progress)
            throws Exception {
        this(options, heads, rows, progress, null);
    }

    /**
     * Prepares the rows for a network that has been trained before, and goes on with it.
     *
     * @param options the options of the run; the network is trained for as many epochs more as they say
     * @param heads the auxiliary heads that the options make with the table
     * @param rows rows as {@link TableEncoder#usableRows} returns them
     * @param progress hears how the run goes on
     * @param before where the run before ended; it is left as it is
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
        boolean[] heldOut = heldOut(rows);
        training = table.select(positions(heldOut, false));
        validation = table.select(positions(heldOut, true));
        checkAuxiliaryValues();
        if (before == null) {
            width = options.width() > 0 ? options.width() : automaticWidth(table);
            best = new BestEpoch();
            network = new ComputationGraph(GatedNetworks.configuration(spec()));
            network.init();
        } else {
            width = before.width();
            best = before.best().copy();
            network = before.network().copy();
            network.setLearningRate(rates());
            epoch = before.epoch();
            nanos = before.nanos();
        }
        epochsBefore = epoch;
        lastEpoch = epoch + options.epochs();
        for (int t = 0; t < encoder.targets().size(); t++) {
            if (!training.hasEqualWeights(t)) {
                weighted.add(t);
            }
        }
        rowWeights = weighted.contains(0) ? new RowWeights(network) : null;
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

    private NetworkSpec spec() {
        TargetColumn target = encoder.classColumn();
        NetworkSpec start = target.isNominal()
                ? NetworkSpec.classification(encoder.columns(), target.outputs())
                : NetworkSpec.regression(encoder.columns(), target.outputs());
        return start.withSize(options.depth(), width)
                .withConnection(options.connection())
                .withGateBias(options.gateBias())
                .withActivation(options.activation())
                .withRegularisation(options.dropOut(), options.weightDecay())
                .withUpdater(new FusedAdam(rates()))
                .withHeads(heads.heads().stream().map(this::head).toList())
                .withEmbeddings(encoder.embeddings())
                .withSeed(options.seed());
    }

    /** One cycle must know its end; a run that may go on after it rises to its rate and stays there. */
    private ISchedule rates() {
        return options.resume()
                ? LearningRates.warmUp(options.learningRate())
                : LearningRates.oneCycle(options.learningRate(), options.epochs());
    }

    private AuxiliaryHead head(AuxiliaryHeads.Place place) {
        TargetColumn target = encoder.targets().get(place.target());
        Loss loss = target.isNominal() ? Loss.softmaxCrossEntropy() : Loss.squaredError();
        AuxiliaryOptions auxiliary = options.auxiliary();
        Head head = Head.of(loss, target.outputs())
                .withWeight(auxiliary.decay().schedule(auxiliary.weight(), options.epochs()));
        return new AuxiliaryHead(place.name(), place.depth(), head);
    }

    /** Wide enough for the columns and labels, and not much wider than the number of rows can fill. */
    private int automaticWidth(Rows table) {
        int byRows = table.rows() < 1000 ? 32 : 64;
        int byColumns = encoder.columns() + encoder.classColumn().outputs() > 64 ? 64 : 32;
        return Math.max(byRows, byColumns);
    }

    /**
     * Every n-th row in the order of the class is held out, the rows of a class in random order: each label, and each
     * range of a numeric class, gives its share.
     */
    private boolean[] heldOut(Instances rows) {
        int all = rows.size();
        boolean[] heldOut = new boolean[all];
        if (options.validation() == 0 || all < 2) {
            return heldOut;
        }
        int count = (int) Math.round(all * options.validation() / 100);
        count = Math.max(1, Math.min(count, all - 1));
        int[] shuffled = positions(heldOut, false);
        shuffle(shuffled, random(0));
        Integer[] byClass = Arrays.stream(shuffled).boxed().toArray(Integer[]::new);
        Arrays.sort(byClass, Comparator.comparingDouble(row -> rows.get(row).classValue()));
        for (int i = 0; i < count; i++) {
            heldOut[byClass[(int) ((i + 0.5) * all / count)]] = true;
        }
        return heldOut;
    }

    private static int[] positions(boolean[] flags, boolean wanted) {
        int[] positions = new int[flags.length];
        int count = 0;
        for (int i = 0; i < flags.length; i++) {
            if (flags[i] == wanted) {
                positions[count++] = i;
            }
        }
        return Arrays.copyOf(positions, count);
    }

    /** The random numbers of an epoch; those of epoch 0 choose the rows that are held out. */
    private SplittableRandom random(int ofEpoch) {
        return new SplittableRandom(1_000_003L * options.seed() + ofEpoch);
    }

    private static void shuffle(int[] values, SplittableRandom random) {
        for (int i = values.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swap = values[i];
            values[i] = values[j];
            values[j] = swap;
        }
    }

    /**
     * Trains for one epoch.
     *
     * @return false if there was none left to train, because all were run or the patience is over
     * @throws InterruptedException if the thread was interrupted; it is looked for after every minibatch
     */
    public boolean next() throws InterruptedException {
        if (epoch >= lastEpoch || (hasValidation() && best.isPatienceOver(epoch, options.patience()))) {
            return false;
        }
        long begin = System.nanoTime();
        double trainingLoss = trainEpoch();
        network.incrementEpochCount();
        epoch++;
        if (Double.isNaN(trainingLoss) || Double.isInfinite(trainingLoss)) {
            throw new ArithmeticException("Training diverged in epoch " + epoch + " (the loss is not a number):"
                    + " choose a -learning-rate below " + options.learningRate() + ", or a smaller -depth.");
        }
        double validationLoss = Double.NaN;
        if (hasValidation()) {
            validationLoss = loss(network, validation);
            best.offer(epoch, validationLoss, network.params());
        }
        nanos += System.nanoTime() - begin;
        progress.epoch(epoch, trainingLoss, validationLoss, this);
        return true;
    }

    private double trainEpoch() throws InterruptedException {
        SplittableRandom random = random(epoch + 1);
        // Dropout draws from the generator of this thread.
        Nd4j.getRandom().setSeed(random.nextLong());
        int[] order = positions(new boolean[training.rows()], false);
        shuffle(order, random);
        // Minibatches of one size, give or take a row: a last one of very few rows would be a step in a random
        // direction.
        int batches = (training.rows() + options.miniBatch() - 1) / options.miniBatch();
        double score = 0;
        if (rowWeights != null) {
            rowWeights.install();
        }
        try {
            for (int b = 0; b < batches; b++) {
                checkInterrupt();
                progress.within(epoch + 1, b / (double) batches);
                int from = (int) ((long) training.rows() * b / batches);
                int to = (int) ((long) training.rows() * (b + 1) / batches);
                int[] drawn = minibatch(order, from, to);
                fit(training.batch(drawn, 0, drawn.length));
                score += network.score();
            }
        } finally {
            if (rowWeights != null) {
                rowWeights.uninstall();
            }
        }
        return score / batches;
    }

    /**
     * The rows of a minibatch. The losses of ND4J take the weight of a single row for one of an output, and refuse it
     * for softmax; the row twice has the same mean gradient.
     */
    private int[] minibatch(int[] order, int from, int to) {
        if (rowWeights != null && to - from == 1) {
            return new int[] {order[from], order[from]};
        }
        return Arrays.copyOfRange(order, from, to);
    }

    private void fit(Batch batch) {
        INDArray[] inputs = {Nd4j.createFromArray(batch.inputs())};
        if (rowWeights != null) {
            rowWeights.set(Nd4j.createFromArray(batch.weights()).reshape(batch.rows(), 1));
        }
        INDArray[] targets = new INDArray[1 + heads.heads().size()];
        @Nullable INDArray[] masks = new INDArray[targets.length];
        targets[0] = Nd4j.createFromArray(batch.targets());
        for (int h = 1; h < targets.length; h++) {
            int target = heads.heads().get(h - 1).target();
            EncodedTarget values = batch.learned().get(target);
            targets[h] = Nd4j.createFromArray(values.values());
            if (weighted.contains(target)) {
                masks[h] = Nd4j.createFromArray(values.weights()).reshape(batch.rows(), 1);
            }
        }
        network.fit(inputs, targets, null, masks);
    }

    private void checkInterrupt() throws InterruptedException {
        // The flag stays set, as in Weka's own evaluation: the Explorer looks at it again.
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedException("Training was stopped in epoch " + (epoch + 1) + " of " + lastEpoch + "; "
                    + (epochsBefore == 0 ? "no model was built." : "the model is as it was before."));
        }
    }

    private boolean hasValidation() {
        return validation.rows() > 0;
    }

    private double loss(ComputationGraph of, Rows rows) throws InterruptedException {
        WeightedMean mean = new WeightedMean();
        boolean classification = encoder.classColumn().isNominal();
        Chunks.forEach(
                rows,
                this::checkInterrupt,
                (features, learned) ->
                        Losses.add(mean, of.output(features)[0].toDoubleMatrix(), learned.get(0), classification));
        return mean.value();
    }

    /** Who hears how the run goes on. */
    public TrainingProgress progress() {
        return progress;
    }

    /** A model that predicts with the parameters of the moment, and follows them while the run goes on. */
    public NetworkModel model() {
        return new NetworkModel(encoder, exits(), network);
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
        ComputationGraph trained = network;
        float @Nullable [] parameters = best.parameters();
        if (parameters != null) {
            // What goes on later goes on from the last epoch.
            trained = options.resume() ? network.clone() : network;
            trained.setParams(Nd4j.createFromArray(parameters));
        }
        TrainingState state = options.resume()
                ? new TrainingState(options, encoder, width, new StoredNetwork(network, true), best, epoch, nanos)
                : null;
        return new TrainedModel(new NetworkModel(encoder, exits(), trained), summary(trained), state);
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
                network.numParams(),
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
        return gates(network);
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
        INDArray[] said = network.output(Nd4j.createFromArray(some.inputs()));
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
        Losses.add(
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
        return new Figures(heads, encoder.targets(), hasValidation() ? validation : training)
                .measure(trained, exits(), this::checkInterrupt);
    }
}
