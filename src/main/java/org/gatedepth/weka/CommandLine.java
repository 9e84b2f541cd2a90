package org.gatedepth.weka;

import java.io.BufferedInputStream;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import org.gatedepth.report.DepthReport;
import org.gatedepth.weka.host.ModelFiles;
import org.gatedepth.weka.host.TerminalLine;
import org.gatedepth.weka.model.ReportFiles;
import org.gatedepth.weka.progress.ProgressListeners;
import org.jspecify.annotations.Nullable;
import weka.classifiers.evaluation.Evaluation;
import weka.core.SerializationHelper;
import weka.core.Utils;

/**
 * Runs a classifier from a command line, as {@code AbstractClassifier.runClassifier} does, but prints one sentence
 * about an error of the user. Weka prints a stack trace for a table that does not fit, and two pages of help for an
 * option.
 */
public final class CommandLine {

    /** Weka appends the list of all options to an error in them; this is how the list starts. */
    private static final String HELP = "General options";

    private static final String FILES = """
            -export <name of zip file>
            \tWrites the network for Deeplearning4j, with -l that of the model file.
            -report <name of HTML file>
            \tWrites what the depth, the gates and the heads of the network do,
            \twith -l of that in the model file.
            """;

    /** The end of the general options in Weka's help. */
    private static final String SPECIFIC = "\nOptions specific to ";

    private CommandLine() {}

    /**
     * Runs Weka's evaluation and prints what it says. On a terminal a line shows the progress of training. The file of
     * {@code -d} is written under another name and moved, {@code -export} writes the network as a zip for
     * Deeplearning4j, and {@code -report} its depth report as a page of HTML; with {@code -l} those of the model file.
     *
     * @param classifier the classifier
     * @param options Weka's general options and those of the classifier
     * @param out where the evaluation goes
     * @param err where a sentence about an error goes
     * @return whether the evaluation was made
     */
    public static boolean run(ExportableClassifier classifier, String[] options, PrintStream out, PrintStream err) {
        try {
            String export = file("export", ".zip", options);
            String report = file("report", ".html", options);
            String modelFile = Utils.getOption('l', options.clone());
            ExportableClassifier loaded = modelFile.isEmpty() ? null : loaded(modelFile);
            if (loaded != null && !loaded.isResumable() && Utils.getFlag("continue-iterating", options.clone())) {
                throw new IllegalArgumentException("The network in " + modelFile
                        + " cannot train on, since it was built without -resume: build it once more with -resume.");
            }
            checkStream(options);
            if (loaded == null || !Utils.getOption('T', options.clone()).isEmpty()) {
                out.println(evaluate(classifier, options, err));
            }
            ExportableClassifier built = loaded == null ? classifier : loaded;
            if (!export.isEmpty()) {
                built.export(new File(export));
            }
            if (!report.isEmpty()) {
                ReportFiles.write(report(built), Path.of(report));
            }
            return true;
        } catch (Exception e) {
            report(e, err);
            return false;
        }
    }

    private static void checkStream(String[] options) throws Exception {
        String[] copy = options.clone();
        boolean isStreamed = !Utils.getOption("stream", copy).isEmpty();
        boolean isTested = !Utils.getOption('T', copy).isEmpty() || Utils.getFlag("no-cv", copy);
        if (isStreamed
                && (!isTested || !Utils.getOption("split-percentage", copy).isEmpty())) {
            throw new IllegalArgumentException(
                    "Option -stream trains on all rows of one file, so that a cross-validation or a split would test on"
                            + " rows that it has trained on: give -T with a file of other rows, or -no-cv.");
        }
    }

