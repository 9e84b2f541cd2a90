package org.gatedepth.weka.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;

class PlatformTest {

    private final NativeOps nativeOps = nativeOps();
    private final int before = nativeOps.ompGetMaxThreads();

    private static NativeOps nativeOps() {
        // The native operations are there only after ND4J has found its backend.
        Nd4j.getEnvironment();
        return NativeOpsHolder.getInstance().getDeviceNativeOps();
    }

    @Test
    void runsWorkInAsManyNativeThreadsAsItIsGiven() throws Exception {
        int more = before + 2;

        assertThat(Platform.run("Working", more, nativeOps::ompGetMaxThreads)).isEqualTo(more);
        assertThat(Platform.run("Working", 1, nativeOps::ompGetMaxThreads)).isEqualTo(1);
    }

    @Test
    void knowsThatNd4jIsThere() {
        assertThat(Platform.isThere()).isTrue();
    }

    @Test
    void putsTheNumberOfNativeThreadsBack() throws Exception {
        Platform.run("Working", before + 2, () -> "done");

        assertThat(nativeOps.ompGetMaxThreads()).isEqualTo(before);
    }

    @Test
    void putsTheNumberOfNativeThreadsBackAfterAFailure() {
        assertThatThrownBy(() -> Platform.run("Working", before + 2, () -> {
                    throw new IllegalStateException("broken");
                }))
                .hasMessage("broken");

        assertThat(nativeOps.ompGetMaxThreads()).isEqualTo(before);
    }

    @Test
    void putsTheNumberOfNativeThreadsOfOuterWorkBack() throws Exception {
        int after = Platform.run("Working", before + 2, () -> {
            Platform.run("Saving", 1, () -> "done");
            return nativeOps.ompGetMaxThreads();
        });

        assertThat(after).isEqualTo(before + 2);
    }

    @Test
    void leavesTheNumberOfOtherJavaThreadsAlone() throws Exception {
        Executor otherThread = task -> new Thread(task).start();
        int others = CompletableFuture.supplyAsync(nativeOps::ompGetMaxThreads, otherThread)
                .get();

        int meanwhile = Platform.run(
                "Working",
                others + 2,
                () -> CompletableFuture.supplyAsync(nativeOps::ompGetMaxThreads, otherThread)
                        .get());

        assertThat(meanwhile).isEqualTo(others);
    }

    @Test
    void multipliesInAsManyThreadsAsItIsGivenAndPutsTheNumberBack() throws Exception {
        int ofProcess = products();

        assertThat(Platform.run("Working", ofProcess + 1, PlatformTest::products))
                .isEqualTo(ofProcess + 1);
        assertThat(products()).isEqualTo(ofProcess);
    }

    @Test
    void putsTheNumberOfThreadsOfProductsBackWhenTheLastOfSeveralEnds() throws Exception {
        int ofProcess = products();
        CompletableFuture<String> end = new CompletableFuture<>();
        CompletableFuture<String> begun = new CompletableFuture<>();
        CompletableFuture<String> other = CompletableFuture.supplyAsync(() -> {
            try {
                return Platform.run("Working", ofProcess + 1, () -> {
                    begun.complete("begun");
                    return end.get();
                });
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        begun.get();

        Platform.run("Working", ofProcess + 2, () -> "done");
        assertThat(products()).isEqualTo(ofProcess + 2);
        end.complete("ended");
        other.get();

        assertThat(products()).isEqualTo(ofProcess);
    }

    @Test
    void takesOneThreadForNarrowNetworksAndAllProcessorsForWideOnes() {
        assertThat(Platform.nativeThreads(null, 0)).isEqualTo(1);
        assertThat(Platform.nativeThreads(null, 255)).isEqualTo(1);
        assertThat(Platform.nativeThreads(null, 256))
                .isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(Platform.nativeThreads(3, 8)).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({
        "Linux, amd64, linux-x86_64",
        "Linux, aarch64, linux-arm64",
        "Windows 11, amd64, windows-x86_64",
        "Mac OS X, x86_64, macosx-x86_64",
        "Mac OS X, aarch64, macosx-arm64",
        "Linux, s390x, linux-s390x"
    })
    void namesPlatformsAsPackagesDo(String system, String processor, String name) {
        assertThat(Platform.name(system, processor)).isEqualTo(name);
    }

    private static int products() {
        return Nd4j.factory().blas().getMaxThreads();
    }
}
