#!/usr/bin/env bash
# Put the EVM node `anvil` at .tools/bin/anvil, from the npm package of the pinned version, once.
# With --if-npm a machine that has neither anvil nor npm is told what it will miss and goes on.
set -euo pipefail
cd "$(dirname "$0")/.."

version=1.7.1
tool=.tools/bin/anvil

if [ -x "$tool" ] && "$tool" --version | grep -qF "Version: $version"; then
  exit 0
fi
if ! command -v npm >/dev/null; then
  if [ "${1:-}" = --if-npm ] || command -v anvil >/dev/null; then
    echo "npm not found: anvil $version was not installed; what needs it uses the anvil on PATH, and tests skip without one" >&2
    exit 0
  fi
  echo "anvil is needed here and comes from npm: install Node.js with npm, or put anvil $version on PATH" >&2
  exit 1
fi

echo "installing anvil $version from npm into .tools"
mkdir -p .tools/bin
# No install scripts: the binary is inside the package of this platform, nothing else is fetched.
npm install --prefix .tools --no-save --no-audit --no-fund --ignore-scripts "@foundry-rs/anvil@$version"
# The binary itself, not npm's wrapper: who stops it by its process id must stop the node, not a shell around it.
binary=$(find .tools/node_modules/@foundry-rs -path '*/bin/anvil' -type f | head -n 1)
if [ -z "$binary" ]; then
  echo "npm has no anvil $version for $(uname -sm); put anvil on PATH by other means" >&2
  exit 1
fi
chmod +x "$binary"
ln -sfn "$(pwd)/$binary" "$tool"
"$tool" --version | head -n 1
