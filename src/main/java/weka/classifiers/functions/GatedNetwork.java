package weka.classifiers.functions;

import java.io.EOFException;
import java.io.File;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.OptionalDataException;
import java.io.StreamCorruptedException;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.gatedepth.block.Connection;
import org.gatedepth.report.DepthReport;
import org.gatedepth.weka.CommandLine;
import org.gatedepth.weka.ExportableClassifier;
import org.gatedepth.weka.host.ChangedOptions;
import org.gatedepth.weka.host.ModelFiles;
import org.gatedepth.weka.host.OptionStrings;
import org.gatedepth.weka.host.Platform;
import org.gatedepth.weka.model.Measures;
import org.gatedepth.weka.model.NetworkDrawing;
import org.gatedepth.weka.model.NetworkModel;
import org.gatedepth.weka.model.TrainedModel;
import org.gatedepth.weka.model.TrainingState;
import org.gatedepth.weka.options.ActivationFunction;
import org.gatedepth.weka.options.AuxiliarySettings;
import org.gatedepth.weka.options.NetworkOptions;
import org.gatedepth.weka.progress.ProgressListeners;
import org.gatedepth.weka.progress.TrainingProgress;
import org.gatedepth.weka.sequence.SequenceSettings;
import org.gatedepth.weka.table.ClassWeights;
import org.gatedepth.weka.table.InputOptions;
import org.gatedepth.weka.table.NumberEmbedding;
import org.gatedepth.weka.table.Scaling;
import org.gatedepth.weka.training.TrainingRun;
import org.jspecify.annotations.Nullable;
import weka.classifiers.IterativeClassifier;
import weka.classifiers.RandomizableClassifier;
import weka.core.AdditionalMeasureProducer;
import weka.core.BatchPredictor;
import weka.core.Capabilities;
import weka.core.Capabilities.Capability;
import weka.core.Drawable;
import weka.core.Instance;
import weka.core.Instances;
import weka.core.LogHandler;
import weka.core.MultiInstanceCapabilitiesHandler;
import weka.core.Option;
import weka.core.OptionMetadata;
import weka.core.TechnicalInformation;
import weka.core.TechnicalInformation.Field;
import weka.core.TechnicalInformation.Type;
import weka.core.TechnicalInformationHandler;
import weka.core.Utils;
import weka.core.WeightedInstancesHandler;
import weka.gui.Logger;
import weka.gui.ProgrammaticProperty;

/**
 * A deep feed-forward network whose blocks are connected by highway gates, residual or dense connections, for nominal
 * and numeric classes; trained by Deeplearning4j.
 *
 * <p>This class has the options and the life cycle. {@link TrainingRun} trains, {@link NetworkModel} predicts.
 * <!-- globalinfo-start -->
 * <!-- globalinfo-end -->
 * <!-- technical-bibtex-start -->
 * <!-- technical-bibtex-end -->
 * <!-- options-start -->
 * <!-- options-end -->
 */
