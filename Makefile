# One command each; everything they need is set up on the way and only again when its sources change.

VENV := .venv
PY := $(VENV)/bin/python
NPM := $(PY) hatch_build.py
ARGS ?=
# PYTHON=... and GPU=no are for the set-up alone; npm's scripts would take PYTHON for the one to run.
unexport PYTHON
INSTALL := PYTHON="$(PYTHON)" GPU="$(GPU)" requirements/install.sh

# Made anew where the interpreter is gone, for instance after an upgrade of the system's Python.
ifneq ($(shell $(PY) -c 'print(1)' 2>/dev/null),1)
.PHONY: $(VENV)/.made
endif

MODULES := frontend/node_modules/.package-lock.json
PAGE := backend/neuroglow/static/index.html
# Folders count too: a deleted file changes only its folder.
PAGE_SOURCES := $(shell find frontend/src frontend/public) $(wildcard frontend/*.*)

.PHONY: help run test check served packaging soak bench dev setup setup-dev page codegen locks lint types format clean
.DELETE_ON_ERROR:

help: ## Show this list
	@grep -E '^[a-z-]+:.*## ' $(firstword $(MAKEFILE_LIST)) | sed -E 's/:.*## /\t/' | expand -t 12

run: setup page ## Set up and serve; ARGS="--port 0 --no-browser" is passed on
	@exec $(VENV)/bin/neuroglow serve $(ARGS)

test: setup-dev page ## Everything: lint, types, imports, unit, page, server, browser, faults, packaging
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target check packaging served

check: lint types ## The fast half: lint, types, imports, unit tests of both languages
	$(NPM) run --silent test
	$(PY) -m pytest tests/unit $(ARGS)

# Beside the fast half: these wait for a server and a browser most of the time.
served: setup-dev page
	CHROMIUM_PATH="$$($(PY) tests/find_browser.py)" && export CHROMIUM_PATH && \
	$(PY) -m pytest tests/api tests/faults tests/e2e $(ARGS)

packaging: setup-dev page check
	$(PY) -m pytest tests/packaging $(ARGS)

soak: setup-dev page ## The long forms of the fault tests, and a thousand random graphs
	CHROMIUM_PATH="$$($(PY) tests/find_browser.py)" && export CHROMIUM_PATH && \
	$(PY) -m pytest tests/faults tests/unit/test_random_graphs.py --soak --timeout=3600 $(ARGS)

bench: setup-dev page ## Figures against bare JAX and against peers, into bench/results/
	CHROMIUM_PATH="$$($(PY) tests/find_browser.py)" && export CHROMIUM_PATH && $(PY) -m bench $(ARGS)

dev: setup-dev $(MODULES) ## Serve with hot reload of the page and of the server
	@NEUROGLOW_ALLOWED_ORIGINS='["http://localhost:5173"]' \
	$(VENV)/bin/watchfiles --filter python "$(VENV)/bin/neuroglow serve --no-browser $(ARGS)" backend & \
	server=$$!; trap 'kill $$server; wait $$server' EXIT; trap : INT TERM; $(NPM) run dev

setup: $(VENV)/.run
setup-dev: $(VENV)/.dev
page: $(PAGE)

codegen: setup-dev $(MODULES) ## Generate the page's types from the server's models
	$(NPM) run --silent schema

locks: $(VENV)/.made ## Lock the newest versions of every Python dependency
	requirements/compile.sh

format: setup-dev ## Sort imports and apply the safe fixes of the linter
	$(VENV)/bin/ruff check --fix .

clean: ## Remove everything that was made here
	rm -rf $(VENV) frontend/node_modules backend/neuroglow/static .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

lint: setup-dev $(MODULES)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/lint-imports
	$(NPM) run --silent lint

types: setup-dev $(MODULES)
	$(VENV)/bin/mypy
	$(NPM) run --silent check

$(VENV)/.made: requirements/uv.lock
	@$(INSTALL) venv
	@touch $@

$(VENV)/.run: $(VENV)/.made requirements/run.lock requirements/cuda.lock requirements/build.lock pyproject.toml hatch_build.py
	@$(INSTALL) run
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements/dev.lock
	@$(INSTALL) dev
	@touch $@

$(MODULES): frontend/package-lock.json frontend/.npmrc | $(VENV)/.run
	$(NPM) ci --no-progress
	@touch $@

$(PAGE): $(MODULES) $(PAGE_SOURCES)
	$(NPM) run --silent build
	@touch $@
