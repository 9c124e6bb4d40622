#!/usr/bin/env bash
# Put the `erc7730` package, which needs Python 3.12, into an environment of its own at .tools/erc7730, once.
# The tests then hold our clear-signing descriptors against it too; without it they are held against our own models only.
# ERC7730_PYTHON=... names an interpreter; otherwise python3.12, or python3 where it is new enough.
set -euo pipefail
cd "$(dirname "$0")/.."

version=1.0.12
home=.tools/erc7730

if [ -x "$home/bin/python" ] && "$home/bin/python" -c "from importlib.metadata import version; exit(version('erc7730') != '$version')" 2>/dev/null; then
  exit 0
fi
for python in ${ERC7730_PYTHON:-python3.12 python3.13 python3}; do
  if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; then
    echo "installing erc7730 $version with $("$python" --version) into $home"
    "$python" -m venv "$home"
    "$home/bin/python" -m pip install --quiet --disable-pip-version-check "erc7730==$version"
    exit 0
  fi
done
echo "no Python 3.12 found: erc7730 $version was not installed; name one by ERC7730_PYTHON=/path/to/python3.12" >&2
