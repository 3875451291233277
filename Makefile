# One command per job. Every job sets up what it needs; a second run starts at once.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV ?= .venv
BIN := $(VENV)/bin
PERIOD ?= 2024-25
RELEASE_OPTIONS ?= --languages en,cy

# Bytecode is written at set-up, so that no later run compiles its imports again.
export PYTHONDONTWRITEBYTECODE :=
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help release test test-fast check format lint types notebooks audit licences lock demo dictionary clean

help:
	@echo "make release   set up and build the demonstration release (PERIOD=$(PERIOD))"
	@echo "make test      set up and run all tests"
	@echo "make check     set up, then format, lint, types and stripped notebooks"
	@echo "make test-fast the tests that need no whole build"
	@echo "make audit     ask for known weaknesses of the locked packages (needs the network)"
	@echo "make licences  list the licence of every locked package in docs/licences.csv"
	@echo "make demo      write the synthetic returns anew"
	@echo "make lock      pin the dependencies anew (needs uv)"

release: $(VENV)/.ready
	$(BIN)/ssstats release --period $(PERIOD) $(RELEASE_OPTIONS)

test: $(VENV)/.ready-dev
	$(BIN)/python -m pytest

test-fast: $(VENV)/.ready-dev
	$(BIN)/python -m pytest -m "not slow"

check: $(VENV)/.ready-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/nbstripout --keep-id --verify notebooks/*.ipynb

format: $(VENV)/.ready-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/nbstripout --keep-id notebooks/*.ipynb

demo: $(VENV)/.ready
	$(BIN)/ssstats demo

dictionary: $(VENV)/.ready
	$(BIN)/ssstats dictionary

# Known weaknesses of what is locked, asked of a public advisory service: needs the network.
audit: $(VENV)/.ready-dev
	$(BIN)/pip-audit --require-hashes --disable-pip --requirement requirements.lock

licences: $(VENV)/.ready
	$(BIN)/ssstats licences

lock:
	uv pip compile -q --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header \
	  --python-version 3.11 --extra build pyproject.toml --output-file requirements.lock
	uv pip compile -q --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header \
	  --python-version 3.11 --extra build --extra dev -c requirements.lock pyproject.toml \
	  --output-file requirements-dev.lock

clean:
	rm -rf $(VENV) reports/20* .mypy_cache .ruff_cache .pytest_cache

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.ready: requirements.lock pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.ready-dev: requirements-dev.lock $(VENV)/.ready
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements-dev.lock
	touch $@
