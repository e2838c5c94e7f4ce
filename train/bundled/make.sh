#!/usr/bin/env bash
# Trains the bundled reranker and packs it, with its card, below app/models/weights; then learns how
# far it is to be trusted. Data: the training pairs and evaluation sets beside the checkout.
set -euo pipefail
train=${TRAIN:-../shared/data/train}
data=${DATA:-../shared/data/eval}
work=${WORK:-.reranker}
rag=.venv/bin/rag
mkdir -p "$work"
.venv/bin/python -m train.bundled.pairs "$train" "$work/pairs.jsonl"
$rag train reranker "$work/pairs.jsonl" --base bundled:multilingual-e5-small --layers 4 \
  --out "$work/run" --set head=interaction --set questions=2400 --set negatives=3 \
  --set passage_tokens=96 --set learning_rate=7e-5 --set held_out_most=100 --set checks=1 \
  --licence Apache-2.0 --licences train/bundled/licences.json
.venv/bin/python -m train.bundled.pack "$work/run/model" app/models/weights/attest-reranker-mini
$rag models install attest-reranker-mini
ATTEST_MODELS__RERANKER=bundled:attest-reranker-mini $rag train combination "$data"/{codebase_qa,clapnq_dev,covidqa,cmrc2018_dev} \
  --limit 300 --out app/retrieval/combination.json
