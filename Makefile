# Two commands do everything on a machine with only Python 3.11+, git and make:
#   make run    make test
# `make` alone lists the others.

.POSIX:
.DEFAULT_GOAL := help
SHELL := /bin/sh
BIN := .venv/bin
PY := $(BIN)/python

# Qt wants a UTF-8 locale and, without a screen, to be told to draw off-screen.
TEST_ENV := LC_ALL=C.UTF-8 QT_QPA_PLATFORM=offscreen QT_QUICK_BACKEND=software

.PHONY: help setup run test quick lint test-servers bench mutants gallery words clean

help:
	@echo "make run           set up, then show the demo office (without a screen: leave wall.png)"
	@echo "make test          set up, then the gates and every test that needs nothing but Python"
	@echo "make quick         the gates and the fast tests, in under three minutes"
	@echo "make lint          the gates: ruff, mypy, imports, QML"
	@echo "make test-servers  install real servers, and the tests against them"
	@echo "make bench         the figures, as a table; times are judged here only"
	@echo "make mutants       does every comparison in the rules have a test that notices?"
	@echo "make gallery       draw the pictures in docs/gallery/"
	@echo "make words         collect the texts to translate, and compile the translations"
	@echo "make setup         only set up      make clean   remove what set-up and tests made"

setup:
	@sh packaging/setup.sh

run: setup
	@sh packaging/show.sh

lint: setup
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(BIN)/lint-imports --no-logo
	$(PY) -m tests.lint_qml

test: lint
	$(TEST_ENV) HYPOTHESIS_PROFILE=ci $(PY) -m pytest -q -m "not bench and not servers and not bare" \
	  --durations=15 --cov --cov-report=term --cov-fail-under=90

quick: lint
	$(TEST_ENV) HYPOTHESIS_PROFILE=quick $(PY) -m pytest -q -x \
	  -m "not slow and not bench and not real and not servers and not bare"

test-servers: setup
	@sh packaging/servers.sh
	$(TEST_ENV) HYPOTHESIS_PROFILE=ci $(PY) -m pytest -q -m servers

bench: setup
	$(TEST_ENV) $(PY) -m tests.benchmarks

mutants: setup
	$(TEST_ENV) $(PY) -m tests.mutants

gallery: setup
	$(TEST_ENV) $(PY) -m tests.gallery

words: setup
	$(PY) -m tests.catalogue
	$(PY) -m tests.translations

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage .coverage.* \
	  build dist wall.png
	find salesboard_display tests -name __pycache__ -prune -exec rm -rf {} +
