"""Runs a chunking sweep: each configuration is indexed, searched and compared."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Final, Protocol, TypeAlias

from app.domain.documents import Scalar
from eval.errors import InvalidRun
from eval.retrieval.table import DEFAULT_RESAMPLING, Resampling
from eval.spans.configuration import Configuration
from eval.spans.judgments import judge_chunks
from eval.spans.measures.precision_omega import precision_omega
from eval.spans.measures.region import Passage
from eval.spans.scoring import at_budget, score_ranking
from eval.spans.span_dataset import SpanDataset
from eval.spans.sweep_report import ConfigurationResult, StageResult, SweepComparison, SweepReport
from eval.statistics.holm import holm
from eval.statistics.significance import bootstrap_interval, paired_test

DEFAULT_BUDGETS: Final = (1_000, 500, 2_000)
"""Context sizes in tokens. The first decides; the others show whether the result depends on it."""
DEFAULT_KS: Final = (1, 5, 10)
"""Numbers of chunks."""

Progress: TypeAlias = Callable[[Configuration, int, int], None]
"""``progress(configuration, questions asked, questions)``."""
_Scores: TypeAlias = Mapping[str, Mapping[str, Sequence[float]]]
"""Stage → measure label → one score per question, in the order of the dataset."""


class ChunkSearch(Protocol):
    """A searchable collection that exposes every stage."""

    @property
    def chunks(self) -> Mapping[str, Passage]:
        """All chunks by id. Tokens are counted the same way in all collections of a sweep."""

    @property
    def digest(self) -> str:
        """Collections with equal digests hold the same passages with the same embeddings."""

    def search(self, query: str) -> Mapping[str, Sequence[str]]:
        """Stage (``bm25``, ``embedding``, ``ensemble``, …) → chunk ids, best first."""


Prepare: TypeAlias = Callable[[Configuration], ChunkSearch]
"""Indexes the documents of the dataset as configured, or returns the existing index."""


@dataclass(frozen=True, slots=True)
class _Measured:
    result: ConfigurationResult
    scores: _Scores


def sweep(
    dataset: SpanDataset,
    configurations: Sequence[Configuration],
    prepare: Prepare,
    *,
    baseline: Configuration,
    budgets_tokens: Sequence[int] = DEFAULT_BUDGETS,
    ks: Sequence[int] = DEFAULT_KS,
    resampling: Resampling = DEFAULT_RESAMPLING,
    provenance: Mapping[str, Scalar],
    progress: Progress = lambda _configuration, _done, _total: None,
) -> SweepReport:
    """Measures every configuration and compares it with ``baseline``, which need not be listed.

    The comparison is by span recall within each of ``budgets_tokens``, and the first one decides:
    the share of the answer text that a context of so many tokens contains, so large chunks do not
    gain by being large.

    Raises:
        InvalidRun: a search returns other stages than the first one, or a chunk that is not there.
        ValueError: no budget is given.
    """
    if not budgets_tokens:
        raise ValueError("a sweep compares at a budget; name one")
    started = time.perf_counter()
    compared_on = [at_budget("span_recall", tokens) for tokens in dict.fromkeys(budgets_tokens)]
    decided_on = compared_on[0]
    measured: list[_Measured] = []
    labels: dict[str, str] = {}
    alike: dict[str, str] = {}
    for configuration in dict.fromkeys([baseline, *configurations]):
        ready = prepare(configuration)
        if ready.digest in labels:
            alike[_named(configuration)] = labels[ready.digest]
            continue
        labels[ready.digest] = _named(configuration)
        scores = _ask(dataset, configuration, ready, budgets_tokens, ks, progress)
        if measured and scores.keys() != measured[0].scores.keys():
            raise InvalidRun(
                f"{configuration.label} has the stages {', '.join(scores)}; "
                f"{baseline.label} has {', '.join(measured[0].scores)}"
            )
        result = _result(dataset, configuration, ready, scores, decided_on, resampling)
        measured.append(_Measured(result, scores))
    return SweepReport(
        dataset=dataset.name,
        dataset_hash=dataset.hash,
        documents=len(dataset.documents),
        questions=len(dataset.questions),
        left_out=len(dataset.left_out),
        decided_on=decided_on,
        budgets_tokens=tuple(budgets_tokens),
        baseline=baseline,
        resampling=resampling,
        results=tuple(each.result for each in measured),
        comparisons=_compare(measured, compared_on, resampling),
        alike=alike,
        provenance=provenance,
        seconds=time.perf_counter() - started,
    )


def _named(configuration: Configuration) -> str:
    return f"{configuration.label} {configuration.embedder}"


def _ask(
    dataset: SpanDataset,
    configuration: Configuration,
    ready: ChunkSearch,
    budgets_tokens: Sequence[int],
    ks: Sequence[int],
    progress: Progress,
) -> _Scores:
    scores: dict[str, dict[str, list[float]]] = {}
    chunks = ready.chunks
    for done, question in enumerate(dataset.questions, start=1):
        stages = ready.search(question.text)
        if scores and stages.keys() != scores.keys():
            raise InvalidRun(
                f'question "{question.id}" has the stages {", ".join(stages)}; '
                f"those before it had {', '.join(scores)}"
            )
        judgments = judge_chunks(chunks, question.references)
        for stage, ranking in stages.items():
            if unknown := [chunk_id for chunk_id in ranking if chunk_id not in chunks]:
                raise InvalidRun(f'{stage} found chunk "{unknown[0]}", which is not there')
            found = score_ranking(
                ranking,
                chunks,
                question.references,
                judgments,
                budgets_tokens=budgets_tokens,
                ks=ks,
            )
            for label, score in found.items():
                scores.setdefault(stage, {}).setdefault(label, []).append(score)
        progress(configuration, done, len(dataset.questions))
    return scores


def _result(
    dataset: SpanDataset,
    configuration: Configuration,
    ready: ChunkSearch,
    scores: _Scores,
    decided_on: str,
    resampling: Resampling,
) -> ConfigurationResult:
    passages = list(ready.chunks.values())
    return ConfigurationResult(
        configuration=configuration,
        chunks=len(passages),
        mean_tokens=fmean(passage.tokens for passage in passages),
        precision_omega=fmean(
            precision_omega(passages, question.references) for question in dataset.questions
        ),
        stages=tuple(
            StageResult(
                stage=stage,
                means={label: fmean(values) for label, values in measures.items()},
                interval=bootstrap_interval(
                    measures[decided_on],
                    level=resampling.level,
                    resamples=resampling.resamples,
                    seed=resampling.seed,
                ),
            )
            for stage, measures in scores.items()
        ),
    )


def _compare(
    measured: Sequence[_Measured], measures: Sequence[str], resampling: Resampling
) -> tuple[SweepComparison, ...]:
    """Compares every configuration with the first on every measure; a stage is a test family."""
    first, *others = measured
    comparisons: list[SweepComparison] = []
    for stage, base in first.scores.items():
        pairs = [
            (other.result.configuration, measure, other.scores[stage][measure], base[measure])
            for other in others
            for measure in measures
        ]
        tests = [
            paired_test(
                scores,
                baseline,
                level=resampling.level,
                resamples=resampling.resamples,
                seed=resampling.seed,
            )
            for _, _, scores, baseline in pairs
        ]
        corrected = holm([test.p_randomisation for test in tests])
        comparisons += [
            SweepComparison(
                configuration=configuration,
                stage=stage,
                measure=measure,
                test=test,
                p_corrected=p_corrected,
                won=sum(a > b for a, b in zip(scores, baseline, strict=True)),
                lost=sum(a < b for a, b in zip(scores, baseline, strict=True)),
            )
            for (configuration, measure, scores, baseline), test, p_corrected in zip(
                pairs, tests, corrected, strict=True
            )
        ]
    return tuple(comparisons)
