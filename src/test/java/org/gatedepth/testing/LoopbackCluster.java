package org.gatedepth.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;

/**
 * A standalone cluster of Spark on this machine, whose master and workers are processes of their own.
 *
 * <p>Their class path is as on any cluster: Spark's jars, and nothing of this project, Deeplearning4j or ND4J. All that
 * they write is below one folder. They end when this one is closed, or this process ends.
 */
public final class LoopbackCluster implements AutoCloseable {
    private static final String HOST = "127.0.0.1";
    /** Jars of the class path that a program must bring, by the beginnings of their names. */
    private static final List<String> SHIPPED = List.of(
            "deeplearning4j-nn",
            "nd4j-api",
            "nd4j-common",
            "nd4j-native",
            "nd4j-presets-common",
            "guava-1.0.0-M2.1",
            "jackson-1.0.0-M2.1",
            "protobuf-1.0.0-M2.1",
            "resources-1.0.0-M2.1",
            "javacpp",
            "openblas",
            "flatbuffers-java",
            "jspecify");

    private final Path folder;
    private final String sparksJars;
    private final int port;
    private final List<Process> workers = new ArrayList<>();
    private final Thread hook = new Thread(this::kill);
    private final Process master;

    /**
     * Starts a master.
     *
     * @param folder an empty one, for all that the processes write
     */
    public LoopbackCluster(Path folder) throws Exception {
        LocalSpark.assumeThatItRuns();
        this.folder = folder;
        sparksJars = sparksJars(folder);
        Files.createDirectories(folder.resolve("spark/jars"));
        Files.createDirectories(folder.resolve("tmp"));
        try (var free = new java.net.ServerSocket(0)) {
            port = free.getLocalPort();
        }
        master = start("master", "org.apache.spark.deploy.master.Master", "--port", "" + port);
        Runtime.getRuntime().addShutdownHook(hook);
        for (int i = 0; i < 600 && master.isAlive() && !answers(); i++) {
            Thread.sleep(100);
        }
        if (!answers()) {
            close();
            throw new IllegalStateException(
                    "the master does not answer: " + Files.readString(folder.resolve("master.log")));
        }
    }

