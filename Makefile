# make run: install once, build the data once, serve. make test: install once, every check. make help: all targets.
PYTHON ?= python3
PORT ?= 8501
# Tests wait for browsers and servers: one process more than a small machine has cores keeps these busy.
WORKERS ?= 3
DATA ?= data
VENV := .venv
BIN := $(VENV)/bin
export CLUSTERDASH_DATA := $(abspath $(DATA))
# Else each server and command that a test starts compiles the whole program anew: a third of the time that it takes.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test test-fast test-browser coverage check format bench lock docs wheel clean try-cluster try-national
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | sort | expand -t 16

run: $(VENV)/.installed ## install once, build the data once, serve at http://localhost:$(PORT)
	$(BIN)/python -m clusterdash prepare --data "$(CLUSTERDASH_DATA)"
	$(BIN)/streamlit run app.py --server.port $(PORT)

test: check ## all checks and all tests
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal

test-fast: $(VENV)/.installed-dev ## what takes no browser and no long time: below a minute
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal -m "not browser and not slow" --hypothesis-profile fast

test-browser: $(VENV)/.installed-dev ## what Chromium shows
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal -m browser

# Apart from `make test`: tracing every line makes tests slower.
coverage: $(VENV)/.installed-dev ## all tests once more, and which lines and branches they run, with a floor
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal --cov --cov-report term:skip-covered

check: $(VENV)/.installed-dev ## style, types, spelling
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/codespell

format: $(VENV)/.installed-dev ## put the style right
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.installed-dev ## how fast pages are, on the server, in a browser, and for many at once (30 minutes)
	$(BIN)/python -m bench.pages
	$(BIN)/python -m bench.publishing
	$(BIN)/python -m bench.loading
	$(BIN)/python -m bench.load
	$(BIN)/python -m bench.load --arrivals 1300

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "clusterdash needs Python 3.11 or newer; name one with: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { rm -rf $(VENV); echo "Python's venv module is missing; on Debian and Ubuntu: apt install python3-venv"; exit 1; }

# The stamps make the second start install nothing.
$(VENV)/.installed: requirements.txt | $(VENV)/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	touch $@

docs: $(VENV)/.installed-dev ## write docs/formats.md and docs/schemas/ from the accepted tables
	$(BIN)/python -m clusterdash schemas -o docs/schemas --markdown docs/formats.md

try-cluster: $(VENV)/.installed-dev ## two servers, PostgreSQL, S3, a login and nginx on this machine, to try; Ctrl-C ends all
	$(BIN)/python -m tests.support.installation

NATIONAL := .national
try-national: $(VENV)/.installed ## 60 invented clusters against the reference pack of 1,300 others, at http://localhost:$(PORT)
	rm -rf $(NATIONAL) && mkdir $(NATIONAL)
	$(BIN)/python -m clusterdash sample --out $(NATIONAL)/europe-files --data $(NATIONAL)/europe
	$(BIN)/python -m clusterdash import $(NATIONAL)/europe-files --data $(NATIONAL)/europe
	$(BIN)/python -m clusterdash references key --out $(NATIONAL)/key.pem --data $(NATIONAL)/europe
	$(BIN)/python -m clusterdash export --references --publisher "Demo Europe" --key $(NATIONAL)/key.pem --out $(NATIONAL)/pack.zip --data $(NATIONAL)/europe
	$(BIN)/python -m clusterdash sample --clusters 60 --seed 2 --out $(NATIONAL)/files --data $(NATIONAL)/data
	$(BIN)/python -m clusterdash import $(NATIONAL)/files $(NATIONAL)/pack.zip --data $(NATIONAL)/data
	CLUSTERDASH_DATA=$(NATIONAL)/data $(BIN)/streamlit run app.py --server.port $(PORT)

wheel: $(VENV)/.installed-dev ## build the package into dist/
	$(BIN)/python -m build --wheel --no-isolation --outdir dist

# Pins that are there stay unless pyproject.toml says otherwise; LOCK=--upgrade takes the newest of what ours need in turn.
LOCK ?=
# Without the extras in the pins, pip takes coverage[toml] for another, unpinned requirement once a newer coverage is out.
COMPILE = $(BIN)/uv pip compile --quiet --universal --no-strip-extras --generate-hashes --no-emit-index-url --annotation-style line \
  --custom-compile-command "make lock" $(LOCK)
lock: $(VENV)/.installed-dev ## compile pyproject.toml into the pinned requirements, with hashes
	$(COMPILE) pyproject.toml -o requirements.txt
	$(COMPILE) --group dev -c requirements.txt -o requirements-dev.txt
	$(COMPILE) --group build -c requirements-dev.txt -o requirements-build.txt

clean: ## remove the environment and all caches, never the data
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis dist
