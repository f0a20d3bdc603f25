# The two commands of the README: `make demo` and `make test`. Both set up what they need, and are quick the second time.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PYTEST_ARGS ?=

.PHONY: demo quick test check test-all bench bench-builds clean

demo: $(VENV)/.installed
	@echo '$$ composevariant -C samples/reconciliation migrate --dry-run'
	@$(BIN)/composevariant -C samples/reconciliation migrate --dry-run

test: check $(VENV)/.development
	$(BIN)/pytest $(PYTEST_ARGS)

# What needs neither Docker nor a browser, on two cores.
quick: check $(VENV)/.development
	$(BIN)/pytest -q -n 2 -m "not slow and not oracle and not docker and not browser" $(PYTEST_ARGS)

# Everything, the slow tests included, as CI runs it.
test-all: PYTEST_ARGS += -m ""
test-all: test

check: $(VENV)/.development
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/.development
	$(BIN)/python -m benchmarks.run

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit("composevariant needs Python 3.11 or newer: make PYTHON=python3.11") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)

# The package is installed editable, so that `pytest`, `python -m pytest` and `make test` all test the checkout.
# tests/test_wheel.py builds the wheel, installs it elsewhere and runs it as users do.
$(VENV)/.installed: $(BIN)/python pyproject.toml requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements-dev.txt -e .
	@touch $@

$(VENV)/.development: $(VENV)/.installed requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

# Builds a sample many times on the Docker engine, about ten minutes.
bench-builds: $(VENV)/.development
	$(BIN)/python -m benchmarks.builds

clean:
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
