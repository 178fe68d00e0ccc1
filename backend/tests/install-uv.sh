#!/usr/bin/env bash
# Install uv with pip into .tools/uv; never downloads an interpreter.
set -euo pipefail
cd "$(dirname "$0")/../.."
python=$(command -v python3) || { echo "Python 3.11 or newer is needed: install Debian's package python3." >&2; exit 1; }
if ! "$python" -m venv .tools/uv >/dev/null 2>&1; then
    rm -rf .tools/uv
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        apt-get -qq -o Acquire::Retries=3 update
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq -o Acquire::Retries=3 \
            -o DPkg::Lock::Timeout=120 python3-venv >/dev/null
        "$python" -m venv .tools/uv
    else
        echo "uv is missing and cannot be installed: install Debian's package python3-venv, or uv itself." >&2
        exit 1
    fi
fi
.tools/uv/bin/pip install --quiet --retries 10 "uv==0.13.9"
