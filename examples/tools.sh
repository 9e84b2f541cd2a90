# Read by the other scripts: looks for the JDK that Maven uses, and for Maven. Gives them $java, $javac, $jdk and fail.

fail() {
    echo "$(basename "$0"): $1" >&2
    exit 1
}

if [ -n "${JAVA_HOME:-}" ]; then
    java=$JAVA_HOME/bin/java
    javac=$JAVA_HOME/bin/javac
else
    java=java
    javac=javac
fi
command -v "$javac" >/dev/null 2>&1 || fail "needs a JDK, version 17 or later; there is no javac on the PATH or in JAVA_HOME."
command -v mvn >/dev/null 2>&1 || fail "needs Maven; there is no mvn on the PATH."
jdk=$("$java" -version 2>&1 | sed -n 's/^.* version "\([0-9]*\).*$/\1/p')
[ "${jdk:-0}" -ge 17 ] || fail "needs JDK 17 or later; this one is version ${jdk:-unknown}."
