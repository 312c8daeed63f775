# make reproduce and make test do all of the set-up. PROFILE=quick|default|full, JOBS=number of processes.
PYTHON ?= python3
PROFILE ?= default
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
OUT ?= reports/build
BIN := .venv/bin

# one thread per process: results do not depend on the machine's cores, and processes do not fight
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1
export MKL_NUM_THREADS := 1

.PHONY: reproduce test setup lint check golden report bench calibrate worst-cases power clean help

reproduce: setup  ## run every claim and foil, write and name the report
	@if [ $(PROFILE) != quick ] && [ ! -f $(OUT)/calibration.json ]; then $(BIN)/ratecheck calibrate --out $(OUT) | tail -n 1; fi
	@status=0; if [ $(PROFILE) != quick ]; then $(BIN)/ratecheck bench --out $(OUT) || status=$$?; \
	$(BIN)/ratecheck worst-case --out $(OUT) || status=$$?; fi; \
	$(BIN)/ratecheck run --profile $(PROFILE) --jobs $(JOBS) --out $(OUT) || status=$$?; \
	$(BIN)/ratecheck report --out $(OUT) && exit $$status

test: setup  ## every claim, foil, problem, algorithm and quantifier
	$(BIN)/python -m pytest -q -n $(JOBS)

setup: .venv/.complete  ## the environment in .venv

.venv/.complete: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

lint: setup  ## ruff, mypy --strict, import-linter
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test  ## what must be green before a commit lands (test compares with the golden verdicts)

golden: setup  ## rewrite reports/golden from a fresh run; the diff is read in review
	$(BIN)/ratecheck run --jobs $(JOBS) --out $(OUT); $(BIN)/ratecheck golden --out $(OUT)

report: setup  ## HTML and PDF from the stored verdicts
	$(BIN)/ratecheck report --out $(OUT)

bench: setup  ## comparisons and the figures of the papers
	$(BIN)/ratecheck bench --out $(OUT)

calibrate: setup  ## false alarms and power of the quantifiers on simulated truth and lies
	$(BIN)/ratecheck calibrate --out $(OUT)

worst-cases: setup  ## the worst case of claims over whole classes, by semidefinite programs, and its proof
	$(BIN)/ratecheck worst-case --out $(OUT)

power: setup  ## the kill matrix: mutants of algorithms and bounds against the teeth of every claim
	$(BIN)/ratecheck power --jobs $(JOBS) --out $(OUT)

clean:  ## remove the environment and everything built
	rm -rf .venv reports/build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

help:  ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12
