#!/bin/sh
# Builds the library that types rows; does nothing when it is newer than its sources.
# Without it rows are typed in Python.
set -eu
cd "$(dirname "$0")"
library=../src/bridge24/sync/native/libcells.so
if [ -e "$library" ] && [ -z "$(find . -newer "$library")" ]; then
    exit 0
fi
new="$library.$$"
trap 'rm -f "$new"' EXIT
$(./compiler.sh) -std=c11 -O2 -Wall -Wextra -fPIC -fvisibility=hidden -shared -o "$new" ./*.c
# At once: whoever opens it meanwhile finds the old one or the new one.
mv "$new" "$library"
