package org.gatedepth.weka;

import java.io.BufferedInputStream;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.PrintStream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import weka.classifiers.Classifier;
import weka.classifiers.evaluation.Evaluation;
import weka.core.SerializationHelper;
import weka.core.Utils;

/**
 * Runs a classifier from a command line, as {@code AbstractClassifier.runClassifier} does, but answers an error of the
 * user with its sentence alone. Weka prints a stack trace for a table that does not fit, and two pages of help for an
 * option.
 */
public final class CommandLine {

    static final String DAMAGED_MODEL =
            "The model file is cut short or damaged: copy it once more, or train the model and save it again.";

    /** Weka puts the list of all options behind an error in them; its help request starts with this. */
    private static final String HELP = "General options";

    private CommandLine() {}

    /**
     * Runs Weka's evaluation and prints what it says.
     *
     * @param classifier the classifier
     * @param options Weka's general options and those of the classifier
     * @param out where the evaluation goes
     * @param err where a sentence about an error goes
     * @return whether the evaluation was made
     */
    public static boolean run(Classifier classifier, String[] options, PrintStream out, PrintStream err) {
        try {
            String problem = modelFileProblem(options);
            if (problem != null) {
                err.println(problem);
                return false;
            }
            out.println(Evaluation.evaluateModel(classifier, options));
            return true;
        } catch (Exception e) {
            report(e, err);
            return false;
        }
    }

    /** Reads the model of {@code -l} beforehand: Weka reports a damaged file as "Weka exception: null". */
    private static @Nullable String modelFileProblem(String[] options) throws Exception {
        String file = Utils.getOption('l', options.clone());
        if (file.isEmpty() || file.endsWith(".xml") || file.endsWith(".koml")) {
            return null;
        }
        try (InputStream raw = new BufferedInputStream(new FileInputStream(file));
                InputStream content = file.endsWith(".gz") ? new GZIPInputStream(raw) : raw;
                ObjectInputStream objects = SerializationHelper.getObjectInputStream(content)) {
            objects.readObject();
            return null;
        } catch (FileNotFoundException e) {
            return "The model file " + file + " cannot be opened: check its path.";
        } catch (IOException | ClassNotFoundException | RuntimeException e) {
            String message = e.getMessage();
            return message != null && message.endsWith(".") ? message : DAMAGED_MODEL;
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
        err.println(message.strip());
    }

    /** Errors of the user arrive as these; anything else that is unchecked is ours, and its trace is wanted. */
    private static boolean isBug(Exception failure) {
        return failure instanceof RuntimeException
                && !(failure instanceof IllegalArgumentException)
                && !(failure instanceof ArithmeticException);
    }
}
