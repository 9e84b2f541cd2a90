#!/bin/sh
# Packs the Weka package for every platform: sh weka-package/all-platforms.sh [Maven options]
# Leaves target/gatedepth-<version>-<platform>.zip for each. Needs a JDK (17 or later) and Maven; the natives of all
# platforms are some 400 MB to download. No test runs.
set -eu
cd "$(dirname -- "$0")/.."
rm -f target/gatedepth-*.zip
for platform in linux-x86_64 linux-arm64 windows-x86_64 macosx-x86_64 macosx-arm64; do
    echo "Packing for $platform ..."
    if ! mvn -B -q package -DskipTests -Djavacpp.platform=$platform "$@"; then
        echo "all-platforms.sh: the package for $platform could not be made; Maven says why above." >&2
        exit 1
    fi
done
ls -l target/gatedepth-*.zip
