package org.gatedepth.studies.tables;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import weka.core.Instance;
import weka.core.Instances;

/**
 * A model of scikit-learn, which a process of {@code studies/scikit_learn.py} trains and asks. It gets the rows of
 * {@link IndicatorColumns} and gives back predictions and seconds, which leave out the start of the process.
 *
 * @param python the program
 * @param model the name of the model in the script
 */
public record PythonContender(String python, String model) implements Contender {
    private static final Path SCRIPT = Path.of("studies/scikit_learn.py");

    /** The first of these programs that has scikit-learn. */
    public static Optional<String> withScikitLearn(List<String> programs) {
        return programs.stream().filter(PythonContender::hasScikitLearn).findFirst();
    }

    private static boolean hasScikitLearn(String python) {
        try {
            return new ProcessBuilder(python, "-c", "import sklearn")
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            // There is no such program.
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public Answer answer(Instances train, Instances test, int seed) throws Exception {
        Process process = new ProcessBuilder(python, SCRIPT.toString(), model, String.valueOf(seed)).start();
        CompletableFuture<String> errors = CompletableFuture.supplyAsync(() -> text(process.getErrorStream()));
        boolean numeric = train.classAttribute().isNumeric();
        try {
            send(process.getOutputStream(), train, test);
            return receive(process.getInputStream(), test.numInstances(), numeric ? 1 : train.numClasses());
        } catch (IOException e) {
            throw new IllegalStateException(SCRIPT + " ended with: " + errors.get(), e);
        } finally {
            process.destroy();
        }
    }

    private static void send(OutputStream stream, Instances train, Instances test) throws IOException {
        IndicatorColumns columns = IndicatorColumns.of(train);
        try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(stream))) {
            out.writeInt(train.classAttribute().isNumeric() ? 0 : train.numClasses());
            out.writeInt(train.numInstances());
            out.writeInt(test.numInstances());
            out.writeInt(columns.count());
            for (Instances rows : List.of(train, test)) {
                for (Instance row : rows) {
                    for (float value : columns.row(row)) {
                        out.writeFloat(value);
                    }
                }
            }
            for (Instance row : train) {
                out.writeDouble(row.classValue());
            }
        }
    }

    private static Answer receive(InputStream stream, int rows, int columns) throws IOException {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(stream))) {
            double trainSeconds = in.readDouble();
            double testSeconds = in.readDouble();
            double[][] predictions = new double[rows][columns];
            for (double[] row : predictions) {
                for (int i = 0; i < columns; i++) {
                    row[i] = in.readDouble();
                }
            }
            return new Answer(predictions, trainSeconds, testSeconds);
        }
    }

    private static String text(InputStream stream) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            stream.transferTo(bytes);
            return bytes.toString(StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            return e.getMessage();
        }
    }
}
