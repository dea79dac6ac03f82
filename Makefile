# Everything a machine does with this program; `make` alone lists it.
# On a fresh Debian: `make run` serves the demonstration city, `make test` proves the program.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
FLASK := $(BIN)/flask --app run
export BROWSER_HOME := $(CURDIR)/.cache/browser
export PATH := $(CURDIR)/$(BIN):$(PATH):$(BROWSER_HOME)

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

# --- what the program and its tests need -----------------------------------------------------

.venv/program.stamp: requirements.txt tools/needs.sh tools/install.sh
	@tools/needs.sh run
	@tools/install.sh requirements.txt $@

.venv/checks.stamp: requirements-dev.txt .venv/program.stamp
	@tools/install.sh requirements-dev.txt $@

.PHONY: ready
ready: .venv/program.stamp translations-compiled ## Install what the program needs

.PHONY: ready-for-checks
ready-for-checks: ready .venv/checks.stamp

.PHONY: translations-compiled
translations-compiled: .venv/program.stamp
	@$(BIN)/python tools/translate.py compile

# --- serving ---------------------------------------------------------------------------------

.PHONY: run
run: ready ## Serve web and worker (PORT, HOST, DEMO=0, VAR); Ctrl-C stops all of it
	@exec $(BIN)/python tools/serve.py

.PHONY: prepare
prepare: ready ## Migrate, load dictionaries, write rights
	@$(FLASK) prepare

# --- checking --------------------------------------------------------------------------------

.PHONY: check
check: ready-for-checks ## Format, lint, types, layers, translations
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python tools/translate.py check

# each part of the suite runs on a fresh database of its own, as many at a time as there are cores
PARTS := $(filter-out tests/factories/ tests/__pycache__/,$(wildcard tests/*/)) $(wildcard tests/test_*.py)
LANES ?= $(shell nproc)

.PHONY: test
test: check ## All checks and the whole suite, browser included, against PostgreSQL
	@tools/needs.sh test
	@printf '%s\n' $(PARTS) | xargs -P $(LANES) -I{} tools/part.sh $(BIN)/python {}

.PHONY: fuzz
fuzz: ready-for-checks ## Nonsense for the interface, for a long time (FUZZ: examples of each kind)
	@FUZZ=$${FUZZ:-2000} $(BIN)/python -m pytest -q tests/openapi/test_fuzz.py

.PHONY: bench
bench: ready-for-checks ## The benchmarks: ours, the floor beside it, the ratio
	@$(BIN)/python -m bench

# --- changing --------------------------------------------------------------------------------

.PHONY: migration
migration: ready ## Write a revision from the models: make migration m="what it does"
	@test -n "$(m)" || { echo 'say what it does: make migration m="..."'; exit 2; }
	@$(FLASK) prepare
	@$(FLASK) db revision --autogenerate -m "$(m)"

.PHONY: translations
translations: ready ## Read the messages from the code and merge the terms into the catalogues
	@$(BIN)/python tools/translate.py update

.PHONY: requirements
requirements: ready-for-checks ## Pin again what requirements*.in ask for, with hashes
	@$(BIN)/python -m pip install -qq uv
	@for name in requirements requirements-dev; do \
	  $(BIN)/uv pip compile -q --python-version 3.11 --generate-hashes --no-header \
	    $$name.in -o $$name.txt >/dev/null; \
	done

.PHONY: clean
clean: ## Remove what was built; the state in var/ stays
	@rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build
	@find . -name __pycache__ -not -path './var/*' -prune -exec rm -rf {} +
	@find translations -name '*.mo' -delete
