#!/bin/sh
# Opens Weka's Explorer with the package installed and a data set loaded: sh examples/explorer.sh [file.arff]
# On its tab "Classify" choose functions > GatedNetwork, then press Start.
# Needs a JDK (17 or later), Maven and a display. Builds the package, installs it into a private Weka home below target/.
set -u
if [ "$(uname -s)" = Linux ] && [ -z "${DISPLAY:-}" ]; then
    echo "explorer.sh: the Explorer needs a display, and DISPLAY is not set; try quickstart.sh, or xvfb-run." >&2
    exit 1
fi
opened=${1:-}
if [ -n "$opened" ] && [ ! -r "$opened" ]; then
    echo "explorer.sh: cannot read the data set $opened." >&2
    exit 1
fi
. "$(dirname -- "$0")/setup.sh"

echo "Opening the Explorer; its messages go to target/quickstart/explorer.log."
# The Explorer looks into java.lang for its class discovery.
if ! weka --add-opens=java.base/java.lang=ALL-UNNAMED weka.gui.explorer.Explorer "${opened:-$data/segment-challenge.arff}" \
    >"$work/explorer.log" 2>&1; then
    if grep -q -i -e "X11 window server" -e HeadlessException "$work/explorer.log"; then
        fail "the Explorer could not open a window on the display ${DISPLAY:-of this machine}."
    fi
    fail "the Explorer ended with an error; it is in $work/explorer.log."
fi
