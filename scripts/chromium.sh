#!/usr/bin/env bash
# Find the system's Chromium for the tests of the desk's page; in CI install Debian's package where it is missing.
# Elsewhere nothing is installed: the machine is told what it will miss. Playwright's own browser is never downloaded.
set -euo pipefail
cd "$(dirname "$0")/.."

found() {
  command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null
}

if found; then
  exit 0
fi
told="the tests of the desk's page need Chromium: install Debian's package \`chromium\`, or put it on PATH"
if [ "${CI:-}" != true ]; then
  echo "Chromium not found: $told; they skip without" >&2
  exit 0
fi
if ! command -v apt-get >/dev/null; then
  echo "apt not found: $told" >&2
  exit 1
fi

as_root=()
[ "$(id -u)" = 0 ] || as_root=(sudo)
echo "installing Debian's chromium, and a font for it to write with"
install=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends chromium fonts-liberation)
"${install[@]}" || { "${as_root[@]}" apt-get update -q && "${install[@]}"; }
found
