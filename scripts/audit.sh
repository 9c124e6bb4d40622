#!/usr/bin/env bash
# Look the locked versions up among known vulnerabilities, with pip-audit in an environment of its own at .tools/audit.
# It asks an advisory service on the network: no part of CI. Exit 0: none is known; 1: some are, or it could not be told.
set -euo pipefail
cd "$(dirname "$0")/.."

version=2.9.0
home=.tools/audit

if ! "$home/bin/pip-audit" --version 2>/dev/null | grep -qF "$version"; then
  echo "installing pip-audit $version into $home"
  "${PYTHON:-python3}" -m venv "$home"
  "$home/bin/python" -m pip install --quiet --disable-pip-version-check "pip-audit==$version"
fi
said=$(mktemp)
trap 'rm -f "$said"' EXIT
if "$home/bin/pip-audit" --requirement requirements/constraints.txt --no-deps --disable-pip --progress-spinner off --timeout 15 2>&1 | tee "$said"; then
  # One that it does not know is skipped with exit 0, and where the service knows none that is all it says.
  asked=$(grep -c == requirements/constraints.txt) skipped=$(grep -c 'could not be audited' "$said" || true)
  echo "$((asked - skipped)) of $asked versions were looked up"
  [ "$skipped" = 0 ] && exit 0
  echo "$skipped versions are not known to the advisory service: nothing is known about them" >&2
  exit 1
fi
if grep -qE 'ConnectionError|ConnectionTimeout|ServiceError|Max retries|Could not connect|HTTPError|ProxyError' "$said"; then
  echo "the advisory service could not be asked: nothing is known about these versions" >&2
fi
exit 1
