#!/bin/sh
# Builds the library that types rows: with the system's compiler, or else with zig from PyPI.
# Does nothing when it is newer than its sources. Without it rows are typed in Python.
set -eu
cd "$(dirname "$0")"
library=../src/bridge24/sync/native/libcells.so
[ -n "$(find . -newer "$library" 2>/dev/null)" ] || [ ! -e "$library" ] || exit 0

if command -v cc >/dev/null; then
    compile="cc"
else
    compile="uv run --quiet --no-project --with ziglang==0.17.1 python -m ziglang cc"
fi
new="$library.$$"
trap 'rm -f "$new"' EXIT
$compile -std=c11 -O2 -Wall -Wextra -fPIC -shared -o "$new" ./*.c
# At once: whoever opens it meanwhile finds the old one or the new one.
mv "$new" "$library"
