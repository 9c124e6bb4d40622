#!/usr/bin/env bash
# Put the EVM node `anvil` at .tools/bin/anvil, and with it every other npm package of scripts/npm.sh, which says how.
exec "$(dirname "$0")/npm.sh" "$@"
