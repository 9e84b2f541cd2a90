package org.gatedepth.weka.training;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.gatedepth.dl4j.AuxiliaryHead;
import org.gatedepth.dl4j.CompiledTrainer;
import org.gatedepth.dl4j.FusedAdam;
import org.gatedepth.dl4j.GatedNetworks;
import org.gatedepth.dl4j.NetworkSpec;
import org.gatedepth.loss.Head;
import org.gatedepth.loss.Loss;
import org.gatedepth.weka.model.Regularisation;
import org.gatedepth.weka.options.AuxiliaryHeads;
import org.gatedepth.weka.options.AuxiliaryOptions;
import org.gatedepth.weka.options.NetworkOptions;
import org.gatedepth.weka.table.Batch;
import org.gatedepth.weka.table.Chunks;
import org.gatedepth.weka.table.Rows;
import org.gatedepth.weka.table.TableEncoder;
import org.gatedepth.weka.table.TargetColumn;
import org.gatedepth.weka.table.WeightedMean;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * A network and the rows that it learns: makes the network, and trains it for an epoch.
 *
 * <p>The loop over the minibatches is here and not in DL4J's {@code fit(iterator)}, which does not check
 * {@link Thread#interrupt()}, the only signal of the Explorer's Stop button.
 *
 * <p>What is random in an epoch follows from the seed and the number of the epoch alone, so that a resumed training
 * does what one long run would have done.
 *
 * <p>Weights of rows multiply the losses of their rows, as the label masks of the outputs. Their mean over the table is
 * 1, so that weighting does not change the size of the steps. For auxiliary heads they are 0 where a value is missing.
 */
final class Trainer {

    /**
     * What is trained, and how.
     *
     * @param options the options of the run
     * @param width units of a block
     * @param setting what pilot runs have chosen
     * @param members networks side by side
     */
    record Task(NetworkOptions options, int width, Setting setting, int members) {

        AuxiliaryHeads heads() {
            return setting.rows().heads();
        }

        TableEncoder encoder() {
            return setting.rows().encoder();
        }

        int epochs() {
            return setting.epochs();
        }

        Regularisation regularisation() {
            return setting.regularisation();
        }

        double temperature() {
            return setting.temperature();
        }

        /** A network at its start. */
        ComputationGraph network() {
            TargetColumn target = encoder().classColumn();
            NetworkSpec spec = (target.isNominal()
                            ? NetworkSpec.classification(encoder().columns(), target.outputs())
                            : NetworkSpec.regression(encoder().columns(), target.outputs()))
                    .withSize(options.depth(), width)
                    .withConnection(options.connection())
                    .withActivation(Activation.valueOf(options.activation().name()))
                    .withRegularisation(
                            options.dropProbability(), regularisation().weightDecay())
                    .withUpdater(new FusedAdam(rates()))
                    .withHeads(heads().heads().stream().map(this::head).toList())
                    .withEmbeddings(encoder().embeddings())
                    .withMembers(members)
                    .withTransformGateBias(options.transformGateBias())
                    .withSeed(options.seed());
            ComputationGraph network = new ComputationGraph(
                    encoder().sequences().isEmpty()
                            ? GatedNetworks.configuration(spec)
                            : SequenceNetwork.configuration(spec, options.sequences(), heads(), encoder()));
            network.init();
            return network;
        }

        /** One cycle needs a known end. The rates of a run that may be resumed rise and then stay constant. */
        private ISchedule rates() {
            return options.resume()
                    ? LearningRates.warmUp(options.learningRate())
                    : LearningRates.oneCycle(options.learningRate(), epochs());
        }

        private AuxiliaryHead head(AuxiliaryHeads.Place place) {
            TargetColumn target = encoder().targets().get(place.target());
            Loss loss = target.isNominal() ? Loss.softmaxCrossEntropy() : Loss.squaredError();
            AuxiliaryOptions auxiliary = options.auxiliary();
            Head head = Head.of(loss, target.outputs())
                    .withWeight(AuxiliaryWeights.schedule(auxiliary.decay(), auxiliary.weight(), epochs()));
            return new AuxiliaryHead(place.name(), place.depth(), head);
        }
    }

    /** A step between two minibatches that may end the work. */
    @FunctionalInterface
    interface Checkpoint {
        /** After a part of the epoch, in [0, 1). */
        void reached(double part) throws InterruptedException;
    }

    private final Task task;
    private final ComputationGraph network;
    private final Rows rows;
    private final MiniBatches minibatches;
    private final int[] blocks;
    private final CompiledTrainer trainer;
    private final Examples examples;

    /** For a network, new or trained before, and the rows that it learns. */
    Trainer(Task task, ComputationGraph network, Rows rows) {
        this.task = task;
        this.network = network;
        this.rows = rows;
        blocks = rows.blocks();
        minibatches = new MiniBatches(rows, task.encoder().targets());
        Set<Integer> weighted = new HashSet<>();
        for (int t = 0; t < task.encoder().targets().size(); t++) {
            if (!rows.hasEqualWeights(t)) {
                weighted.add(t);
            }
        }
        examples = new Examples(task.encoder(), task.heads(), task.members(), Set.copyOf(weighted));
        trainer = CompiledTrainer.orFit(network, task.options().workersOrOne());
    }

    ComputationGraph network() {
        return network;
    }

    /**
     * Trains for one epoch.
     *
     * @param number the number of the epoch, from 1
     * @param checkpoint is called before every minibatch
     * @return the mean loss of the minibatches
     * @throws ArithmeticException with one sentence, if the loss is not a number
     */
    double epoch(int number, Checkpoint checkpoint) throws InterruptedException {
        SplittableRandom random = random(task.options().seed(), number);
        // Dropout draws from the generator of this thread.
        Nd4j.getRandom().setSeed(random.nextLong());
        int[] order = shuffledRows(random);
        int batches =
                (rows.rows() + task.options().miniBatch() - 1) / task.options().miniBatch();
        if (rows.hasSequences()) {
            SimilarLengths.sort(order, rows::steps, batches, random);
        }
        Mixup mixup = new Mixup(
                task.regularisation().mixup(),
                task.encoder().columns() - task.encoder().embeddings().size(),
                random);
        double loss = 0;
        for (int b = 0; b < batches; b++) {
            checkpoint.reached(b / (double) batches);
            int from = begin(b, rows.rows(), batches);
            int to = begin(b + 1, rows.rows(), batches);
            loss += fit(mixup.mix(minibatches.of(order, from, to)));
        }
        network.incrementEpochCount();
        if (Double.isNaN(loss) || Double.isInfinite(loss)) {
            throw new ArithmeticException("Training diverged in epoch " + number
                    + " (the loss is not a number): choose a -learning-rate below "
                    + task.options().learningRate() + ", or a smaller -depth.");
        }
        return loss / batches;
    }

    /**
     * All rows in random order. Of a table in a file the blocks are shuffled, and then the rows of as many blocks as
     * are in memory at a time.
     */
    private int[] shuffledRows(SplittableRandom random) {
        int[] shuffledBlocks = new int[blocks.length - 1];
        Arrays.setAll(shuffledBlocks, i -> i);
        int window = rows.blocksOfWindow();
        if (shuffledBlocks.length > window) {
            shuffle(shuffledBlocks, 0, shuffledBlocks.length, random);
        }
        int[] order = new int[rows.rows()];
        int next = 0;
        for (int first = 0; first < shuffledBlocks.length; first += window) {
            int from = next;
            for (int b = first; b < Math.min(shuffledBlocks.length, first + window); b++) {
                for (int row = blocks[shuffledBlocks[b]]; row < blocks[shuffledBlocks[b] + 1]; row++) {
                    order[next++] = row;
                }
            }
            shuffle(order, from, next, random);
        }
        return order;
    }

    /** Frees the memory of training; the network stays. */
    void close() {
        trainer.close();
    }

    /** The random numbers of an epoch; those of epoch 0 are for what comes before the first. */
    static SplittableRandom random(int seed, int epoch) {
        return new SplittableRandom(1_000_003L * seed + epoch);
    }

    /**
     * The first row of a minibatch. They have one size, give or take a row: a last one of very few rows would be a step
     * in a random direction.
     */
    static int begin(int batch, int rows, int batches) {
        return (int) ((long) rows * batch / batches);
    }

    static void shuffle(int[] values, SplittableRandom random) {
        shuffle(values, 0, values.length, random);
    }

    private static void shuffle(int[] values, int from, int to, SplittableRandom random) {
        for (int i = to - 1; i > from; i--) {
            int j = from + random.nextInt(i - from + 1);
            int swap = values[i];
            values[i] = values[j];
            values[j] = swap;
        }
    }

    /** Makes one step; returns the mean loss of the minibatch. */
    private double fit(Batch batch) {
        return trainer.fit(examples.of(rows.features(batch), batch)) / task.members();
    }

    /** The mean loss on rows, without the penalty on the weights and without heads. */
    static double loss(ComputationGraph network, Rows rows, boolean classification, Chunks.Checkpoint checkpoint)
            throws InterruptedException {
        WeightedMean mean = new WeightedMean();
        Chunks.forEach(
                rows,
                checkpoint,
                (features, learned) ->
                        PredictionLoss.add(mean, features.predictions(network), learned.get(0), classification));
        return mean.value();
    }
}