public class GatedNetwork extends RandomizableClassifier
        implements ExportableClassifier,
                IterativeClassifier,
                BatchPredictor,
                WeightedInstancesHandler,
                MultiInstanceCapabilitiesHandler,
                Drawable,
                AdditionalMeasureProducer,
                LogHandler,
                TechnicalInformationHandler {

    private static final long serialVersionUID = 1L;

    private int depth = 6;
    private int width = 0;
    private Connection connection = Connection.HIGHWAY;
    private String transformGateBias = "auto";
    private ActivationFunction activation = ActivationFunction.TANH;
    private double dropout = 0;
    private String weightDecay = "auto";
    private String mixup = "auto";
    private double learningRate = 0.007;
    private int epochs = 0;
    private int miniBatch = 64;
    private double validation = 0;
    private int patience = 10;
    private AuxiliarySettings auxiliary = new AuxiliarySettings();
    private int members = 0;
    private SequenceSettings sequences = new SequenceSettings();
    private Scaling scaling = Scaling.AUTO;
    private NumberEmbedding numberEmbedding = NumberEmbedding.AUTO;
    private String classWeights = "none";
    private int embedFrom = 100;
    private int threads = 0;
    private int workers = 1;
    private String stream = "";

    private boolean resume = false;

    private @Nullable TrainedModel model;
    private transient @Nullable TrainingRun run;
    private transient @Nullable Logger log;

    /** A description for Weka's windows and help. */
    public String globalInfo() {
        return "A deep feed-forward network that keeps a path open for the signal: its blocks are connected"
                + " by highway gates (default), residual, weighted or dense connections, so that depth stays"
                + " trainable. Numbers and dates are scaled, nominal attributes binarised or, with many labels,"
                + " embedded, missing values replaced; instance weights multiply the loss of their rows."
                + " Trained by Deeplearning4j with Adam, decoupled weight decay, mixup and one cycle of the"
                + " learning rate. What is left to auto or 0 is chosen by the rows: width and epochs by their"
                + " number, weight decay and mixup by short runs on a part of them.\n\nAuxiliary heads are"
                + " further outputs below the last block, whose losses are added to that of the class in"
                + " training: on the class after every few blocks (auxEvery), so that the lower blocks get a"
                + " gradient of their own; and on other attributes (auxAttributes), which are then targets and"
                + " not inputs, may be missing in training rows and are not read at prediction. With earlyExit"
                + " the prediction of a row is that of the first head on the class that is confident enough."
                + " The model's description shows how well each head does.\n\nWith resume a model can be"
                + " trained on (popup Continue iterating).\n\nFor more information see:\n\n"
                + getTechnicalInformation();
    }

    @Override
    public TechnicalInformation getTechnicalInformation() {
        TechnicalInformation highway = paper(
                "Rupesh Kumar Srivastava and Klaus Greff and Juergen Schmidhuber",
                "2015",
                "Highway Networks",
                "1505.00387");
        highway.add(paper(
                "Kaiming He and Xiangyu Zhang and Shaoqing Ren and Jian Sun",
                "2015",
                "Deep Residual Learning for Image Recognition",
                "1512.03385"));
        highway.add(paper(
                "Gao Huang and Zhuang Liu and Laurens van der Maaten and Kilian Q. Weinberger",
                "2016",
                "Densely Connected Convolutional Networks",
                "1608.06993"));
        highway.add(paper(
                "Hongyi Zhang and Moustapha Cisse and Yann N. Dauphin and David Lopez-Paz",
                "2018",
                "mixup: Beyond Empirical Risk Minimization",
                "1710.09412"));
        highway.add(paper(
                "Chen-Yu Lee and Saining Xie and Patrick Gallagher and Zhengyou Zhang and Zhuowen Tu",
                "2014",
                "Deeply-Supervised Nets",
                "1409.5185"));
        return highway;
    }

    private static TechnicalInformation paper(String authors, String year, String title, String arxiv) {
        TechnicalInformation paper = new TechnicalInformation(Type.ARTICLE);
        paper.setValue(Field.AUTHOR, authors);
        paper.setValue(Field.YEAR, year);
        paper.setValue(Field.TITLE, title);
        paper.setValue(Field.JOURNAL, "arXiv");
        paper.setValue(Field.VOLUME, arxiv);
        paper.setValue(Field.URL, "https://arxiv.org/abs/" + arxiv);
        return paper;
    }

    @Override
    public Capabilities getCapabilities() {
        Capabilities capabilities = super.getCapabilities();
        capabilities.disableAll();
        capabilities.enable(Capability.NOMINAL_ATTRIBUTES);
        capabilities.enable(Capability.NUMERIC_ATTRIBUTES);
        capabilities.enable(Capability.DATE_ATTRIBUTES);
        if (auxiliary.getEarlyExit() == 0) {
            capabilities.enable(Capability.RELATIONAL_ATTRIBUTES);
            capabilities.enable(Capability.STRING_ATTRIBUTES);
        }
        capabilities.enable(Capability.MISSING_VALUES);
        capabilities.enable(Capability.NOMINAL_CLASS);
        if (auxiliary.getEarlyExit() == 0 && ClassWeights.isNone(classWeights)) {
            capabilities.enable(Capability.NUMERIC_CLASS);
        }
        capabilities.enable(Capability.MISSING_CLASS_VALUES);
        return capabilities;
    }

    /** What the steps of a relational attribute may be: rows of numbers, labels and dates. */
    @Override
    public Capabilities getMultiInstanceCapabilities() {
        Capabilities capabilities = super.getCapabilities();
        capabilities.disableAll();
        capabilities.enable(Capability.NOMINAL_ATTRIBUTES);
        capabilities.enable(Capability.NUMERIC_ATTRIBUTES);
        capabilities.enable(Capability.DATE_ATTRIBUTES);
        capabilities.enable(Capability.MISSING_VALUES);
        capabilities.enable(Capability.NO_CLASS);
        capabilities.setMinimumNumberInstances(0);
        return capabilities;
    }

    /**
     * Trains a network from the start. If training fails or is interrupted, there is no model afterwards.
     *
     * @param data the training rows, which are left as they are
     * @throws Exception with one sentence about what is wrong with the options, the rows or the platform
     */
    @Override
    public void buildClassifier(Instances data) throws Exception {
        model = null;
        // One call around all epochs: setting the number of native threads takes longer than a short epoch.
        Platform.run("Training", nativeThreads(), () -> {
            initializeClassifier(data);
            while (next()) {
                // One epoch a turn.
            }
            done();
            return null;
        });
    }

    /**
     * Prepares training. The training of a network that was built with {@code -resume} is resumed, for as many epochs
     * more as the options say. Until {@link #done} the network predicts as before, and it is kept if training fails or
     * is interrupted.
     *
     * @param data the training rows, which are left as they are
     * @throws Exception with one sentence about what is wrong with the options, the rows or the platform
     */
    @Override
    public void initializeClassifier(Instances data) throws Exception {
        TrainingState before = model == null ? null : model.state();
        if (before == null) {
            model = null;
        }
        ProgressListeners progress = ProgressListeners.of(data, ChangedOptions.of(this), log, before != null);
        try {
            NetworkOptions options = checkedOptions();
            run = training(
                    progress,
                    () -> before == null
                            ? TrainingRun.start(options, getCapabilities(), data, progress)
                            : TrainingRun.resume(before, options, getCapabilities(), data, progress));
        } catch (InterruptedException e) {
            // Weka's own code also checks whether the thread is interrupted, and gives no message.
            InterruptedException stopped = new InterruptedException("Training was stopped before its first epoch; "
                    + (before == null ? "no model was built." : "the model is as it was before."));
            stopped.initCause(e);
            throw stopped;
        } catch (Exception e) {
            if (before != null) {
                progress.refused(String.valueOf(e.getMessage()));
            }
            throw e;
        }
    }

    /**
     * Trains for one epoch.
     *
     * @return whether there was one to train
     * @throws Exception with one sentence, if training fails or is interrupted
     */
    @Override
    public boolean next() throws Exception {
        TrainingRun current = current();
        return training(current.progress(), current::next);
    }

    /**
     * Ends training. What is needed to resume it is kept only with {@code -resume}.
     *
     * @throws Exception with one sentence, if training fails or is interrupted
     */
    @Override
    public void done() throws Exception {
        TrainingRun current = run;
        if (current != null) {
            model = training(current.progress(), current::finish);
            current.progress().ended(true);
            run = null;
        }
        if (model != null && !resume) {
            model = model.withoutState();
        }
    }

    /** Runs work of the training run, which is over if it fails or is stopped. */
    private <T> T training(TrainingProgress progress, Callable<T> work) throws Exception {
        boolean succeeded = false;
        try {
            T result = Platform.run("Training", nativeThreads(), work);
            succeeded = true;
            return result;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } finally {
            if (!succeeded) {
                TrainingRun failed = run;
                run = null;
                progress.ended(false);
                if (failed != null) {
                    failed.close();
                }
            }
        }
    }

    /** Takes a model that was trained with these options elsewhere, as on a cluster, in place of its own. */
    public void adopt(TrainedModel trained) {
        run = null;
        model = trained;
    }

    private int nativeThreads() {
        // Each worker has one.
        return workers > 1 ? 1 : Platform.nativeThreads(NetworkOptions.threads(threads), width);
    }

    private TrainingRun current() {
        TrainingRun current = run;
        if (current == null) {
            throw new IllegalStateException("Training has not been initialised.");
        }
        return current;
    }

    /**
     * What training has left.
     *
     * @throws IllegalStateException with one sentence, if there is no model
     */
    public TrainedModel built() {
        TrainedModel current = model;
        if (current == null) {
            throw new IllegalStateException("No model built yet: train the network before it predicts.");
        }
        return current;
    }

    /** What predicts: the model, or between two epochs of a new run the network in training. */
    private NetworkModel predictor() {
        TrainingRun current = run;
        return model == null && current != null ? current.model() : built().network();
    }

    /** The label index, or the number, that is predicted for a row, whose table needs no class. */
    @Override
    public double classifyInstance(Instance instance) throws Exception {
        double[] prediction = distributionForInstance(instance);
        return predictor().isClassNominal() ? Utils.maxIndex(prediction) : prediction[0];
    }

    @Override
    public double[] distributionForInstance(Instance instance) throws Exception {
        return predictor().predict(instance, nativeThreads());
    }

    @Override
    public double[][] distributionsForInstances(Instances batch) throws Exception {
        return predictor().predict(batch, nativeThreads());
    }

    @Override
    public boolean implementsMoreEfficientBatchPrediction() {
        return true;
    }

    @Override
    public Enumeration<Option> listOptions() {
        List<Option> options = Collections.list(super.listOptions());
        options.addAll(Collections.list(auxiliary.listOptions()));
        options.addAll(Collections.list(sequences.listOptions()));
        return Collections.enumeration(options);
    }

    @Override
    public String[] getOptions() {
        return Stream.of(super.getOptions(), auxiliary.getOptions(), sequences.getOptions())
                .flatMap(Stream::of)
                .toArray(String[]::new);
    }

    /**
     * Sets the options, and refuses what Weka would ignore: a value that is not of the option's type, or out of range.
     *
     * @param options the option strings
     * @throws Exception with one sentence, naming the option, what it takes and what was given
     */
    @Override
    public void setOptions(String[] options) throws Exception {
        OptionStrings.check(options, getClass());
        auxiliary.setOptions(options);
        sequences.setOptions(options);
        super.setOptions(options);
        checkedOptions();
    }

    /**
     * The options of a run.
     *
     * @throws IllegalArgumentException with one sentence, if one is out of range
     */
    public NetworkOptions checkedOptions() {
        return new NetworkOptions(
                depth,
                OptionStrings.orNull(width),
                connection,
                OptionStrings.orNull(members),
                OptionStrings.numberOrAuto("gate-bias", transformGateBias),
                activation,
                dropout,
                OptionStrings.numberOrAuto("weight-decay", weightDecay),
                OptionStrings.numberOrAuto("mixup", mixup),
                learningRate,
                OptionStrings.orNull(epochs),
                miniBatch,
                validation,
                OptionStrings.orNull(patience),
                auxiliary.checked(),
                new InputOptions(scaling, numberEmbedding, ClassWeights.of(classWeights), embedFrom),
                sequences.checked(),
                resume,
                NetworkOptions.threads(threads),
                workers,
                stream.isEmpty() ? null : stream,
                getSeed());
    }

    /**
     * The network as a directed graph, in the format of Weka's Bayes nets: blocks with their gates, skips, heads.
     *
     * @throws Exception if there is no model
     */
    @Override
    public String graph() throws Exception {
        return NetworkDrawing.xmlBif(built());
    }

    @Override
    public int graphType() {
        return Drawable.BayesNet;
    }

    @Override
    public Enumeration<String> enumerateMeasures() {
        return Collections.enumeration(Measures.names(model));
    }

    @Override
    public double getMeasure(String name) {
        return Measures.get(name, model);
    }

    @Override
    public void export(File file) throws Exception {
        byte[] zip = built().network().zip();
        ModelFiles.replace(file.toPath(), out -> out.write(zip));
    }

    /** Whether there is a network that was built with {@code -resume}: it can train on from where it ended. */
    @Override
    public boolean isResumable() {
        return model != null && model.state() != null;
    }

    /**
     * What the depth, the gates and the heads of the network do. It is measured when it is first asked for, on at most
     * 500 held-out rows, or training rows if none were held out, and is in model files.
     *
     * @throws IllegalStateException with one sentence, if there is no model, or its depth could not be measured
     */
    @Override
    public DepthReport depthReport() {
        TrainedModel current = model;
        if (current == null) {
            throw new IllegalStateException("No model built yet: train the network before its depth is measured.");
        }
        return current.report().get();
    }

    @Override
    @ProgrammaticProperty
    public void setLog(Logger log) {
        this.log = log;
        ProgressListeners.heard(log);
    }

    @Override
    @ProgrammaticProperty
    public @Nullable Logger getLog() {
        return log;
    }

    @Override
    public String toString() {
        TrainedModel current = model;
        if (current == null) {
            return "GatedNetwork: no model built yet.";
        }
        String hints = current.network().hints();
        return "GatedNetwork\n\n" + current.summary().describe() + "Options:           "
                + Utils.joinOptions(getOptions()) + "\n\n"
                + (hints.isEmpty() ? "" : hints + "\n")
                + current.report().text();
    }

    /**
     * Runs the classifier from a command line; it prints one sentence about an error of the user, not a stack trace.
     */
    @Override
    public void run(Object toRun, String[] options) {
        CommandLine.run((GatedNetwork) toRun, options, System.out, System.err);
    }

    /**
     * Runs the classifier with Weka's general options and its own; {@code -h} lists them.
     *
     * @param arguments the options
     */
    public static void main(String[] arguments) {
        GatedNetwork classifier = new GatedNetwork();
        classifier.run(classifier, arguments);
    }

    @OptionMetadata(
            displayName = "depth",
            description = "The number of blocks between the input and the output layer (default 6).",
            commandLineParamName = "depth",
            commandLineParamSynopsis = "-depth <int>",
            displayOrder = 1)
    public int getDepth() {
        return depth;
    }

    public void setDepth(int depth) {
        this.depth = depth;
    }

    @OptionMetadata(
            displayName = "width",
            description = "The number of units of each block, or 0 to choose it by rows, attributes and classes"
                    + " (default 0).",
            commandLineParamName = "width",
            commandLineParamSynopsis = "-width <int>",
            displayOrder = 2)
    public int getWidth() {
        return width;
    }

    public void setWidth(int width) {
        this.width = width;
    }

    @OptionMetadata(
            displayName = "connection",
            description =
                    "How a block connects its input with what it computes, such as HIGHWAY, RESIDUAL, WEIGHTED, DENSE"
                            + " or PLAIN (default HIGHWAY).",
            commandLineParamName = "connection",
            commandLineParamSynopsis = "-connection <name>",
            displayOrder = 3)
    public Connection getConnection() {
        return connection;
    }

    public void setConnection(Connection connection) {
        this.connection = connection;
    }

    @OptionMetadata(
            displayName = "transformGateBias",
            description =
                    "The initial bias of the highway gates, a number (negative carries the input) or auto to choose it"
                            + " by the depth (default auto).",
            commandLineParamName = "gate-bias",
            commandLineParamSynopsis = "-gate-bias <number or auto>",
            displayOrder = 5)
    public String getTransformGateBias() {
        return transformGateBias;
    }

    public void setTransformGateBias(String transformGateBias) {
        this.transformGateBias = transformGateBias;
    }

    @OptionMetadata(
            displayName = "activation",
            description =
                    "The activation inside the blocks, by the name that Deeplearning4j gives it, such as TANH, RELU or"
                            + " ELU (default TANH).",
            commandLineParamName = "activation",
            commandLineParamSynopsis = "-activation <name>",
            displayOrder = 6)
    public ActivationFunction getActivation() {
        return activation;
    }

    public void setActivation(ActivationFunction activation) {
        this.activation = activation;
    }

    @OptionMetadata(
            displayName = "dropout",
            description =
                    "The probability with which an input of a block's transform is dropped in training, at least 0 and"
                            + " below 1 (default 0).",
            commandLineParamName = "dropout",
            commandLineParamSynopsis = "-dropout <number>",
            displayOrder = 7)
    public double getDropout() {
        return dropout;
    }

    public void setDropout(double dropout) {
        this.dropout = dropout;
    }

    @OptionMetadata(
            displayName = "weightDecay",
            description = "The decoupled weight decay, a number, or auto to choose it with mixup by pilot runs (default"
                    + " auto). It pulls the weights but not the biases towards zero.",
            commandLineParamName = "weight-decay",
            commandLineParamSynopsis = "-weight-decay <number or auto>",
            displayOrder = 8)
    public String getWeightDecay() {
        return weightDecay;
    }

    public void setWeightDecay(String weightDecay) {
        this.weightDecay = weightDecay;
    }

    @OptionMetadata(
            displayName = "mixup",
            description = "The largest part of another row that is mixed into each training row, from 0 to 1, or auto"
                    + " (default auto). With auto it is chosen, with the weight decay, by pilot runs.",
            commandLineParamName = "mixup",
            commandLineParamSynopsis = "-mixup <number or auto>",
            displayOrder = 9)
    public String getMixup() {
        return mixup;
    }

    public void setMixup(String mixup) {
        this.mixup = mixup;
    }

    @OptionMetadata(
            displayName = "learningRate",
            description = "The highest learning rate of the cycle that rises and falls over the epochs. The default is"
                    + " 0.007.",
            commandLineParamName = "learning-rate",
            commandLineParamSynopsis = "-learning-rate <number>",
            displayOrder = 10)
    public double getLearningRate() {
        return learningRate;
    }

    public void setLearningRate(double learningRate) {
        this.learningRate = learningRate;
    }

    @OptionMetadata(
            displayName = "epochs",
            description = "The number of passes over the training rows, or 0 to choose it by pilot runs (default 0).",
            commandLineParamName = "epochs",
            commandLineParamSynopsis = "-epochs <int>",
            displayOrder = 11)
    public int getEpochs() {
        return epochs;
    }

    public void setEpochs(int epochs) {
        this.epochs = epochs;
    }

    @OptionMetadata(
            displayName = "miniBatch",
            description = "The number of rows of one update of the weights (default 64).",
            commandLineParamName = "mini-batch",
            commandLineParamSynopsis = "-mini-batch <int>",
            displayOrder = 12)
    public int getMiniBatch() {
        return miniBatch;
    }

    public void setMiniBatch(int miniBatch) {
        this.miniBatch = miniBatch;
    }

    @OptionMetadata(
            displayName = "validation",
            description =
                    "The percentage of the rows that is held out to keep the epoch with the lowest loss on them, or 0"
                            + " for none (default 0). With 0 the network is trained on all rows, and the last epoch is"
                            + " kept.",
            commandLineParamName = "validation",
            commandLineParamSynopsis = "-validation <percent>",
            displayOrder = 13)
    public double getValidation() {
        return validation;
    }

    public void setValidation(double validation) {
        this.validation = validation;
    }

    @OptionMetadata(
            displayName = "patience",
            description =
                    "The number of epochs without a lower validation loss after which training stops, or 0 to run all"
                            + " epochs (default 10).",
            commandLineParamName = "patience",
            commandLineParamSynopsis = "-patience <int>",
            displayOrder = 14)
    public int getPatience() {
        return patience;
    }

    public void setPatience(int patience) {
        this.patience = patience;
    }

    /** The tip of Weka's windows. On the command line these options stand among the others. */
    public String auxiliaryTipText() {
        return "The auxiliary heads and the early exit: click to change them (default none).";
    }

    public AuxiliarySettings getAuxiliary() {
        return auxiliary;
    }

    public void setAuxiliary(AuxiliarySettings auxiliary) {
        this.auxiliary = auxiliary;
    }

    /** The tip of Weka's windows. On the command line these options stand among the others. */
    public String sequencesTipText() {
        return "How sequences are read, and which attributes are a series: click to change it (default: bags and texts"
                + " of the table).";
    }

    public SequenceSettings getSequences() {
        return sequences;
    }

    public void setSequences(SequenceSettings sequences) {
        this.sequences = sequences;
    }

    @OptionMetadata(
            displayName = "scaling",
            description =
                    "How numeric attributes are brought to one scale: AUTO, STANDARDISE, ROBUST or QUANTILE (default"
                            + " AUTO). STANDARDISE gives mean 0 and variance 1, ROBUST takes median and quartiles and"
                            + " pulls outliers in, QUANTILE gives the normal distribution, AUTO takes the mean of"
                            + " STANDARDISE with outliers pulled in and QUANTILE for skewed attributes, and"
                            + " STANDARDISE for others.",
            commandLineParamName = "scaling",
            commandLineParamSynopsis = "-scaling <name>",
            displayOrder = 15)
    public Scaling getScaling() {
        return scaling;
    }

    public void setScaling(Scaling scaling) {
        this.scaling = scaling;
    }

    @OptionMetadata(
            displayName = "members",
            description = "The number of networks that are trained side by side and whose predictions are averaged, or"
                    + " 0 for a number that fits the rows (default 0).",
            commandLineParamName = "members",
            commandLineParamSynopsis = "-members <int>",
            displayOrder = 4)
    public int getMembers() {
        return members;
    }

    public void setMembers(int members) {
        this.members = members;
    }

    @OptionMetadata(
            displayName = "numberEmbedding",
            description = "What the network is given of a number beside its scaled value: AUTO, NONE or PIECES (default"
                    + " AUTO). PIECES gives its place in each of up to 16 pieces between quantiles, AUTO lets pilot"
                    + " runs choose.",
            commandLineParamName = "number-embedding",
            commandLineParamSynopsis = "-number-embedding <name>",
            displayOrder = 16)
    public NumberEmbedding getNumberEmbedding() {
        return numberEmbedding;
    }

    public void setNumberEmbedding(NumberEmbedding numberEmbedding) {
        this.numberEmbedding = numberEmbedding;
    }

    @OptionMetadata(
            displayName = "embedFrom",
            description = "The number of labels, at least 3, from which on a nominal attribute gets a learned embedding"
                    + " (default 100). With fewer labels it gets a column for each.",
            commandLineParamName = "embed-from",
            commandLineParamSynopsis = "-embed-from <int>",
            displayOrder = 17)
    public int getEmbedFrom() {
        return embedFrom;
    }

    public void setEmbedFrom(int embedFrom) {
        this.embedFrom = embedFrom;
    }

    @OptionMetadata(
            displayName = "classWeights",
            description =
                    "What the rows of each label of the class weigh: none, balanced, or numbers separated by commas"
                            + " (default none). This multiplies their own weights; balanced makes all labels weigh the"
                            + " same, and numbers are in the order of the labels.",
            commandLineParamName = "class-weights",
            commandLineParamSynopsis = "-class-weights <list, balanced or none>",
            displayOrder = 18)
    public String getClassWeights() {
        return classWeights;
    }

    public void setClassWeights(String classWeights) {
        this.classWeights = classWeights;
    }

    @OptionMetadata(
            displayName = "threads",
            description =
                    "The number of threads that native code may use in training and prediction, or 0 for the fastest"
                            + " (default 0). The fastest is one thread for widths below 256, and all processors from"
                            + " there on.",
            commandLineParamName = "threads",
            commandLineParamSynopsis = "-threads <int>",
            displayOrder = 19)
    public int getThreads() {
        return threads;
    }

    public void setThreads(int threads) {
        this.threads = threads;
    }

    @Override
    @OptionMetadata(
            displayName = "resume",
            description = "Whether training can go on after the model was built (default false). The learning rate then"
                    + " rises for five epochs and stays constant, and the model is larger.",
            commandLineParamName = "resume",
            commandLineParamSynopsis = "-resume",
            commandLineParamIsFlag = true,
            displayOrder = 20)
    public boolean getResume() {
        return resume;
    }

    @Override
    public void setResume(boolean resume) {
        this.resume = resume;
    }

    @OptionMetadata(
            displayName = "workers",
            description = "The number of threads that share the rows of each minibatch in training (default 1). Their"
                    + " gradients are summed, so that the network is that of one worker, up to rounding.",
            commandLineParamName = "workers",
            commandLineParamSynopsis = "-workers <int>",
            displayOrder = 21)
    public int getWorkers() {
        return workers;
    }

    /**
     * Trains in several threads, each of which has a part of the rows of a minibatch, and one thread of native code.
     *
     * @param workers number of threads, at least 1
     */
    @ProgrammaticProperty
    public void setWorkers(int workers) {
        this.workers = workers;
    }

    @OptionMetadata(
            displayName = "stream",
            description = "An ARFF or CSV file whose rows are trained on, which need not fit into memory (default"
                    + " none). The table, or the file of -t, then only says what the attributes are, and which one is"
                    + " the class.",
            commandLineParamName = "stream",
            commandLineParamSynopsis = "-stream <file>",
            displayOrder = 22)
    public String getStream() {
        return stream;
    }

    /**
     * Trains on the rows of a file. The table that the classifier is built on only says what the attributes are, and
     * must have no rows.
     *
     * @param stream an ARFF or CSV file with the attributes of the table, also with {@code .gz} after its name; empty
     *     to train on the table
     */
    @ProgrammaticProperty
    public void setStream(String stream) {
        this.stream = stream;
    }

    // The next four are Weka's own. They stay on the command line, and out of the window, which is high enough without
    // them.

    @Override
    @ProgrammaticProperty
    public void setBatchSize(String batchSize) {
        super.setBatchSize(batchSize);
    }

    @Override
    @ProgrammaticProperty
    public void setDebug(boolean debug) {
        super.setDebug(debug);
    }

    @Override
    @ProgrammaticProperty
    public void setDoNotCheckCapabilities(boolean doNotCheckCapabilities) {
        super.setDoNotCheckCapabilities(doNotCheckCapabilities);
    }

    @Override
    @ProgrammaticProperty
    public void setNumDecimalPlaces(int numDecimalPlaces) {
        super.setNumDecimalPlaces(numDecimalPlaces);
    }

    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
        try {
            in.defaultReadObject();
        } catch (EOFException | StreamCorruptedException | OptionalDataException e) {
            throw ModelFiles.damaged(e);
        }
    }
}
