# Two commands do everything from a bare clone: `make demo` and `make test`.
# Needs: make, and a Python 3.11 or later (PYTHON=/path/to/python chooses another).

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
OUT ?= out/demo
PYTEST_ARGS ?=
TARGET := examples/ptycho_mini
BRIEF := prompts/ptycho_mini_persistence.md

.PHONY: demo sample test docs package lint types contracts coverage format clean python-version

demo: $(VENV)/.demo
	$(BIN)/python -m tracer run $(BRIEF) --root $(TARGET) --out $(OUT) --force \
	    --python $(BIN)/python --workload scripts/mock_train.py
	$(BIN)/python -m tracer verify $(OUT) --root $(TARGET)
	@echo
	@echo "A hand-written summary with planted errors; exit status 1 is what it deserves:"
	$(BIN)/python examples/check_hand_written.py
	@echo
	@printf 'The page: '
	@$(BIN)/python -m tracer view $(OUT) --print

sample: $(VENV)/.demo
	$(BIN)/python -m tracer run $(BRIEF) --root $(TARGET) --out reports/ptycho_mini --flat --force \
	    --python $(BIN)/python --workload scripts/mock_train.py --accelerator off

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n auto $(PYTEST_ARGS)

package: $(VENV)/.dev
	TRACER_TEST_PACKAGING=1 $(BIN)/python -m pytest -q tests/packaging/test_wheel.py

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

contracts: $(VENV)/.dev
	$(BIN)/lint-imports

# Strict: a dead link, a page that is not in the navigation or a load from the network ends it.
docs: $(VENV)/.dev
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet
	@echo "The site: out/site/index.html"

coverage: $(VENV)/.dev
	$(BIN)/python -m pytest -n auto --cov --cov-report=term $(PYTEST_ARGS)

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) out .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

python-version:
	@$(PYTHON) -c 'import sys; v = "%d.%d" % sys.version_info[:2]; \
	sys.exit(None if sys.version_info >= (3, 11) else \
	"make: $(PYTHON) is Python " + v + ", expected 3.11 or later; choose one with PYTHON=/path/to/python")'

$(BIN)/python: | python-version
	$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[demo]'
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@ $(VENV)/.demo
