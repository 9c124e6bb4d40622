#!/usr/bin/env bash
# Put Debian's Prometheus, `prometheus` and `promtool`, at .tools/bin, for the test of deploy/prometheus/rules.yml.
# The package is taken apart, not installed: no service is started, no user is made, and nobody has to be root.
# With --if-apt a machine without apt is told what it will miss and goes on.
set -euo pipefail
cd "$(dirname "$0")/.."

for at in .tools/bin/prometheus "$(command -v prometheus || true)"; do
  if [ -x "$at" ] && [ -x "$(dirname "$at")/promtool" ] && "$at" --version >/dev/null 2>&1; then
    exit 0
  fi
done
if ! command -v apt-get >/dev/null || ! command -v dpkg >/dev/null; then
  told="the package \`prometheus\` comes from Debian's apt: put prometheus and promtool on PATH by other means"
  if [ "${1:-}" = --if-apt ]; then
    echo "apt not found: $told; the test of its rules skips without" >&2
    exit 0
  fi
  echo "$told" >&2
  exit 1
fi

echo "unpacking Debian's prometheus into .tools"
here=$(pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# As root apt would drop to a user of its own, who cannot write here; that it does not is a warning and no more.
(cd "$scratch" && { apt-get download -q prometheus || { apt-get update -q && apt-get download -q prometheus; }; })
dpkg --extract "$scratch"/prometheus_*.deb "$scratch/unpacked"
mkdir -p "$here/.tools/bin"
for each in prometheus promtool; do
  install -m 755 "$scratch/unpacked/usr/bin/$each" "$here/.tools/bin/$each"
done
.tools/bin/prometheus --version 2>&1 | head -n 1
