package weka.classifiers.functions;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.gatedepth.testing.Jdk;

/** Runs a main class in a Java process of its own, with a part of this process's class path. */
final class JavaProcess {

    private JavaProcess() {}

    record Result(String output, String error) {}

    /** The command that starts the process; a list to add to. */
    static List<String> command(Predicate<String> classPath, Class<?> main, String... arguments) {
        return command(List.of(), classPath, main, arguments);
    }

    private static List<String> command(
            List<String> options, Predicate<String> classPath, Class<?> main, String... arguments) {
        String path = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(classPath)
                .collect(Collectors.joining(File.pathSeparator));
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(Jdk.quietOptions());
        command.addAll(options);
        // Where Maven's Weka looks for native linear algebra, it warns that there is none.
        for (String library : List.of("ARPACK", "BLAS", "LAPACK")) {
            command.add("-Dcom.github.fommil.netlib." + library + "=com.github.fommil.netlib.F2j" + library);
        }
        command.addAll(List.of("-cp", path, main.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    static Result run(Class<?> main, Predicate<String> classPath, String... arguments) throws Exception {
        return run(List.of(), main, classPath, arguments);
    }

    static Result run(List<String> options, Class<?> main, Predicate<String> classPath, String... arguments)
            throws Exception {
        List<String> command = command(options, classPath, main, arguments);
        Path output = Files.createTempFile("output", ".txt");
        Path error = Files.createTempFile("error", ".txt");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectOutput(output.toFile())
                    .redirectError(error.toFile())
                    .start();
            if (!process.waitFor(30, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new IllegalStateException("The process did not end: " + command);
            }
            return new Result(Files.readString(output), Files.readString(error));
        } finally {
            Files.delete(output);
            Files.delete(error);
        }
    }
}
