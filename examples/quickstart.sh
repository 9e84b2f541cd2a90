#!/bin/sh
# Trains a network of 20 highway blocks in Weka and tests it on data that it has not seen.
# Needs a JDK (17 or later) and Maven. Builds the package, installs it into a private Weka home below target/.
set -u
. "$(dirname -- "$0")/setup.sh"

echo "Training 20 highway blocks on segment-challenge (1,500 rows), testing on segment-test (810 rows) ..."
weka weka.Run .GatedNetwork -depth 20 -v -t "$data/segment-challenge.arff" -T "$data/segment-test.arff" \
    >"$work/evaluation.txt" 2>"$work/evaluation.err"
status=$?
# Weka prints some errors, and exits with 0.
if [ $status -ne 0 ] || ! grep -q '^=== Error on test data ===' "$work/evaluation.txt"; then
    head -n 3 "$work/evaluation.err" >&2
    fail "the training failed; its output is in $work/evaluation.txt and .err."
fi
cat "$work/evaluation.txt"
echo "The same in Weka's Explorer, with windows: sh examples/explorer.sh"
