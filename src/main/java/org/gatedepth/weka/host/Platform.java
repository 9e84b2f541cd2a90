package org.gatedepth.weka.host;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.deeplearning4j.util.CrashReportingUtil;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.config.ND4JClassLoading;
import org.nd4j.linalg.api.blas.Blas;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * Surrounds every use of ND4J from Weka, and reports each way in which native code fails as one sentence.
 *
 * <p>Weka's windows catch {@code Exception} but not {@code Error}: a native library that does not load, or too little
 * memory, would leave the Explorer at "Building model on training data..." for ever.
 */
public final class Platform {

    /** The width from which on a training step is faster with threads. */
    private static final int FASTER_WITH_THREADS = 256;

    /** The platforms that there are packages for. */
    private static final List<String> PLATFORMS =
            List.of("linux-x86_64", "linux-arm64", "windows-x86_64", "macosx-x86_64", "macosx-arm64");

    /** The number of calls of {@link #run} that have not ended. */
    private static int atWork;

    private static int threadsOfProducts;

    private Platform() {}

    /**
     * Runs work that needs ND4J.
     *
     * @param doing what the work does, as the start of a sentence: "Training the network"
     * @param threads the number of threads that native code may use for it, at least 1
     * @param work the work
     * @return what the work returns
     * @throws Exception what the work throws; with one sentence as its message if native code does not load or memory
     *     is short
     */
    public static <T> T run(String doing, int threads, Callable<T> work) throws Exception {
        try {
            prepare();
            return inNativeThreads(threads, work);
        } catch (LinkageError e) {
            throw new Exception(nativeCodeMissing(doing, e), e);
        } catch (OutOfMemoryError e) {
            throw new Exception(memoryShort(doing, e), e);
        } catch (RuntimeException e) {
            if (isBackendMissing(e)) {
                throw new Exception(nativeCodeMissing(doing, e), e);
            }
            throw e;
        }
    }

    /** Whether ND4J is there, with native code for this machine; it is started at the first call. */
    public static boolean isThere() {
        return Started.THERE;
    }

    /** What is known when ND4J has been started. */
    private static final class Started {
        private static final boolean THERE = start();

        private static boolean start() {
            try {
                prepare();
                return Nd4j.getBackend() != null;
            } catch (LinkageError e) {
                return false;
            } catch (RuntimeException e) {
                if (isBackendMissing(e)) {
                    return false;
                }
                throw e;
            }
        }
    }

    /**
     * Weka loads each package in a class loader of its own, where ND4J's service loading finds no backend unless it is
     * told which loader to ask. Crash dumps are files that appear in the user's folder, and need a library that the
     * package does not carry.
     */
    private static void prepare() {
        ND4JClassLoading.setNd4jClassloaderFromClass(Platform.class);
        CrashReportingUtil.crashDumpsEnabled(false);
    }

    /**
     * The number of threads for a network.
     *
     * <p>Threads pay for products of some size only: with minibatches of 128 and two processors a step was slower with
     * two threads at widths 50 and 128, and faster at 256, 512 and 1024.
     *
     * @param wanted by the user; null takes the fastest
     * @param width of the network; one that is chosen by the rows is narrow
     */
    public static int nativeThreads(@Nullable Integer wanted, int width) {
        if (wanted != null) {
            return wanted;
        }
        return width < FASTER_WITH_THREADS ? 1 : Runtime.getRuntime().availableProcessors();
    }

    /**
     * The number of threads for networks that are trained at the same time, each with one thread.
     *
     * @param wanted for native code, by the user: then networks are trained one after the other; null takes all
     *     processors where native code takes one thread
     * @param width of the networks
     */
    public static int independentThreads(@Nullable Integer wanted, int width) {
        return wanted == null && nativeThreads(null, width) == 1
                ? Runtime.getRuntime().availableProcessors()
                : 1;
    }

    /**
     * Sets the numbers of threads of ND4J's operations and of its BLAS, and puts them back. The first belongs to the
     * calling Java thread. The second is one for the process; where several networks are at work it is that of the last
     * one to begin, and is put back when none is at work any more.
     */
    private static <T> T inNativeThreads(int threads, Callable<T> work) throws Exception {
        // The native operations are there only after ND4J has found its backend.
        Nd4j.getEnvironment();
        NativeOps nativeOps = NativeOpsHolder.getInstance().getDeviceNativeOps();
        int before = nativeOps.ompGetMaxThreads();
        nativeOps.setOmpNumThreads(threads);
        beginProducts(threads);
        try {
            return work.call();
        } finally {
            endProducts();
            nativeOps.setOmpNumThreads(before);
        }
    }

    private static synchronized void beginProducts(int threads) {
        Blas blas = Nd4j.factory().blas();
        if (atWork == 0) {
            threadsOfProducts = blas.getMaxThreads();
        }
        atWork++;
        // OpenBLAS ends and starts its threads, which takes longer than a minibatch, even if the number stays.
        if (blas.getMaxThreads() != threads) {
            blas.setMaxThreads(threads);
        }
    }

    private static synchronized void endProducts() {
        atWork--;
        if (atWork == 0 && Nd4j.factory().blas().getMaxThreads() != threadsOfProducts) {
            Nd4j.factory().blas().setMaxThreads(threadsOfProducts);
        }
    }

    private static boolean isBackendMissing(Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof LinkageError
                    || t.getClass().getName().endsWith("Nd4jBackend$NoAvailableBackendException")) {
                return true;
            }
        }
        return false;
    }

    private static String nativeCodeMissing(String doing, Throwable failure) {
        List<String> installed =
                PLATFORMS.stream().filter(Platform::isNativeCodeThere).toList();
        String here = name(System.getProperty("os.name"), System.getProperty("os.arch"));
        if (!installed.isEmpty() && !installed.contains(here)) {
            return doing + " is not possible because the native code of this Gatedepth package is for "
                    + String.join(" and ", installed) + ", and this machine is " + here + ": "
                    + (PLATFORMS.contains(here)
                            ? "install the package that was built for " + here + "."
                            : "there are packages for " + String.join(", ", PLATFORMS) + " only.");
        }
        return doing + " is not possible because the native code of ND4J for " + System.getProperty("os.name") + "/"
                + System.getProperty("os.arch") + " cannot be loaded (" + rootMessage(failure)
                + "): install the Gatedepth package that was built for this platform, or add the nd4j-native jar of"
                + " this platform to the class path.";
    }

    private static boolean isNativeCodeThere(String platform) {
        ClassLoader loader = Platform.class.getClassLoader();
        return loader != null && loader.getResource("org/nd4j/linalg/cpu/nativecpu/bindings/" + platform + "/") != null;
    }

    /** A platform as packages name it. */
    static String name(String system, String processor) {
        String lower = system.toLowerCase(Locale.ROOT);
        String family = lower.startsWith("windows") ? "windows" : lower.startsWith("mac") ? "macosx" : lower;
        return family + "-"
                + switch (processor) {
                    case "amd64", "x86_64" -> "x86_64";
                    case "aarch64", "arm64" -> "arm64";
                    default -> processor;
                };
    }

    private static String memoryShort(String doing, Throwable failure) {
        return doing + " needs more memory than there is (" + rootMessage(failure)
                + "): choose a smaller -width, -depth or -mini-batch, or start Java with a larger -Xmx.";
    }

    private static String rootMessage(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message = root.getMessage();
        // Native loaders append a list of folders on lines of their own; a sentence has one line.
        return message == null
                ? root.getClass().getSimpleName()
                : message.strip().split("\\R", 2)[0];
    }
}
