# `make demo` and `make test` each do all their own set-up; a second run re-uses it.
.DEFAULT_GOAL := help
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin

.PHONY: help setup demo test test-one fast campaign cluster cluster-test lint types lock judge clean

help:  ## Show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: .venv/.ready  ## Create .venv with the locked versions of everything, Airflow too

# twice the lock: pip holds only constraints against a package that another asks for with extras
.venv/.ready: requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Dateline needs Python 3.11, 3.12 or 3.13 with venv and pip (Debian: apt install python3-venv), or make PYTHON=/path/to/python"; exit 1; }
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.lock -c requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: .venv/.ready  ## Run the bundled sample newsroom through Airflow into demo/dateline.duckdb; WEB=1 serves its site then
	@$(BIN)/dateline demo $(if $(WEB),--web)

test: .venv/.ready  ## Run the tests
	@$(BIN)/python -m pytest

test-one: .venv/.ready  ## Run some tests in one process: T=tests/test_rooms.py, or T="-k places"
	@test -n "$(T)" || { echo 'Which? make test-one T=tests/test_rooms.py'; exit 1; }
	@$(BIN)/python -m pytest -n 0 $(T)

fast: .venv/.ready  ## Run the tests without those of Airflow and the slow ones
	@$(BIN)/python -m pytest -m "not airflow and not slow and not campaign and not cluster"

campaign: .venv/.ready  ## Run the campaigns: seeded kills, hostile servers, poisoned items, ten times the examples (minutes)
	@$(BIN)/python -m pytest --hypothesis-profile=campaign -m "campaign or hypothesis"

cluster: .venv/.ready  ## Start a cluster for trials on this machine in build/cluster (docs/cluster.md)
	@$(BIN)/python -m scripts.cluster build/cluster

cluster-test: .venv/.ready  ## Test a whole cluster: real PostgreSQL, Redis, object store and workers (minutes)
	@$(BIN)/python -m pytest -n 0 -m cluster tests/cluster

lint: .venv/.ready  ## Check the style
	$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: .venv/.ready  ## Check the types
	$(BIN)/mypy

lock:  ## Resolve requirements.lock again (needs uv)
	uv pip compile --universal --python-version 3.11 --extra airflow --extra cluster --extra dev --no-emit-index-url --no-emit-find-links --no-annotate --generate-hashes --upgrade pyproject.toml -o requirements.lock

TRAIN = PYTHONPATH=.:$$(cat build/training/dateline.path) build/training/bin/python -m training

judge: .venv/.ready  ## Train models/judge again: SETS="train.jsonl" RAW=raw.jsonl.gz DEV=dev.jsonl (see training/README.md)
	test -n "$(SETS)" && test -f "$(RAW)" && test -f "$(DEV)"
	$(BIN)/python -m venv --system-site-packages build/training
	$(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))' > build/training/dateline.path
	build/training/bin/pip install --quiet -r training/requirements.txt
	$(TRAIN).judge $(SETS) --dev $(DEV) --epochs 4 --rate 1e-4 --weights build/judge1.pt
	$(TRAIN).judge $(SETS) --raw $(RAW) --dev $(DEV) --start build/judge1.pt --epochs 3 --rate 7e-5 --weights build/judge2.pt
	$(TRAIN).judge $(SETS) --dev $(DEV) --trap-times 4 --start build/judge2.pt --epochs 1 --rate 5e-5 --weights build/judge.pt --out models/judge
	$(TRAIN).pairs $(SETS) --dev $(DEV) --weights build/judge.pt --out models/judge/pairs.npz
	$(TRAIN).news_gate $(SETS) --raw $(RAW) --weights build/judge.pt --out models/judge/gate.npz

clean:  ## Remove what a build or a demo made
	rm -rf .venv demo build dist .pytest_cache .mypy_cache .ruff_cache
