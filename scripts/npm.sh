#!/usr/bin/env bash
# Put the npm packages that tests and tools need into .tools, each at its pinned version, once:
#   @foundry-rs/anvil            a real EVM node; its binary is linked at .tools/bin/anvil
#   @safe-global/safe-contracts  the compiled Safe, for tests against a real multisig wallet
#   viem                         an independent client, for tests of what other wallets and pages compute
#   axe-core                     judges the desk's page for who cannot see it or has no mouse
# With --if-npm a machine without npm is told what it will miss and goes on.
set -euo pipefail
cd "$(dirname "$0")/.."

anvil=1.7.1
safe=1.4.1
viem=2.57.0
axe=4.14.1
tool=.tools/bin/anvil

has() { # has PACKAGE VERSION
  grep -qsF "\"version\": \"$2\"" ".tools/node_modules/$1/package.json"
}

if has @foundry-rs/anvil "$anvil" && [ -x "$tool" ] && "$tool" --version | grep -qF "Version: $anvil" &&
  has @safe-global/safe-contracts "$safe" && has viem "$viem" && has axe-core "$axe"; then
  exit 0
fi
if ! command -v npm >/dev/null; then
  if [ "${1:-}" = --if-npm ] || command -v anvil >/dev/null; then
    echo "npm not found: anvil $anvil, safe-contracts $safe, viem $viem and axe-core $axe were not installed; what needs a node uses the anvil on PATH, and tests skip without" >&2
    exit 0
  fi
  echo "anvil is needed here and comes from npm: install Node.js with npm, or put anvil $anvil on PATH" >&2
  exit 1
fi

echo "installing anvil $anvil, safe-contracts $safe, viem $viem and axe-core $axe from npm into .tools"
mkdir -p .tools/bin
# All in one go: a second install would remove what the first one brought and nothing names.
# No install scripts: the binary is inside the package of this platform, nothing else is fetched.
# No peers: the Safe names a client library as its peer, and only its compiled contracts are read.
npm install --prefix .tools --no-save --no-audit --no-fund --ignore-scripts --legacy-peer-deps \
  "@foundry-rs/anvil@$anvil" "@safe-global/safe-contracts@$safe" "viem@$viem" "axe-core@$axe"
# The binary itself, not npm's wrapper: who stops it by its process id must stop the node, not a shell around it.
binary=$(find .tools/node_modules/@foundry-rs -path '*/bin/anvil' -type f | head -n 1)
if [ -z "$binary" ]; then
  echo "npm has no anvil $anvil for $(uname -sm); put anvil on PATH by other means" >&2
  exit 1
fi
chmod +x "$binary"
ln -sfn "$(pwd)/$binary" "$tool"
"$tool" --version | head -n 1
