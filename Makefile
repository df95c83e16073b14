# Two commands are enough on a bare machine with Python 3.11: `make demo` and `make test`.
# `make help` lists the others.

SHELL := bash
.SHELLFLAGS := -eu -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
SAMPLE := corpus/sample
LIBRARY ?= $(SAMPLE)
# The sample has a store of its own, so that trying it never mixes it into a user's library.
STORE ?= $(if $(filter $(SAMPLE) $(SAMPLE)/,$(LIBRARY)),var/demo,var/ibid)
CASES ?= eval/cases/sample.jsonl

export PYTHON TORCH_INDEX
# Nothing is fetched from the hub behind the user's back: the default model comes with a package.
export HF_HUB_OFFLINE ?= 1

.PHONY: help
help: ## list these commands
	@echo "make COMMAND [LIBRARY=folder of books] [STORE=folder of the index]"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: ## install everything, index the sample library, ask it three questions
	@STEPS=5 bash scripts/set_up.sh use
	@bash scripts/demo.sh "$(LIBRARY)" "$(STORE)"

.PHONY: test
test: set-up-dev check ## install everything, check style, types and layers, run the tests
	$(BIN)/pytest -n 2

.PHONY: test-model
test-model: set-up-dev ## run the tests that load the real model (minutes, not seconds)
	$(BIN)/pytest -m model

.PHONY: check
check: set-up-dev ## check style, types and layers without running a test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

.PHONY: format
format: set-up-dev ## put the code in the project's format
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

.PHONY: library
library: set-up ## index LIBRARY into STORE; what is there already is kept
	@$(BIN)/ibid index "$(LIBRARY)" --store "$(STORE)"

.PHONY: serve
serve: library ## answer over HTTP, on 127.0.0.1:8000
	@$(BIN)/ibid serve --store "$(STORE)"

.PHONY: eval
eval: library ## measure the answers on CASES
	@$(BIN)/ibid eval "$(CASES)" --store "$(STORE)" --library "$(LIBRARY)"

.PHONY: set-up
set-up: ## install what is needed to use Ibid into .venv
	@bash scripts/set_up.sh use

.PHONY: set-up-dev
set-up-dev: ## install what is needed to work on Ibid into .venv
	@bash scripts/set_up.sh dev

.PHONY: pins
pins: set-up-dev ## write constraints.txt from what is installed
	@$(BIN)/python scripts/pin.py constraints.txt

.PHONY: readme
readme: set-up ## ask the README's question again and write its answer down
	@$(BIN)/ibid index $(SAMPLE) --store var/demo
	@$(BIN)/python scripts/readme.py var/demo

.PHONY: clean
clean: ## remove the virtual environment, the demonstration and all caches
	rm -rf .venv var/demo build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
