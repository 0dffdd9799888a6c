# Two commands: `make demo` shows it, `make test` proves it. Both set up what they need.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo explorer test lint quick golden mutants bench lock schema clean
.DEFAULT_GOAL := demo

$(READY): requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Threefold needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

explorer: $(READY)
	@$(BIN)/python -m gateway.explorer.build

demo: $(READY) explorer
	@$(BIN)/threefold demo --port $(PORT)

test: $(READY) explorer lint
	$(BIN)/pytest -m "not slow and not browser and not tryton" -n 2 --dist loadfile
	$(BIN)/pytest -m "slow or browser or tryton" -n 2 --dist loadfile

quick: $(READY)
	$(BIN)/pytest -m "not slow and not browser and not tryton" -n 2 --dist loadfile

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Golden cases through the whole stack: our own, or `make golden CASES=path.json`.
golden: $(READY)
	@$(BIN)/python -m tests.golden $(CASES)

# Rules gone wrong, one after the other: the tests have to notice each.
mutants: $(READY)
	@$(BIN)/python -m tests.mutants

bench: $(READY)
	$(BIN)/python -m bench

schema: $(READY)
	$(BIN)/threefold schema > schema.graphql

# Needs uv; the locks hold for every platform and Python from 3.11 on.
lock:
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate --python-version 3.11 pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate --python-version 3.11 pyproject.toml --group dev -o requirements-dev.lock

clean:
	rm -rf $(VENV) .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis dist
