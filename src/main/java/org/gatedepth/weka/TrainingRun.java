package org.gatedepth.weka;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.gatedepth.dl4j.AuxiliaryHead;
import org.gatedepth.dl4j.FusedAdam;
import org.gatedepth.dl4j.GatedNetworks;
import org.gatedepth.dl4j.NetworkSpec;
import org.gatedepth.loss.Head;
import org.gatedepth.loss.Loss;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import weka.core.Instances;

/**
 * Trains one network, one epoch a call: create, {@link #next()} until it returns false, {@link #finish()}.
 *
 * <p>The loop over the minibatches is here and not in DL4J's {@code fit(iterator)}, which does not look at
 * {@link Thread#interrupt()}: the only sign that the Explorer's Stop button gives.
 *
 * <p>{@link RowWeights} multiply the loss of their rows. Their mean over the table is 1, so that weighting does not
 * change the size of the steps. Auxiliary heads get the weights as their label mask, with 0 where a value is missing.
 */
public final class TrainingRun {

    private final NetworkOptions options;
    private final AuxiliaryHeads heads;
    private final TableEncoder encoder;
    private final Rows training;
    private final Rows validation;
    private final int width;
    private final @Nullable RowWeights rowWeights;
    /** The targets, by their position in the table, in which rows do not weigh the same. */
    private final Set<Integer> weighted = new HashSet<>();

    private final int[] order;
    private final Random random;
    private final BestEpoch best;
    private final ComputationGraph network;
    private int epoch;

    /**
     * Prepares the rows and initialises the network.
     *
     * @param options the options of the run
     * @param heads the auxiliary heads that the options make with the table
     * @param rows rows as {@link TableEncoder#usableRows} returns them
     * @throws Exception if the rows cannot be prepared, or the thread is interrupted
     */
    public TrainingRun(NetworkOptions options, AuxiliaryHeads heads, Instances rows) throws Exception {
        this.options = options;
        this.heads = heads;
        random = new Random(options.seed());
        encoder = TableEncoder.fit(rows, heads.attributes(), options.inputs());
        Rows table = encoder.rows(rows);
        boolean[] heldOut = heldOut(rows);
        training = table.select(positions(heldOut, false));
        validation = table.select(positions(heldOut, true));
        checkAuxiliaryValues();
        order = positions(new boolean[training.rows()], false);
        width = options.width() > 0 ? options.width() : automaticWidth(table);
        best = new BestEpoch(options.patience());
        // Weights come from the seed of the configuration; dropout draws from the generator of this thread.
        Nd4j.getRandom().setSeed(options.seed());
        network = new ComputationGraph(GatedNetworks.configuration(spec()));
        network.init();
        for (int t = 0; t < encoder.targets().size(); t++) {
            if (!training.hasEqualWeights(t)) {
                weighted.add(t);
            }
        }
        rowWeights = weighted.contains(0) ? RowWeights.install(network) : null;
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
                .withUpdater(new FusedAdam(LearningRates.oneCycle(options.learningRate(), options.epochs())))
                .withHeads(heads.heads().stream().map(this::head).toList())
                .withEmbeddings(encoder.embeddings())
                .withSeed(options.seed());
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
        shuffle(shuffled);
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

    private void shuffle(int[] values) {
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
        if (epoch >= options.epochs() || (hasValidation() && best.isPatienceOver(epoch))) {
            return false;
        }
        shuffle(order);
        // Minibatches of one size, give or take a row: a last one of very few rows would be a step in a random
        // direction.
        int batches = (training.rows() + options.miniBatch() - 1) / options.miniBatch();
        double score = 0;
        for (int b = 0; b < batches; b++) {
            checkInterrupt();
            int from = (int) ((long) training.rows() * b / batches);
            int to = (int) ((long) training.rows() * (b + 1) / batches);
            int[] drawn = minibatch(from, to);
            fit(training.batch(drawn, 0, drawn.length));
            score += network.score();
        }
        network.incrementEpochCount();
        epoch++;
        if (Double.isNaN(score) || Double.isInfinite(score)) {
            throw new ArithmeticException("Training diverged in epoch " + epoch + " (the loss is not a number):"
                    + " choose a -learning-rate below " + options.learningRate() + ", or a smaller -depth.");
        }
        if (hasValidation()) {
            best.offer(epoch, loss(validation), network.params());
        }
        return true;
    }

    /**
     * The rows of a minibatch. The losses of ND4J take the weight of a single row for one of an output, and refuse it
     * for softmax; the row twice has the same mean gradient.
     */
    private int[] minibatch(int from, int to) {
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
            throw new InterruptedException("Training was stopped in epoch " + (epoch + 1) + " of " + options.epochs()
                    + "; no model was built.");
        }
    }

    private boolean hasValidation() {
        return validation.rows() > 0;
    }

    private double loss(Rows rows) throws InterruptedException {
        WeightedMean mean = new WeightedMean();
        boolean classification = encoder.classColumn().isNominal();
        Chunks.forEach(
                rows,
                this::checkInterrupt,
                (features, learned) ->
                        Losses.add(mean, network.output(features)[0].toDoubleMatrix(), learned.get(0), classification));
        return mean.value();
    }

    /**
     * Restores the best epoch, if rows were held out, and returns the trained model.
     *
     * @throws InterruptedException if the thread was interrupted
     */
    public NetworkModel finish() throws InterruptedException {
        if (rowWeights != null) {
            rowWeights.uninstall(network);
        }
        @Nullable INDArray parameters = best.parameters();
        if (parameters != null) {
            network.setParams(parameters);
        }
        ExitRule exits = ExitRule.of(heads, options.auxiliary());
        TrainingSummary summary = new TrainingSummary(
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
                options.epochs(),
                parameters == null ? epoch : best.epoch(),
                loss(training),
                hasValidation() ? best.loss() : Double.NaN,
                figures(exits));
        return new NetworkModel(encoder, exits, network, summary);
    }

    private List<OutputFigure> figures(ExitRule exits) throws InterruptedException {
        if (heads.heads().isEmpty()) {
            return List.of();
        }
        return new Figures(heads, encoder.targets(), hasValidation() ? validation : training)
                .measure(network, exits, this::checkInterrupt);
    }
}
