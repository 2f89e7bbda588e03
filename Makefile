# Slipway's own tasks; `make` lists them. Works with GNU make 3.81. Everything is installed in .venv.

PYTHON ?= python3
BIN := .venv/bin
# More arguments for pytest: make test TESTS='-k update -x'
TESTS ?=
COMPILE := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-header
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes

.DEFAULT_GOAL := help
.PHONY: help demo test test-fast test-cluster test-engine lint fmt docs lock upgrade bench bench-images clean

help: ## List the tasks
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  \033[36m%-12s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: .venv/.generate ## Generate build/demo with every default
	@$(BIN)/python scripts/demo.py build/demo

test: test-fast test-cluster test-engine ## Run all tests

# They write many small files: into memory, where there is enough of it.
SHM := $(shell [ "$$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 {print $$4}')" -gt 2000000 ] 2>/dev/null && echo /dev/shm)

test-fast: .venv/.develop ## Run the tests that need no container engine
	@$(if $(SHM),TMPDIR=$(SHM)) $(BIN)/python -m pytest -n auto --dist worksteal --ignore tests/cluster --ignore tests/engine $(TESTS)

test-cluster: .venv/.develop .venv/.cluster ## Run the tests that need a Kubernetes API server
	@$(BIN)/python -m pytest tests/cluster $(TESTS)

# One after the other: they build images and measure time.
test-engine: .venv/.develop ## Run the tests that need a container engine
	@$(if $(wildcard tests/engine/test_*.py),$(BIN)/python -m pytest tests/engine $(TESTS),:)

lint: .venv/.develop ## Check this repository's own files
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/yamllint --strict .
	@$(BIN)/shellcheck .ci/run
	@$(BIN)/python scripts/schema.py --check
	@$(BIN)/python scripts/questionnaire.py --check
	@if [ -d .github ]; then $(BIN)/zizmor --quiet --offline --persona pedantic .github; fi
	@if [ -d .github ] && [ -x $(BIN)/actionlint ]; then $(BIN)/actionlint; fi

fmt: .venv/.develop ## Format this repository's Python
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format .

docs: .venv/.develop ## Write what is derived from the model: answers.schema.json and questionnaire.md
	@$(BIN)/python scripts/schema.py
	@$(BIN)/python scripts/questionnaire.py

lock: .venv/.develop ## Lock what pyproject.toml asks for; what is locked stays as it is
	@$(COMPILE) -o requirements.txt
	@$(COMPILE) --group dev --constraints requirements.txt -o requirements-dev.txt
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python scripts/lock_python.py
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python scripts/lock_tools.py
	@if command -v npm >/dev/null; then $(BIN)/python scripts/lock_node.py; fi
	@if command -v go >/dev/null; then $(BIN)/python scripts/lock_go.py; fi
	@if command -v cargo >/dev/null; then $(BIN)/python scripts/lock_rust.py; fi

upgrade: .venv/.develop ## Lock the newest versions
	@$(COMPILE) --upgrade -o requirements.txt
	@$(COMPILE) --upgrade --group dev --constraints requirements.txt -o requirements-dev.txt
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python scripts/lock_python.py --upgrade
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python scripts/lock_tools.py --upgrade
	@if command -v npm >/dev/null; then $(BIN)/python scripts/lock_node.py --upgrade; fi
	@if command -v go >/dev/null; then $(BIN)/python scripts/lock_go.py --upgrade; fi
	@if command -v cargo >/dev/null; then $(BIN)/python scripts/lock_rust.py --upgrade; fi

bench: .venv/.develop ## Measure copies and updates of 1 to 200 services
	@$(BIN)/python benchmarks/render.py

bench-images: .venv/.develop ## Measure builds and sizes of the image of every kind
	@$(BIN)/python benchmarks/images.py

clean: ## Remove everything that these tasks have made
	@rm -rf .venv build .hypothesis .mypy_cache .pytest_cache .ruff_cache

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Slipway needs Python 3.11 or newer; say which with: make PYTHON=python3.13" >&2; exit 1; }
	@$(PYTHON) -m venv .venv

# What generating needs
.venv/.generate: requirements.txt | .venv/bin/python
	@$(PIP) -r requirements.txt
	@touch $@

# … and what developing needs. actionlint is no Python package: it is built where Go is there.
.venv/.develop: requirements-dev.txt tools/go.mod | .venv/bin/python
	@$(PIP) -r requirements-dev.txt
	@if command -v go >/dev/null; then cd tools && go build -o ../$(BIN)/ tool; fi || true
	@touch $@

# A control plane of Kubernetes: the first build takes some minutes. Tests say what is missing where it cannot be built.
.venv/.cluster: tools/cluster/go.mod | .venv/bin/python
	@if command -v go >/dev/null; then echo "Building a Kubernetes control plane for the tests"; \
		cd tools/cluster && go build -ldflags="-s -w" -o ../../$(BIN)/ tool && mv ../../$(BIN)/server ../../$(BIN)/etcd && touch ../../$@; \
	fi || echo "It could not be built: the tests that need it are skipped" >&2
