# Every target works in a fresh clone: its first use makes .venv and installs what it needs.
# Needs git, make, bash and Python 3.11 or newer; `gas` and `node` also npm, which brings the anvil node.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

BIN := $(CURDIR)/.venv/bin
INPUTS := pyproject.toml requirements/constraints.txt
JOBS ?= 2
ARGS ?=
# Stories that bring their own chains: Ape's would not be asked.
OWN_CHAINS := test_a_year_of_fixings test_desk_life test_oracle_tutorial test_sandbox

# ape finds the installed vyper on PATH only; tests and scripts find anvil there.
export PATH := $(BIN):$(CURDIR)/.tools/bin:$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# Time boxes in seconds, for the environment or the command line (make passes both on); unset means everything.
NIGHTLY_SECONDS ?=
MUTANTS_SECONDS ?=

.PHONY: help demo test check coverage mutants gas bench paper abi openapi page pictures node sandbox nightly lock tools

help: ## List the targets
	@sed -nE 's/^([a-z]+):[^#]*## (.*)/  make \1\t\2/p' Makefile | expand -t 18

demo: .venv/.installed-demo ## A forward's whole life on an in-process chain; ARGS="--data DIR" replays recordings
	$(BIN)/python scripts/demo.py $(ARGS)

test: .venv/.installed-dev ## Every test, then the story once more through `ape test`
	@scripts/anvil.sh --if-npm
	@scripts/prometheus.sh --if-apt
	@scripts/postgres.sh
	@scripts/chromium.sh
	$(BIN)/pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder --durations 10
	$(BIN)/ape test tests/stories $(OWN_CHAINS:%=--ignore=tests/stories/%.py) --network ethereum:local:test -o addopts="--strict-markers --import-mode=importlib"

check: .venv/.installed-dev ## Lint, format, types and the rules of the house
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -q tests/house

coverage: .venv/.installed-dev ## Every statement and decision of the contracts that the tests take; writes docs/coverage.md
	$(BIN)/python scripts/branch_coverage.py $(ARGS)

mutants: .venv/.installed-dev ## Break the contracts in a sample of ways (ARGS=--all for every way); a test must notice each
	$(BIN)/python scripts/mutants.py $(ARGS)

gas: .venv/.installed-dev tools ## Measure gas on anvil beside floor and peers; fails above budget
	$(BIN)/python benchmarks/gas.py $(ARGS)

bench: .venv/.installed-dev ## Off-chain benchmarks against their named baselines
	@for bench in benchmarks/bench_*.py; do echo "$$bench"; $(BIN)/python "$$bench" $(ARGS); done

paper: .venv/.installed-dev ## Recompute every number of the paper: docs/paper-check.md (ARGS=--check: fail if it differs)
	$(BIN)/python scripts/paper.py $(ARGS)

abi: .venv/.installed-dev ## Compile the contracts and refresh the packaged ABIs and bytecode
	$(BIN)/python scripts/export_abis.py $(ARGS)

openapi: .venv/.installed-dev ## Write docs/openapi.json from the desk's routes (ARGS=--check: fail if it differs)
	$(BIN)/python scripts/export_openapi.py $(ARGS)

page: .venv/.installed-dev web/node_modules/.installed ## Check, test and build the desk's page into otc_desk/web/static (ARGS=--check: fail if it differs)
	$(BIN)/python scripts/export_page.py $(ARGS)
	cd web && npm run --silent schema -- $(ARGS) && npm run --silent check && npm run --silent test && npm run --silent build -- $(ARGS)

pictures: .venv/.installed-dev tools ## Draw every page of the sandbox into docs/pictures; ARGS="--keep DIR" keeps them whole
	@scripts/chromium.sh
	$(BIN)/python scripts/pictures.py $(ARGS)

node: .venv/.installed-demo tools ## A local anvil at today's date: deployed, fixings posted, two funded parties
	$(BIN)/python scripts/node.py $(ARGS)

sandbox: .venv/.installed-sandbox tools ## Everything to try out in a browser: chain, oracle, desk, two parties, time travel; ARGS="--port 8081"
	$(BIN)/python scripts/sandbox.py $(ARGS)

nightly: .venv/.installed-dev tools ## The million checks, then every property with more examples; NIGHTLY_SECONDS=... bounds both
	@half=$(NIGHTLY_SECONDS); export HYPOTHESIS_PROFILE=nightly YEAR_DAYS=365 NIGHTLY_SECONDS=$${half:+$$((half / 2))}; \
	for part in nightly "not nightly"; do $(BIN)/pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder -rs -m "$$part"; done

lock: .venv/.installed-dev ## Write the installed versions to requirements/constraints.txt (names and versions only)
	$(BIN)/pip freeze --exclude-editable | grep -E '^[A-Za-z0-9_.-]+==[^ ]+$$' > requirements/constraints.txt

audit: ## Look the locked versions up among known vulnerabilities (pip-audit; asks the network, no part of CI)
	@scripts/audit.sh

tools:
	@scripts/anvil.sh

# PYTHON=... names an interpreter; otherwise python3.11, or python3 where it is new enough.
.venv/bin/python:
	@for python in $${PYTHON:-python3.11 python3}; do \
	  if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    echo "creating .venv with $$("$$python" --version)"; exec "$$python" -m venv .venv; \
	  fi; \
	done; \
	echo "IFX needs Python 3.11 or newer: tried $${PYTHON:-python3.11 and python3}. Install it, or name one: make PYTHON=/path/to/python3.11 ..." >&2; \
	exit 1

web/node_modules/.installed: web/package.json web/package-lock.json
	cd web && npm ci --no-audit --no-fund --ignore-scripts --omit-lockfile-registry-resolved
	@touch $@

.venv/.installed-demo: $(INPUTS) | .venv/bin/python
	$(BIN)/python -m pip install -c requirements/constraints.txt -e '.[oracle,local]'
	@touch $@

.venv/.installed-sandbox: $(INPUTS) | .venv/bin/python
	$(BIN)/python -m pip install -c requirements/constraints.txt -e '.[oracle,desk,local]'
	@touch $@ .venv/.installed-demo

.venv/.installed-dev: $(INPUTS) | .venv/bin/python
	$(BIN)/python -m pip install -c requirements/constraints.txt -e '.[dev]'
	@touch $@ .venv/.installed-demo .venv/.installed-sandbox
