package org.gatedepth.weka;

import java.util.concurrent.Callable;
import org.deeplearning4j.util.CrashReportingUtil;
import org.nd4j.common.config.ND4JClassLoading;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * Surrounds every use of ND4J from Weka, and turns the ways in which native code fails into sentences.
 *
 * <p>Weka's windows catch {@code Exception} but not {@code Error}: a native library that does not load, or too little
 * memory, would leave the Explorer at "Building model on training data..." for ever.
 */
public final class Platform {

    private Platform() {}

    /**
     * Runs work that needs ND4J.
     *
     * @param doing what the work does, as the start of a sentence: "Training the network"
     * @param threads the number of OpenMP threads that each of its operations may use, at least 1
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
     * OpenMP would share each small operation among all cores, which takes several times as long as one thread where the
     * cores are busy. Its number of threads belongs to the Java thread that sets it: other users of ND4J in this
     * process keep theirs. The number of OpenBLAS, which multiplies matrices, is one for the whole process, and stays.
     */
    private static <T> T inNativeThreads(int threads, Callable<T> work) throws Exception {
        // The native operations are there only after ND4J has found its backend.
        Nd4j.getEnvironment();
        NativeOps nativeOps = NativeOpsHolder.getInstance().getDeviceNativeOps();
        int before = nativeOps.ompGetMaxThreads();
        nativeOps.setOmpNumThreads(threads);
        try {
            return work.call();
        } finally {
            nativeOps.setOmpNumThreads(before);
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
        return doing + " is not possible because the native code of ND4J for " + System.getProperty("os.name") + "/"
                + System.getProperty("os.arch") + " cannot be loaded (" + rootMessage(failure)
                + "): install the Gatedepth package that was built for this platform, or add the nd4j-native jar of"
                + " this platform to the class path.";
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
