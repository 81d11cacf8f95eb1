# Needs Python 3.11 or newer with venv and pip, and nothing else; everything is kept in .venv.

PYTHON ?= python3
BIN := .venv/bin
RUN_READY := .venv/.run-ready
DEV_READY := .venv/.dev-ready
PIP := $(BIN)/python -m pip --disable-pip-version-check
INSTALL := $(PIP) install --quiet --require-hashes -r
LOCK := $(BIN)/uv pip compile --no-strip-extras --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate \
	--custom-compile-command "make lock" \
	pyproject.toml
ARGS ?=

.PHONY: help demo test check static bench strength golden rules-page docs lock clean

help:
	@echo "make demo    the sample practice, audited"
	@echo "make test    the tests"
	@echo "make check   every check: format, lint, types, layers, tests with coverage, rulebook"
	@echo "make bench   how long an audit takes, beside importing its libraries and beside DuckDB"
	@echo "make strength  change each word of the rules in turn; a scenario must notice (some minutes)"
	@echo "make golden  write the golden files anew; read the difference"
	@echo "make rules-page  write the generated parts of rules/README.md and the schemas anew"
	@echo "make docs    write docs/reference.md and the pictures anew"
	@echo "make lock    choose the versions of all libraries anew"
	@echo "make clean   remove what these made"

demo: $(RUN_READY)
	@$(BIN)/rtmaudit demo $(ARGS)

test: $(DEV_READY)
	$(BIN)/python -m pytest -n auto --dist loadgroup $(ARGS)

check:
	$(MAKE) static
	$(MAKE) test ARGS="--cov $(ARGS)"

static: $(DEV_READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/rtmaudit check

bench: $(RUN_READY)
	@$(BIN)/python tests/bench.py $(ARGS)
	@$(BIN)/python tests/bench_whole.py
	@$(BIN)/python tests/bench_readings.py
	@$(BIN)/python tests/bench_time.py --entries 100000 --patients 6700 --runs 1

strength: $(DEV_READY)
	$(BIN)/python tests/mutants.py $(ARGS)

golden: $(DEV_READY)
	RTMAUDIT_GOLDEN=write $(BIN)/python -m pytest -q tests/test_golden.py

rules-page: $(DEV_READY)
	$(BIN)/python tests/rules_page.py
	$(BIN)/python -m rtmaudit.rulebook.editor_schema rules/schema

docs: $(DEV_READY)
	COLUMNS=80 $(BIN)/python tests/reference_page.py
	$(BIN)/python tests/clock_pictures.py
	$(BIN)/python tests/growth_picture.py

lock: | $(BIN)/python
	$(PIP) install --quiet uv
	$(LOCK) --upgrade --group build -o requirements.lock
	$(LOCK) --upgrade --group dev --constraint requirements.lock -o requirements-dev.lock

clean:
	rm -rf .venv build dist .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache \
		.pytest_cache .ruff_cache
	find rtmaudit tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "rtmaudit needs Python 3.11 or newer; say which: make PYTHON=python3.12" >&2; exit 1; }
	@echo "Making .venv; this happens once." >&2
	@$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }

$(RUN_READY): requirements.lock pyproject.toml | $(BIN)/python
	@$(INSTALL) requirements.lock
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV_READY): requirements-dev.lock $(RUN_READY)
	@$(INSTALL) requirements-dev.lock
	@touch $@
