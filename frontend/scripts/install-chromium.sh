#!/bin/bash
# Installs Debian's Chromium when the browser's tests need it, when it is absent and when we may.
# Otherwise the tests themselves say what is missing.
set -euo pipefail
if [ -n "${CHROMIUM:-}" ] || [ -x /usr/bin/chromium ]; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing chromium from Debian's packages"
  export DEBIAN_FRONTEND=noninteractive
  patient=(-qq -o Acquire::Retries=3 -o DPkg::Lock::Timeout=120)
  apt-get "${patient[@]}" update
  apt-get "${patient[@]}" install -y --no-install-recommends chromium fonts-dejavu-core >/dev/null
fi
