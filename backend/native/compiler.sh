#!/bin/sh
# Says with which C compiler to build: the system's, or else zig's from PyPI.
if command -v cc >/dev/null; then
    echo cc
else
    echo uv run --quiet --no-project --with ziglang==0.17.1 python -m ziglang cc
fi
