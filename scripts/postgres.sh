#!/usr/bin/env bash
# Find PostgreSQL's server programs for the tests of the desk on its second database; in CI install Debian's package
# where they are missing. Elsewhere nothing is installed: the machine is told what it will miss.
# No cluster is made and no service is used: tests start one of their own in a temporary folder (tests/support/postgres.py).
set -euo pipefail
cd "$(dirname "$0")/.."

found() {
  local initdb
  for initdb in $(ls -d /usr/lib/postgresql/*/bin/initdb 2>/dev/null) "$(command -v initdb || true)"; do
    [ -x "$initdb" ] && [ -x "$(dirname "$initdb")/postgres" ] && return 0
  done
  return 1
}

if found; then
  exit 0
fi
told="the desk's tests on PostgreSQL need initdb and postgres: install Debian's package \`postgresql\`, or put both on PATH"
if [ "${CI:-}" != true ]; then
  echo "PostgreSQL not found: $told; they skip without" >&2
  exit 0
fi
if ! command -v apt-get >/dev/null; then
  echo "apt not found: $told" >&2
  exit 1
fi

as_root=()
[ "$(id -u)" = 0 ] || as_root=(sudo)
echo "installing Debian's postgresql"
# Before the package comes: it would make a cluster of its own and start it.
"${as_root[@]}" mkdir -p /etc/postgresql-common/createcluster.d
echo "create_main_cluster = false" | "${as_root[@]}" tee /etc/postgresql-common/createcluster.d/tests.conf >/dev/null
install=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends postgresql)
"${install[@]}" || { "${as_root[@]}" apt-get update -q && "${install[@]}"; }
found
