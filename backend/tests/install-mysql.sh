#!/usr/bin/env bash
# Unpack a genuine MySQL server from Debian unstable into a folder of its own.
set -euo pipefail
folder=${1:?usage: install-mysql.sh FOLDER}
[ -x "$folder/usr/sbin/mysqld" ] && exit 0
[ "$(id -u)" = 0 ] || { echo "make test-mysql needs root, to unpack MySQL with mmdebstrap." >&2; exit 1; }
command -v mmdebstrap >/dev/null || {
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends mmdebstrap >/dev/null
}
mkdir -p "$(dirname "$folder")"
mmdebstrap --quiet --variant=extract --aptopt='Acquire::Check-Valid-Until "false"' --include=mysql-server-core unstable "$folder" \
    http://deb.debian.org/debian
