#!/usr/bin/env bash
# Writes docs/results/*.json: retrieval quality on the shared evaluation sets and on the handbook.
set -euo pipefail
data=${DATA:-../shared/data/eval}
rag=.venv/bin/rag
mkdir -p docs/results
$rag eval eval/questions/handbook --docs docs/handbook --out docs/results/handbook.json
if [ ! -d "$data" ]; then
  echo "no shared data at $data: only the handbook was evaluated"
  exit 0
fi
$rag eval "$data/scifact" --out docs/results/scifact.json
$rag eval "$data/cmrc2018_dev" --with "$data/zh_news_distractors" \
  --out docs/results/cmrc2018_dev_pooled.json
.venv/bin/python benchmarks/analyzer_choices.py "$data" docs/results/analyzer_choices.json
.venv/bin/python benchmarks/chunk_size.py "$data" docs/results/chunk_size.json
