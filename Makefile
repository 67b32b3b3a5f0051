# make run: install once, build the data once, serve. make test: install once, every check.
PYTHON ?= python3
PORT ?= 8501
# Tests wait for browsers and servers: one process more than a small machine has cores keeps these busy.
WORKERS ?= 3
DATA ?= data
VENV := .venv
BIN := $(VENV)/bin
export CLUSTERDASH_DATA := $(abspath $(DATA))

.PHONY: run test test-fast test-browser coverage check format bench clean
.DELETE_ON_ERROR:

run: $(VENV)/.installed
	$(BIN)/python -m clusterdash prepare --data "$(CLUSTERDASH_DATA)"
	$(BIN)/streamlit run app.py --server.port $(PORT)

test: check
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal

test-fast: $(VENV)/.installed-dev ## what takes no browser and no long time: below a minute
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal -m "not browser and not slow" --hypothesis-profile fast

test-browser: $(VENV)/.installed-dev ## what Chromium shows
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal -m browser

# Apart from `make test`: tracing every line makes tests slower.
coverage: $(VENV)/.installed-dev ## all tests once more, and which lines and branches they run, with a floor
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal --cov --cov-report term:skip-covered

check: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.installed-dev
	$(BIN)/python -m bench.pages

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "clusterdash needs Python 3.11 or newer; name one with: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { rm -rf $(VENV); echo "Python's venv module is missing; on Debian and Ubuntu: apt install python3-venv"; exit 1; }

# The stamps make the second start install nothing.
$(VENV)/.installed: requirements.txt constraints.txt | $(VENV)/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
