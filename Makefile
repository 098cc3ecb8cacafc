# Two commands on a fresh machine: `make demo` and `make test`. Each sets up what it needs first.
.DEFAULT_GOAL := help
BIN := .venv/bin
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)

.PHONY: help setup demo test test-slow test-all lint audit sbom bench docs clean

help: ## what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

setup: .venv/ready ## the locked environment in .venv, with uv from PyPI where there is none

.venv/ready: pyproject.toml uv.lock
	@command -v uv >/dev/null 2>&1 || [ -x .uv/bin/uv ] || { \
	  echo "setting up: fetching uv from PyPI"; \
	  python3 -m venv .uv && .uv/bin/pip install --quiet --disable-pip-version-check uv; }
	@echo "setting up: installing the locked environment in .venv (about 1.5 GB the first time)"
	@UV_PROJECT_ENVIRONMENT=.venv $(UV) sync --quiet --locked --inexact
	@touch .venv/ready

demo: .venv/ready ## the main job on a pretend trust, then the page's address
	@$(BIN)/handrail demo

test: .venv/ready lint ## everything but the slowest
	@$(BIN)/pytest --numprocesses 2 --dist worksteal -m "not slow and not browser"

.venv/spark: .venv/ready
	@echo "setting up: Spark, for the tests on it (about 450 MB)"
	@UV_PROJECT_ENVIRONMENT=.venv $(UV) sync --quiet --locked --inexact --extra spark
	@touch .venv/spark

test-slow: .venv/spark ## the slowest, on Spark and in a browser (these need Debian's chromium, a Java and postgresql)
	@$(BIN)/pytest --numprocesses 2 --dist loadfile -m "slow or browser"

test-all: test test-slow ## both

lint: .venv/ready ## ruff and mypy --strict
	@$(BIN)/ruff check --quiet . && $(BIN)/ruff format --check --quiet . && $(BIN)/mypy --no-error-summary

audit: .venv/ready ## whether any version in the lock has a known fault (asks osv.dev)
	@.ci/audit

sbom: .venv/ready ## every package of the lock as CycloneDX, in sbom.json
	@$(UV) export --quiet --frozen --all-extras --all-groups --format cyclonedx1.5 --output-file sbom.json >/dev/null

bench: .venv/ready ## every ratio, to benchmarks/latest.json
	@$(BIN)/python -m benchmarks

docs: .venv/ready ## what is generated: docs/features.md, and the texts to translate
	@$(BIN)/python -m features.document > docs/features.md
	@$(BIN)/python -m pipelines.messages > watchlists/translations/handrail.pot

clean: ## remove what the commands made
	rm -rf .venv .uv demo store sbom.json
