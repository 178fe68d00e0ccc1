#!/usr/bin/env bash
# Install PostgreSQL, MariaDB and Chromium from Debian's packages when the tests need them, when
# they are absent and when we may. Otherwise the tests themselves say what is missing.
# Given --rivals, also what the benchmarks compare us with: Redis, for RQ.
set -euo pipefail
missing=()
if [ "${1:-}" = --rivals ] && ! command -v redis-server >/dev/null; then
    missing+=(redis-server)
fi
if [ -z "${TEST_PG_URL:-}" ] && ! compgen -G "/usr/lib/postgresql/*/bin/postgres" >/dev/null; then
    missing+=(postgresql)
fi
if [ -z "${TEST_MYSQL_URL:-}" ] && ! PATH="$PATH:/usr/sbin" command -v mariadbd >/dev/null; then
    missing+=(mariadb-server)
fi
if [ -z "${CHROMIUM:-}" ] && [ ! -x /usr/bin/chromium ]; then
    missing+=(chromium fonts-dejavu-core)
fi

# A mirror that answers badly once, or another installation that is under way, is no failure.
patiently() {
    for pause in 5 20 60 0; do
        if DEBIAN_FRONTEND=noninteractive apt-get -qq -o Acquire::Retries=3 \
            -o DPkg::Lock::Timeout=120 "$@" >/dev/null; then
            return 0
        fi
        sleep "$pause"
    done
    echo "apt-get $* failed four times" >&2
    return 1
}

if [ "${#missing[@]}" -gt 0 ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing ${missing[*]} from Debian's packages"
    patiently update
    patiently install -y --no-install-recommends "${missing[@]}"
fi