    private boolean answers() {
        try (var socket = new java.net.Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** Starts a worker of one core. */
    public void addWorker() throws IOException {
        String name = "worker" + workers.size();
        workers.add(start(
                name,
                "org.apache.spark.deploy.worker.Worker",
                "--cores",
                "1",
                "--memory",
                "2g",
                "--work-dir",
                folder.resolve(name).toString(),
                url()));
    }

    /** Stops the executors of a worker where they are: a task that they are given begins, and does not end. */
    public void pause(int worker) {
        for (ProcessHandle executor : workers.get(worker).descendants().toList()) {
            try {
                Process stop = new ProcessBuilder("kill", "-STOP", "" + executor.pid())
                        .inheritIO()
                        .start();
                assertThat(stop.waitFor()).as("exit code of kill").isZero();
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** Kills a worker and its executors at once. */
    public void kill(int worker) {
        Process process = workers.get(worker);
        List<ProcessHandle> executors = process.descendants().toList();
        process.destroyForcibly();
        executors.forEach(ProcessHandle::destroyForcibly);
        executors.forEach(executor -> executor.onExit().join());
    }

    /** Its address. */
    public String url() {
        return "spark://" + HOST + ":" + port;
    }

    /** Settings of a program that ships its classes as jars. */
    public SparkConf conf() throws Exception {
        return new SparkConf()
                .setMaster(url())
                .setAppName("test")
                .set("spark.ui.enabled", "false")
                .set("spark.driver.host", HOST)
                .set("spark.driver.bindAddress", HOST)
                .set("spark.local.dir", folder.resolve("driver").toString())
                .set("spark.executor.memory", "600m")
                .set(
                        "spark.executor.extraJavaOptions",
                        String.join(" ", Jdk.shortRunOptions()) + " -XX:-UsePerfData -Djava.io.tmpdir="
                                + folder.resolve("tmp"))
                .set("spark.executorEnv.OMP_NUM_THREADS", "1")
                .set(
                        "spark.jars",
                        String.join(
                                ",", shippedJars().stream().map(Path::toString).toList()));
    }

    /** The files that a driver, which was closed, has left. */
    public List<Path> leftByDriver() throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("driver"))) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    /** The final jar, the tests' classes as a jar, Deeplearning4j and ND4J. */
    private List<Path> shippedJars() throws Exception {
        Path jar = Path.of("target", "gatedepth-" + System.getProperty("gatedepth.version", "0.1.0-SNAPSHOT") + ".jar")
                .toAbsolutePath();
        assertThat(jar).as("the final jar, from mvn package").exists();
        List<Path> jars = new ArrayList<>(List.of(jar, testJar()));
        classPath().filter(one -> startsWith(one, SHIPPED)).forEach(jars::add);
        return jars;
    }

    private Path testJar() throws Exception {
        Path jar = folder.resolve("tests.jar");
        if (!Files.exists(jar)) {
            Path classes = Path.of(LoopbackCluster.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            Process packing = new ProcessBuilder(tool("jar"), "cf", jar.toString(), "-C", classes.toString(), ".")
                    .inheritIO()
                    .start();
            assertThat(packing.waitFor()).as("exit code of jar").isZero();
        }
        return jar;
    }

    /** Spark's class path, from Maven: the one of the tests has other versions of some libraries. */
    private static String sparksJars(Path folder) throws Exception {
        Path list = folder.resolve("spark.txt");
        ProcessBuilder maven = new ProcessBuilder(
                        "mvn",
                        "-B",
                        "-q",
                        "-ntp",
                        "-f",
                        Path.of("examples/spark/spark-pom.xml").toAbsolutePath().toString(),
                        "dependency:build-classpath",
                        "-Dmdep.outputFile=" + list)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("maven.log").toFile());
        maven.environment().put("JAVA_HOME", System.getProperty("java.home"));
        String repository = System.getProperty("maven.repo.local");
        if (repository != null) {
            maven.environment().put("MAVEN_OPTS", "\"-Dmaven.repo.local=" + repository + "\"");
        }
        int exit = maven.start().waitFor();
        assertThat(exit).as(Files.readString(folder.resolve("maven.log"))).isZero();
        return Files.readString(list);
    }

    private static boolean startsWith(Path jar, List<String> beginnings) {
        return beginnings.stream().anyMatch(jar.getFileName().toString()::startsWith);
    }

    private static Stream<Path> classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> entry.endsWith(".jar"))
                .map(Path::of);
    }

    private static String tool(String name) {
        return Path.of(System.getProperty("java.home"), "bin", name).toString();
    }

    private Process start(String name, String main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(tool("java"), "-Xmx256m", "-XX:-UsePerfData"));
        command.addAll(Jdk.shortRunOptions());
        command.addAll(Jdk.sparkOptions());
        command.addAll(List.of(
                "-Djava.io.tmpdir=" + folder.resolve("tmp"),
                "-cp",
                sparksJars,
                main,
                "--host",
                HOST,
                "--webui-port",
                "0"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(name + ".log").toFile());
        builder.environment().put("SPARK_HOME", folder.resolve("spark").toString());
        builder.environment().put("SPARK_SCALA_VERSION", "2.12");
        // What a worker starts executors with, after the jars in its SPARK_HOME, of which there are none.
        builder.environment().put("SPARK_DIST_CLASSPATH", sparksJars);
        builder.environment().put("SPARK_LOCAL_IP", HOST);
        builder.environment().put("SPARK_LOCAL_DIRS", folder.resolve("tmp").toString());
        return builder.start();
    }

    private void kill() {
        for (int i = 0; i < workers.size(); i++) {
            kill(i);
        }
        master.destroyForcibly();
    }

    @Override
    public void close() throws InterruptedException {
        kill();
        for (Process worker : workers) {
            assertThat(worker.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(master.waitFor(30, TimeUnit.SECONDS)).isTrue();
        Runtime.getRuntime().removeShutdownHook(hook);
    }
}
