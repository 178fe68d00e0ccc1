#!/bin/sh
# Types harmed pages with sanitizers on. Usage: run.sh [HOW MANY] [SEED]
set -eu
cd "$(dirname "$0")"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
built() {
    $(../compiler.sh) -std=c11 -O1 -g "$1" -fno-sanitize-recover=all -o "$folder/fuzz" fuzz.c ../*.c
}
# zig brings no address sanitizer.
built -fsanitize=address,undefined 2>/dev/null || built -fsanitize=undefined
"$folder/fuzz" "$@"
