#!/usr/bin/env bash
# Install PostgreSQL and MariaDB from Debian's packages when the tests need them, when they
# are absent and when we may. Otherwise the tests themselves say what is missing.
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
if [ "${#missing[@]}" -gt 0 ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing ${missing[*]} from Debian's packages"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
