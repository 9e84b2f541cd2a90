#!/bin/sh
# Runs a study, such as
#   sh studies/study.sh DepthSweep --quick
# or the comparison of classifiers that the defaults were chosen by, CompareClassifiers.
# Needs a JDK (17 or newer) and Maven. Installs Gatedepth into Maven's local repository, as every program with its Maven
# coordinates needs it. Can be stopped (Ctrl-C) and goes on where it was when it is run again.
set -eu

fail() {
    echo "study.sh: $1" >&2
    exit 1
}

root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd) || fail "cannot find the project's folder."
cd "$root"
names=$(grep -l 'public static void main' studies/src/main/java/org/gatedepth/studies/*.java | sed 's|.*/||; s|\.java$||' | tr '\n' ' ')
[ $# -ge 1 ] || fail "name a study: $names"
case " $names " in
    *" $1 "*) study=$1 ;;
    *) fail "there is no study $1; name one of: $names" ;;
esac
shift

if [ -n "${JAVA_HOME:-}" ]; then
    java=$JAVA_HOME/bin/java
else
    java=java
fi
command -v "$java" >/dev/null 2>&1 || fail "needs a JDK, version 17 or later; there is no java on the PATH or in JAVA_HOME."
command -v mvn >/dev/null 2>&1 || fail "needs Maven; there is no mvn on the PATH."

options="-Dorg.bytedeco.javacpp.maxPhysicalBytes=0 -Dweka.packageManager.offline=true"

mkdir -p target
log=target/study-build.log
echo "Building (the first time Maven downloads some 300 MB) ..." >&2
if ! {
    mvn -B -q -Dmaven.test.skip=true -Dstatic.analysis=-nowarn -Dmaven.compiler.failOnWarning=false install &&
        mvn -B -q -f studies compile dependency:build-classpath -Dmdep.outputFile=target/classpath.txt
} >"$log" 2>&1; then
    grep '^\[ERROR\]' "$log" | head -n 3 >&2
    fail "the build failed; its whole output is in $log."
fi

# Maven's Weka looks for native linear algebra and warns that there is none; later JDKs warn of native libraries.
netlib=com.github.fommil.netlib
options="$options -D$netlib.ARPACK=$netlib.F2jARPACK -D$netlib.BLAS=$netlib.F2jBLAS -D$netlib.LAPACK=$netlib.F2jLAPACK"
if "$java" --sun-misc-unsafe-memory-access=allow -version >/dev/null 2>&1; then
    options="$options --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow"
fi
# On matrices as small as these, several OpenMP threads are slower than one.
export OMP_NUM_THREADS="${OMP_NUM_THREADS:-1}"
# The options are split at spaces on purpose: none of them holds one.
# shellcheck disable=SC2086
exec "$java" $options ${STUDY_OPTIONS:-} -cp "studies/target/classes:$(cat studies/target/classpath.txt)" \
    "org.gatedepth.studies.$study" "$@"
