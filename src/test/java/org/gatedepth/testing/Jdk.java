package org.gatedepth.testing;

import java.util.List;
import java.util.stream.Stream;

/** The JDK that runs the tests, for tests that start it again. */
public final class Jdk {
    private Jdk() {}

    /** Options that keep a later JDK from warning about ND4J's native library, as examples/setup.sh sets them. */
    public static List<String> quietOptions() {
        return Runtime.version().feature() >= 24
                ? List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow")
                : List.of();
    }

    /** Options of a process that is over in seconds, as the tests' own process has them. */
    public static List<String> shortRunOptions() {
        return List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");
    }

    /** Options that a process of Spark needs on Java 17, as spark-submit sets them. */
    public static List<String> sparkOptions() {
        return Stream.of("java.lang", "java.util", "java.nio", "sun.nio.ch")
                .map(opened -> "--add-opens=java.base/" + opened + "=ALL-UNNAMED")
                .toList();
    }
}
