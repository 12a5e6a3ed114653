# Bare `make` says what one can do. Every target installs what it is missing first.
.DEFAULT_GOAL := help
.PHONY: help install run sms test test-fast check bench clean

HOST ?= 127.0.0.1
PORT ?= 8000
HTTPS ?=
PYTEST_ARGS ?=
export HOST PORT HTTPS PYTEST_ARGS

PYTHON_IN_VENV := .venv/bin/python

help:  ## say what one can do
	@echo "Rafkhan. What you can do:"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install:  ## put everything the program needs into .venv and node_modules
	@sh scripts/install.sh run

run: install  ## serve the demo at http://HOST:PORT/ (127.0.0.1:8000), Ctrl-C stops
	@$(PYTHON_IN_VENV) -m scripts.run

sms:  ## serve the demo with a real SMS gateway, Kannel, and a fake network
	@sh scripts/install.sh sms
	@$(PYTHON_IN_VENV) -m scripts.sms

test:  ## checks, then all tests on SQLite, then what asks a database on a private PostgreSQL
	@sh scripts/install.sh test
	@$(PYTHON_IN_VENV) scripts/test.py

test-fast:  ## the tests that take under a minute: SQLite, no browser, no PDF
	@sh scripts/install.sh dev
	@env -u DATABASE_URL $(PYTHON_IN_VENV) -m pytest -q -n auto --hypothesis-profile=fast \
		-m "not browser and not slow and not pdf" $(PYTEST_ARGS)

check:  ## lint, format, types, pending migrations, deployment, architecture
	@sh scripts/install.sh dev
	@$(PYTHON_IN_VENV) scripts/check.py

bench:  ## measure: every benchmarks/bench_*.py in turn
	@sh scripts/install.sh dev
	@for bench in benchmarks/bench_*.py; do $(PYTHON_IN_VENV) $$bench || exit 1; done

clean:  ## remove what was installed and built; the data in var/ stays
	rm -rf .venv node_modules staticfiles .pytest_cache .mypy_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
