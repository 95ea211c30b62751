# Everything one does with a checkout. It needs Python 3.11 or newer, make and git; the rest it fetches itself.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
LOCK := $(BIN)/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 \
	--no-emit-index-url --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help install demo test check format words lock faults bench clean parts

help: ## Show this list.
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(VENV)/.runtime $(VENV)/.project ## Put Drumbeat and what it needs into .venv, ready for `.venv/bin/drumbeat serve`.

demo: $(VENV)/.runtime $(VENV)/.project ## Start Drumbeat with a sandbox chat in the browser; nothing else is needed.
	$(BIN)/drumbeat demo $(ARGS)

test: parts ## Run the tests against real peers; ARGS="-k polls" picks some.
	$(BIN)/pytest $(ARGS)

check: parts ## Everything that must hold before a change lands: format, lint, types, imports, tests.
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest $(ARGS)

format: $(VENV)/.dev ## Lay the code out and mend what lint can mend.
	$(BIN)/ruff check --fix --exit-zero
	$(BIN)/ruff format

words: $(VENV)/.dev ## Collect the sentences people see into the catalogues of bot/locale, ready to translate.
	$(BIN)/pybabel --quiet extract --no-location --sort-output --omit-header --no-default-keywords \
		--keyword t --keyword _t --keyword rich --keyword later --keyword many:1,2 --keyword many_rich:1,2 \
		--output .words.pot bot adapters
	for locale in bot/locale/*/; do $(BIN)/pybabel --quiet update --no-fuzzy-matching --ignore-pot-creation-date \
		--domain drumbeat --input-file .words.pot --output-dir bot/locale --locale $$(basename $$locale); done
	rm .words.pot

lock: | $(BIN)/uv ## Pin what pyproject.toml asks for; UPGRADE=1 takes newer versions.
	$(LOCK) pyproject.toml --group build --output-file .ci/requirements.txt
	$(LOCK) pyproject.toml --group build --group dev --constraint .ci/requirements.txt \
		--output-file .ci/requirements-dev.txt
	$(LOCK) --group rivals --constraint .ci/requirements.txt --output-file .ci/requirements-rivals.txt

faults: $(VENV)/.dev $(VENV)/.project ## Do everything that can go wrong for twenty minutes, and see that no message or vote is lost or counted twice.
	$(BIN)/python -m tests.faults $(ARGS)
	$(if $(ARGS),,$(BIN)/python -m tests.replicas.electorate)

bench: $(VENV)/.dev $(VENV)/.project $(VENV)/.rivals ## Measure what the README claims about speed.
	$(BIN)/python -m benchmarks $(ARGS)

clean: ## Remove everything that was installed or made here.
	rm -rf $(VENV) tests/parts/node_modules dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

parts: $(VENV)/.dev $(VENV)/.project $(VENV)/.rivals
	@$(BIN)/python -m tests.parts

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Drumbeat needs Python 3.11 or newer; name one with PYTHON=...")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: .ci/requirements.txt | $(BIN)/python
	$(PIP) install --require-hashes --requirement $<
	@touch $@

# The development lock holds the runtime lock, at the same versions.
$(VENV)/.dev: .ci/requirements-dev.txt .ci/requirements.txt | $(BIN)/python
	$(PIP) install --require-hashes --requirement $<
	@touch $(VENV)/.runtime $@

# Other people's job queues, which benchmarks run against, must not meet our own packages.
$(VENV)/.rivals: .ci/requirements-rivals.txt | $(BIN)/python
	$(PYTHON) -m venv $(VENV)/rivals
	$(VENV)/rivals/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes --requirement $<
	@touch $@

$(VENV)/.project: pyproject.toml | $(VENV)/.runtime
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(BIN)/uv: | $(VENV)/.dev
