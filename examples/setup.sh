# Read by quickstart.sh and explorer.sh: builds the Weka package and installs it into a Weka home of its own below target/,
# so that nobody's own Weka is touched. Gives them $root, $work, $data and the function weka.

. "$(dirname -- "$0")/tools.sh"

root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd) || fail "cannot find the project's folder."
data=$root/examples/data
work=$root/target/quickstart
home=$work/wekafiles

# Where Maven's Weka looks for native linear algebra, it warns that there is none: name the Java one instead.
netlib=com.github.fommil.netlib
set -- "-D$netlib.ARPACK=$netlib.F2jARPACK" "-D$netlib.BLAS=$netlib.F2jBLAS" "-D$netlib.LAPACK=$netlib.F2jLAPACK"
# Later JDKs warn when ND4J loads its native library.
if [ "$jdk" -ge 24 ]; then
    set -- "$@" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow
fi
jvm_options=$*

# Runs a main class of Weka with the private Weka home: weka [-JVM options] class arguments.
weka() {
    # One OpenMP thread: on the small matrices of tables, more of them are slower. The options are split at spaces on
    # purpose: none of them holds one.
    # shellcheck disable=SC2086
    WEKA_HOME=$home OMP_NUM_THREADS=${OMP_NUM_THREADS:-1} "$java" $jvm_options -Dweka.packageManager.offline=true -cp "$root/target/weka/*" "$@"
}

# --- Build and install ---------------------------------------------------------------------------------------------------

mkdir -p "$work" || fail "cannot write to $work."
# Of an older build, or for another platform.
rm -rf "$home" "$root"/target/gatedepth-*.zip

echo "Building the Weka package (the first time Maven downloads some 300 MB) ..."
# Without static analysis: a JDK newer than those the project is checked with is none of the user's business.
if ! (cd "$root" && mvn -B -q -Dmaven.test.skip=true -Dstatic.analysis=-nowarn -Dmaven.compiler.failOnWarning=false package) \
    >"$work/build.log" 2>&1; then
    grep '^\[ERROR\]' "$work/build.log" | head -n 3 >&2
    fail "the build failed; its whole output is in $work/build.log."
fi
zip=$(ls "$root"/target/gatedepth-*.zip)

echo "Installing $(basename "$zip") into target/quickstart/wekafiles ..."
mkdir -p "$home" || fail "cannot write to $home."
weka weka.core.WekaPackageManager -offline -install-package "$zip" >"$work/install.log" 2>&1
# Weka's package manager exits with 0 whether it could install a package or not.
[ -f "$home/packages/gatedepth/gatedepth-weka.jar" ] || fail "Weka did not install the package; it says so in $work/install.log."
