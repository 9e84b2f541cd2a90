package org.gatedepth.testing;

import java.util.List;

/** The JDK that runs the tests, for tests that start it again. */
public final class Jdk {
    private Jdk() {}

    /** Options that keep a later JDK from warning about ND4J's native library, as examples/setup.sh sets them. */
    public static List<String> quietOptions() {
        return Runtime.version().feature() >= 24
                ? List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow")
                : List.of();
    }
}
