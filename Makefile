# Needs Python >= 3.11 and make; uv is used when it is there. All else goes into .venv.
.DEFAULT_GOAL := help
.PHONY: help setup book test serve watch lint lock bench clean
.DELETE_ON_ERROR:

BIN := .venv/bin
STAMP := .venv/.stamp
NBSTRIPOUT := $(BIN)/nbstripout --keep-id --extra-keys "metadata.papermill cell.metadata.papermill metadata.language_info.version"
UV := $(shell command -v uv 2>/dev/null)
CANDIDATES := $(or $(PYTHON),python3.12 python3.13 python3.11 python3 python3.14 python)

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

setup: $(STAMP) ## make .venv exactly as locked (PYTHON=... names the interpreter)

# A version manager leaves commands on PATH that only print an error, so each candidate has to run.
# The lock is installed with hashes; the package itself has none and needs none: it is this checkout.
$(STAMP): requirements.lock pyproject.toml
	@if ! $(BIN)/python -c 'import sys, $(if $(UV),venv,pip); sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
	    for python in $(CANDIDATES); do \
	        if $$python -c 'import sys, $(if $(UV),venv,ensurepip); sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then found=$$python; break; fi; \
	    done; \
	    if [ -z "$$found" ]; then \
	        echo "Gegenprobe needs Python 3.11 or newer with its venv module; tried: $(CANDIDATES). Debian, Ubuntu: apt install python3-venv; elsewhere: make PYTHON=path/to/python3" >&2; exit 1; \
	    fi; \
	    echo "Setting up .venv with $$($$found --version)"; \
	    rm -rf .venv && $(if $(UV),"$(UV)" venv --quiet --python "$$(command -v $$found)" .venv,$$found -m venv .venv); \
	fi
	@echo "Installing the locked packages"
ifneq ($(UV),)
	@"$(UV)" pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	@"$(UV)" pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
else
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
endif
	@touch $@

book: $(STAMP) ## set up and build the book; the last line says where to open it
	@$(BIN)/gegenprobe build $(ARGS)

test: $(STAMP) ## set up and run every test (ARGS="-k name" is passed on)
	@$(BIN)/python -m pytest $(ARGS)

serve: $(STAMP) ## show the built book on localhost
	@$(BIN)/gegenprobe serve $(ARGS)

watch: $(STAMP) ## show the book, and build it again whenever a file was saved
	@$(BIN)/gegenprobe watch $(ARGS)

lint: $(STAMP) ## check style, notebooks and workflows without changing a file
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@if ls notebooks/*.ipynb >/dev/null 2>&1; then $(NBSTRIPOUT) --verify notebooks/*.ipynb; fi
	@if [ -d .github/workflows ]; then $(BIN)/zizmor --offline --quiet .github/workflows; fi

# Universal, so that one file serves Linux, macOS and Windows; no index, so that it serves behind any mirror.
lock: ## resolve pyproject.toml again (needs uv; ARGS=--upgrade takes the newest versions)
	@UV_CUSTOM_COMPILE_COMMAND="make lock" uv pip compile --quiet --universal --python-version 3.11 --all-extras --group build \
	    --generate-hashes --no-emit-index-url --no-emit-find-links $(ARGS) --output-file requirements.lock pyproject.toml
	@{ sed '/# locked:/q' environment.yml; sed -nE 's/^([a-z0-9].*[^ ]) *\\$$/      - "\1"/p' requirements.lock; } > environment.yml.new
	@mv environment.yml.new environment.yml

bench: $(STAMP) ## measure the build beside four others; takes some minutes
	@$(BIN)/python benchmarks/build.py
	@$(BIN)/python benchmarks/report.py

clean: ## remove the built book and all caches (.venv stays)
	rm -rf _build book/_build book/chapters book/generated .doit* .pytest_cache .ruff_cache .hypothesis
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
