#!/bin/sh
# Starts a cluster of Apache Spark on this machine, a master and two workers, trains a network on it, and kills one of the
# workers in the middle: sh examples/spark/cluster.sh
# Needs a JDK (17 to 23, as Spark 3.5 does) and Maven. What it starts ends with it, and it writes below target/spark-example/ alone.
set -u
. "$(dirname -- "$0")/../tools.sh"
root=$(CDPATH= cd -- "$(dirname -- "$0")/../.." && pwd) || fail "cannot find the project's folder."
[ "$jdk" -lt 24 ] || fail "needs a JDK from 17 to 23, since Spark 3.5 runs on no later one; this one is version $jdk."
example=$root/examples/spark
work=$root/target/spark-example
temporary=$work/tmp

# --- Whatever happens, nothing stays -------------------------------------------------------------------------------------

started=
clean_up() {
    trap '' INT TERM HUP
    # A worker that is asked to end ends its executors; then whoever did not end.
    # shellcheck disable=SC2086
    [ -z "$started" ] || kill $started 2>/dev/null
    seconds=0
    # shellcheck disable=SC2086
    while [ -n "$started" ] && kill -0 $started 2>/dev/null && [ $seconds -lt 10 ]; do
        sleep 1
        seconds=$((seconds + 1))
    done
    # shellcheck disable=SC2086
    [ -z "$started" ] || kill -9 $started 2>/dev/null
    rm -rf "$temporary" "$work/workers" "$work/spark"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# --- What Maven gives ----------------------------------------------------------------------------------------------------

rm -rf "$work"
mkdir -p "$temporary" "$work/workers" "$work/spark/jars" "$work/classes" || fail "cannot write to $work."
version=$(sed -n 's|^  <version>\(.*\)</version>$|\1|p' "$root/pom.xml")
jar=$root/target/gatedepth-$version.jar

maven() {
    if ! mvn -B -q -ntp "$@" >"$work/maven.log" 2>&1; then
        grep '^\[ERROR\]' "$work/maven.log" | head -n 3 >&2
        fail "Maven failed; its whole output is in $work/maven.log."
    fi
}

if [ ! -f "$jar" ]; then
    echo "Building gatedepth.jar (the first time Maven downloads some 300 MB) ..."
    # Without static analysis: a JDK newer than those the project is checked with is none of the user's business.
    maven -f "$root/pom.xml" -Dmaven.test.skip=true -Dstatic.analysis=-nowarn -Dmaven.compiler.failOnWarning=false \
        process-classes jar:jar@default-jar
fi
echo "Asking Maven for Spark, Deeplearning4j and ND4J (the first time it downloads some 500 MB) ..."
maven -f "$example/spark-pom.xml" dependency:build-classpath "-Dmdep.outputFile=$work/spark.txt"
maven -f "$example/pom.xml" dependency:build-classpath -DincludeScope=runtime "-Dmdep.outputFile=$work/program.txt"
spark=$(cat "$work/spark.txt")
libraries=$(cat "$work/program.txt")

"$javac" -proc:none -nowarn -cp "$jar:$libraries:$spark" -d "$work/classes" "$example/LetterOnSpark.java" \
    >"$work/javac.log" 2>&1 || fail "the program does not compile; see $work/javac.log."
"${javac%javac}jar" cf "$work/letter.jar" -C "$work/classes" . || fail "cannot pack the program."

# --- The cluster ---------------------------------------------------------------------------------------------------------

# A Spark installation has these jars in its folder jars; here they stay where Maven has them.
export SPARK_HOME="$work/spark" SPARK_SCALA_VERSION=2.12 SPARK_DIST_CLASSPATH="$spark"
export SPARK_LOCAL_IP=127.0.0.1 SPARK_LOCAL_DIRS="$temporary" OMP_NUM_THREADS=1

# Runs a main class of Spark, with the options that spark-class sets.
spark() {
    exec "$java" -Xmx1g "-Djava.io.tmpdir=$temporary" --add-opens=java.base/java.lang=ALL-UNNAMED \
        --add-opens=java.base/java.util=ALL-UNNAMED --add-opens=java.base/java.nio=ALL-UNNAMED \
        --add-opens=java.base/sun.nio.ch=ALL-UNNAMED -cp "$spark" "$@"
}

# Waits for so many lines of a log: await <count> <text> <log> <process>
await() {
    seconds=0
    # A signal may end grep before it has counted.
    while count=$(grep -c "$2" "$3" 2>/dev/null); [ "${count:-0}" -lt "$1" ]; do
        kill -0 "$4" 2>/dev/null || fail "a process of the cluster ended; see $3."
        [ $seconds -lt 120 ] || fail "the cluster did not start within two minutes; see $3."
        sleep 1
        seconds=$((seconds + 1))
    done
}

echo "Starting a master and two workers ..."
(spark org.apache.spark.deploy.master.Master --host 127.0.0.1 --port 0 --webui-port 0) >"$work/master.log" 2>&1 &
master=$!
started=$master
await 1 'Starting Spark master at' "$work/master.log" $master
url=$(sed -n 's|.*Starting Spark master at \(spark://[0-9.:]*\).*|\1|p' "$work/master.log")
for number in 1 2; do
    (spark org.apache.spark.deploy.worker.Worker --host 127.0.0.1 --webui-port 0 --cores 1 --memory 2g \
        --work-dir "$work/workers/$number" "$url") >"$work/worker$number.log" 2>&1 &
    worker=$!
    started="$started $worker"
done
await 2 'Registering worker' "$work/master.log" $master

# --- The program, as spark-submit sends it -------------------------------------------------------------------------------

echo "Training on both workers ..."
lines=$temporary/lines
mkfifo "$lines" || fail "cannot make $lines."
(spark org.apache.spark.deploy.SparkSubmit --master "$url" --class LetterOnSpark \
    --jars "$(echo "$jar:$libraries" | tr : ,)" \
    --conf spark.ui.enabled=false --conf spark.driver.host=127.0.0.1 --conf spark.executor.memory=1g \
    --conf spark.executorEnv.OMP_NUM_THREADS=1 \
    --conf "spark.executor.extraJavaOptions=-Djava.io.tmpdir=$temporary" \
    "$work/letter.jar" "$root/examples/data/letter.arff" "$work/checkpoints" "$work/letter.zip") \
    >"$lines" 2>"$work/program.log" &
program=$!
started="$started $program"
while read -r line; do
    echo "$line"
    case $line in
        "round 20:"*)
            kill -9 "$worker"
            echo "(killed the second worker)"
            ;;
    esac
done <"$lines"
wait $program || fail "the program ended with an error; it is in $work/program.log."
echo "The network is in target/spark-example/letter.zip, the checkpoints beside it."