    private static DepthReport report(ExportableClassifier built) throws IOException {
        try {
            return built.depthReport();
        } catch (IllegalStateException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static String file(String option, String ending, String[] options) throws Exception {
        String file = Utils.getOption(option, options);
        if (!file.isEmpty() && !file.endsWith(ending)) {
            throw new IllegalArgumentException("Option -" + option + " must be a file whose name ends with " + ending
                    + ", but '" + file + "' was given.");
        }
        return file;
    }

    private static String evaluate(ExportableClassifier classifier, String[] options, PrintStream err)
            throws Exception {
        TerminalLine line = TerminalLine.isThere() ? new TerminalLine(err) : null;
        ProgressListeners.showIn(line, networks(options));
        try {
            return saving(options, temporary -> Evaluation.evaluateModel(classifier, temporary));
        } finally {
            ProgressListeners.showIn(null, 0);
            if (line != null) {
                line.clear();
            }
        }
    }

    /** How many networks Weka's evaluation trains: one on all rows, and those that it tests. 0 if it is not known. */
    static int networks(String[] options) throws Exception {
        String[] copy = options.clone();
        String folds = Utils.getOption('x', copy);
        boolean isSplit = !Utils.getOption("split-percentage", copy).isEmpty();
        if (!Utils.getOption('T', copy).isEmpty() || Utils.getFlag("no-cv", copy)) {
            return 1;
        }
        if (isSplit) {
            return 2;
        }
        return folds.isEmpty() ? 11 : folds.matches("\\d{1,6}") ? Integer.parseInt(folds) + 1 : 0;
    }

    /** What is done with options whose {@code -d} names a temporary file. */
    @FunctionalInterface
    private interface Work {
        String with(String[] options) throws Exception;
    }

    private static String saving(String[] options, Work work) throws Exception {
        int position = Utils.getOptionPos('d', options);
        if (position < 0 || position + 1 == options.length) {
            return work.with(options);
        }
        Path file = Path.of(options[position + 1]);
        // If the process is ended, as by Ctrl-C, the finally below does not run.
        Path temporary = ModelFiles.temporaryUntilExit(file);
        options[position + 1] = temporary.toString();
        try {
            String result = work.with(options);
            ModelFiles.move(temporary, file);
            return result;
        } catch (IOException e) {
            throw isFromSaving(e) ? ModelFiles.notWritten(file, e) : e;
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** Weka's evaluation reads tables, too: only the stack trace tells whether reading or saving failed. */
    private static boolean isFromSaving(IOException failure) {
        return Arrays.stream(failure.getStackTrace())
                .anyMatch(frame -> frame.getMethodName().equals("saveClassifier"));
    }

    /** Reads the model of {@code -l} beforehand: Weka reports a damaged file as "Weka exception: null". */
    private static @Nullable ExportableClassifier loaded(String file) throws Exception {
        if (file.endsWith(".xml") || file.endsWith(".koml")) {
            return null;
        }
        try (InputStream raw = new BufferedInputStream(new FileInputStream(file));
                InputStream content = file.endsWith(".gz") ? new GZIPInputStream(raw) : raw;
                ObjectInputStream objects = SerializationHelper.getObjectInputStream(content)) {
            return objects.readObject() instanceof ExportableClassifier network ? network : null;
        } catch (FileNotFoundException e) {
            throw new IOException("The model file " + file + " cannot be opened: check its path.", e);
        } catch (IOException | ClassNotFoundException | RuntimeException e) {
            String message = e.getMessage();
            throw message != null && message.endsWith(".") ? new IOException(message, e) : ModelFiles.damaged(e);
        }
    }

    private static void report(Exception failure, PrintStream err) {
        String message = failure.getMessage();
        if (message == null || isBug(failure)) {
            failure.printStackTrace(err);
            return;
        }
        int help = message.indexOf(HELP);
        if (help >= 0 && !message.strip().startsWith("Help requested")) {
            message = message.substring(0, help).strip();
            message = message.startsWith("Weka exception: ") ? message.substring("Weka exception: ".length()) : message;
        }
        err.println(message.replace(SPECIFIC, FILES + SPECIFIC).strip());
    }

    /** Errors of the user have these types; any other unchecked exception is a bug, whose stack trace is wanted. */
    private static boolean isBug(Exception failure) {
        return failure instanceof RuntimeException
                && !(failure instanceof IllegalArgumentException)
                && !(failure instanceof ArithmeticException);
    }
}
