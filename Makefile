# make run    make an environment, install, build the demo graph, serve it
# make test   install what the tests need and run them all
# Needs Python 3.11 or later with venv. PYTHON=python3.12 chooses another interpreter,
# VENV=folder another environment, PORT=8080 another port.

PYTHON ?= python3
VENV ?= .venv
PORT ?= 8000
BIN = $(VENV)/bin

.PHONY: run build test lint clean

run: build
	$(BIN)/kg serve --port $(PORT)

build: $(VENV)/.installed
	$(BIN)/kg build

test: $(VENV)/.installed-for-tests lint
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile \
	  --ignore tests/web/test_hostile.py
	$(BIN)/python -m pytest tests/web/test_hostile.py  # alone: it bounds times

lint: $(VENV)/.installed-for-tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

$(VENV)/.installed: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[pandas]'
	@touch $@

$(VENV)/.installed-for-tests: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@ $(VENV)/.installed

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'Rihla needs Python 3.11 or later: make PYTHON=python3.11 …' >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

clean:
	rm -rf $(VENV) releases build dist
