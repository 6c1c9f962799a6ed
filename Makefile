# One command each: `make demo`, `make test`, `make app`. See `make help`.

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
STAMP := $(VENV)/.installed
DEMO := runs/demo-county
# One thread per process: tests and solves run side by side.
export OMP_NUM_THREADS := 1

# Two processes, each with whole modules: what a module plans is planned once.
PARALLEL := -n 2 --dist loadscope --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help setup browser demo app test lint types imports unit package test-long \
        bench docs clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

setup: $(STAMP) browser ## Make the environment (.venv) and look for a browser

# Bytecode is wanted here, whatever the machine says: imports are several times slower
# without it.
$(STAMP): pyproject.toml requirements/constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.11"; exit 1; }
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@echo "Installing into $(VENV) (a minute or two the first time) ..."
	@unset PYTHONDONTWRITEBYTECODE; $(PY) -m pip --disable-pip-version-check install \
	  -qq --constraint requirements/constraints.txt --editable ".[app,gis,sql,dxf,dev]"
	@touch $@

# The app is tested in Debian's chromium; without it those tests are skipped.
browser:
	@if command -v chromium >/dev/null; then :; \
	elif command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	  echo "Installing chromium and Chinese fonts ..."; \
	  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
	    --no-install-recommends chromium fonts-noto-cjk >/dev/null; } || \
	  echo "Note: chromium could not be installed; browser tests are skipped."; \
	else \
	  echo "Note: chromium is missing; browser tests are skipped. As root:" \
	    "apt-get install chromium fonts-noto-cjk"; \
	fi

demo: $(STAMP) ## Plan the demo county and print the result
	@$(VENV)/bin/renewopt demo --out $(DEMO)

$(DEMO)/manifest.json: | $(STAMP)
	@$(VENV)/bin/renewopt demo --out $(DEMO)

app: $(DEMO)/manifest.json ## Open the planning desk on the demo run
	@$(VENV)/bin/renewopt app $(DEMO)

test: setup lint types imports unit package ## Everything that CI runs

lint: $(STAMP)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .

types: $(STAMP)
	$(VENV)/bin/mypy

imports: $(STAMP)
	$(VENV)/bin/lint-imports

unit: $(STAMP)
	$(PY) -m pytest $(PARALLEL) -m "not long"

package: $(STAMP) ## Build the wheel, install it elsewhere and plan the demo there
	.ci/package

test-long: setup ## All tests, the long ones too
	$(PY) -m pytest $(PARALLEL)

bench: $(STAMP) ## Measure the planner (see benchmarks/)
	$(PY) -m benchmarks

docs: $(STAMP) ## Write the generated parts of docs/
	$(PY) docs/build_formats.py

clean: ## Remove the environment, caches and builds (runs are kept)
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache \
	  .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
