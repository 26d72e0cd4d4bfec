# Pegboard needs Python 3.11 or later and this file; all else is installed into .venv.
# Written for POSIX sh and GNU make 3.81, the oldest one still shipped.

SHELL := /bin/sh
.DEFAULT_GOAL := help

PYTHON ?= $(shell for python in python3.14 python3.13 python3.12 python3.11 python3 python; do \
	"$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 \
	&& { echo "$$python"; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
ARGS ?=

.PHONY: help
help: ## Show this list
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: run
run: $(STAMP) ## Install what is needed and start everything: servers, worker, API (Ctrl-C stops it)
	@exec $(BIN)/python -m cli up $(ARGS)

.PHONY: test
test: $(STAMP) ## Run every test on real servers (ARGS="tests/domain -k rank" for some of them)
	@echo "testing on PostgreSQL and Temporal servers of its own, in temporary folders, side by side"
	@$(BIN)/python -m pytest --numprocesses=auto --dist=loadfile --no-loadscope-reorder $(ARGS)

.PHONY: cover
cover: $(STAMP) ## Say which lines of the rules their own tests do not run (ARGS="--cov=fulfillment tests" for all)
	@echo "which lines of fulfillment/domain no test in tests/domain runs"
	@$(BIN)/python -m pytest -q --numprocesses=auto --cov-report=term-missing:skip-covered \
		$(or $(ARGS),--cov=fulfillment.domain --cov-fail-under=80 tests/domain)

.PHONY: check
check: $(STAMP) ## Check format, lint, types, imports and the rules of the architecture
	@echo "ruff format"; $(BIN)/ruff format --check --quiet . || { echo "run 'make format'"; exit 1; }
	@echo "ruff check"; $(BIN)/ruff check --quiet .
	@echo "mypy"; $(BIN)/mypy --no-error-summary
	@echo "lint-imports"; $(BIN)/lint-imports --no-cache >$(VENV)/imports.log 2>&1 || { cat $(VENV)/imports.log; exit 1; }
	@echo "tests/architecture"; $(BIN)/python -m pytest -q tests/architecture

.PHONY: format
format: $(STAMP) ## Format the code and mend what lint can mend
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format --quiet .

.PHONY: bench
bench: $(STAMP) ## Run the benchmarks (ARGS="--help" for their options)
	@$(BIN)/python -m benchmarks $(ARGS)

.PHONY: lock
lock: ## Pin every package again (asks the package index; needs uv on the path)
	@command -v uv >/dev/null || { echo "make lock needs uv: https://docs.astral.sh/uv/"; exit 1; }
	@echo "# Every package, pinned by hash for Python 3.11 to 3.14 on Linux and macOS. Made by \`make lock\`; do not edit." >requirements.lock.new
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade --extra dev --extra embedded \
		--no-header --no-annotate --no-emit-index-url --no-emit-find-links \
		pyproject.toml requirements.in >>requirements.lock.new || { rm -f requirements.lock.new; exit 1; }
	@mv requirements.lock.new requirements.lock
	@echo "# The packages of requirements.lock that the image needs: without tools and embedded servers. Made by \`make lock\`; do not edit." >requirements-runtime.lock.new
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --constraint requirements.lock \
		--no-header --no-annotate --no-emit-index-url --no-emit-find-links \
		pyproject.toml requirements.in >>requirements-runtime.lock.new || { rm -f requirements-runtime.lock.new; exit 1; }
	@mv requirements-runtime.lock.new requirements-runtime.lock
	@echo "requirements.lock is new; 'make test' tries it"

.PHONY: clean
clean: ## Remove what was installed and cached (not .pegboard, which holds the data of 'make run')
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamp is newer than the lists of packages when .venv holds what they say.
$(STAMP): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Pegboard needs Python 3.11 or later with venv; none was found." \
		"Install one, or name it: make run PYTHON=/path/to/python3"; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Pegboard needs Python 3.11 or later; $(PYTHON) is `$(PYTHON) --version 2>&1`."; exit 1; }
	@test -x $(BIN)/python || { echo "making $(VENV) with `$(PYTHON) --version`"; \
		"$(PYTHON)" -m venv --clear $(VENV) || { rm -rf $(VENV); \
		echo "no venv could be made (on Debian and Ubuntu: apt install python3-venv)"; exit 1; }; }
	@echo "installing `grep -c '==' requirements.lock` packages into $(VENV), about a minute the first time"
	@$(BIN)/python -m pip -q --disable-pip-version-check install --require-hashes -r requirements.lock
	@$(BIN)/python -m pip -q --disable-pip-version-check install --no-build-isolation --no-deps -e .
	@touch $(STAMP)
