"""``rag train evidence``: fits the weights of statement features to judged questions."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from rich.console import Console

from app.access.principal import LOCAL
from app.answering.answerer import Answerer
from app.answering.evidence.judgement import Weights
from app.domain.statements import Statement
from app.durability.files import write_text
from app.requests import AnswerRequest
from app.settings import Settings
from eval.answers.measures.containment import contains_answer
from eval.answers.measures.tokens import answer_tokens
from eval.answers.outcomes.matching import fold, holds
from eval.commands.provenance import provenance
from eval.commands.target import Questions, application, prepare
from eval.datasets.dataset import Dataset, EvalQuery
from eval.json_files import dump_json
from train.statement_weights import (
    LearnedEvidence,
    StatementExample,
    learn_evidence,
    learn_selection,
    weights_as_json,
    without_reader,
)

ALL = 500
"""Most statements of a question to which the selection is fitted."""
LEAST_TOKENS = 4
PART = 0.6
"""A statement answers if this share of its tokens occurs in a long gold answer."""
SEED = 5
UNSEEN = "unseen"
"""The half of a set that nothing may be fitted to."""


@dataclass(frozen=True, slots=True)
class JudgedSet:
    """A folder of judged questions, the folder of their documents, and a sample size per kind.

    ``documents`` is ``None`` where the folder has a corpus; ``sample_size`` is ``None`` for all
    questions.
    """

    folder: Path
    documents: Path | None = None
    sample_size: int | None = None


def read_judged_set(text: str) -> JudgedSet:
    """Parses ``FOLDER``, ``FOLDER@DOCS``, ``FOLDER:100`` or ``FOLDER@DOCS:100``."""
    rest, colon, sample_size = text.rpartition(":")
    named, limit = (rest, int(sample_size)) if colon and sample_size.isdecimal() else (text, None)
    folder, _, documents = named.partition("@")
    return JudgedSet(Path(folder), Path(documents) if documents else None, limit)


def run_evidence(
    datasets: Sequence[JudgedSet],
    *,
    settings: Settings,
    out: Path,
    console: Console,
    keep_selection: bool = False,
) -> LearnedEvidence:
    """Fits weights for the configured embedder and reader, and writes them with their scores.

    Args:
        datasets: Judged questions. Those of the half called unseen are skipped.
        settings: Name the models; without a reader, only the weights without one are fitted.
        out: JSON file for the weights.
        console: Shows results and progress.
        keep_selection: Keep the current selection of statements. This saves most of the time,
            because fitting it embeds all statements.

    Raises:
        EvaluationError: a dataset can't be read.
    """
    selection = None if keep_selection else _selection(datasets, settings, console)
    sets: dict[str, list[StatementExample]] = {}
    for judged_set in datasets:
        asked = _examine_set(judged_set, settings, console, reads=True, selection=selection)
        sets[asked.name] = asked.rows
    known = json.loads(out.read_text(encoding="utf-8")) if out.exists() else {}
    if selection is not None or "selection" not in known:
        known["selection"] = weights_as_json(asked.selection)
    kinds = {"without_reader": {name: [without_reader(row) for row in sets[name]] for name in sets}}
    if asked.reads:
        kinds["with_reader"] = sets
    for kind, rows in kinds.items():
        learned = learn_evidence(rows, terms=asked.terms)
        _print_scores(kind, learned, console)
        tests = {name: asdict(tested) for name, tested in learned.tested.items()}
        known[kind] = learned.as_json() | {"tested": tests, "provenance": asked.facts}
    write_text(out, dump_json(known))
    console.print(f"written: {out}")
    return learned


def _selection(datasets: Sequence[JudgedSet], settings: Settings, console: Console) -> Weights:
    """Fits the selection of statements, from all statements of each question."""
    wide = settings.model_copy(
        update={"answer": settings.answer.model_copy(update={"scored_sentences": ALL})}
    )
    asked = (_examine_set(judged_set, wide, console, reads=False) for judged_set in datasets)
    return learn_selection([row for of_set in asked for row in of_set.rows])


def _print_scores(kind: str, learned: LearnedEvidence, console: Console) -> None:
    for name, tested in learned.tested.items():
        refused = "" if tested.refused is None else f", unanswerable refused {tested.refused:.3f}"
        console.print(
            f"{kind.replace('_', ' ')}, {name}: first right {tested.first:.3f}; at "
            f"{tested.threshold:.2f} right {tested.right:.3f}, wrong {tested.wrong:.3f}{refused}"
        )


@dataclass(frozen=True, slots=True)
class _ExaminedSet:
    """The judged statements of one set, and how they were obtained."""

    name: str
    reads: bool
    rows: list[StatementExample]
    selection: Weights
    terms: Callable[[str], list[str]]
    facts: Mapping[str, object]


def _examine_set(
    judged_set: JudgedSet,
    settings: Settings,
    console: Console,
    *,
    reads: bool,
    selection: Weights | None = None,
) -> _ExaminedSet:
    """Examines the statements of a set, with the reader or without it."""
    questions = Questions(judged_set.folder, documents=judged_set.documents)
    with application(settings, questions) as app:
        target = prepare(app, questions, console)
        judge = app.judge if selection is None else replace(app.judge, selection=selection)
        reader = app.reader if reads else None
        service = app.make_service(reader=reader, generator=None, judge=judge)
        answerer = service.answerer(LOCAL, target.collection.name)
        rows = list(_rows(answerer, target.dataset, limit=judged_set.sample_size))
        console.print(f"{target.dataset.name}: {len(rows)} statements")
        return _ExaminedSet(
            target.dataset.name,
            reader is not None,
            rows,
            judge.selection,
            app.analyzer.terms,
            provenance(app, target.collection.fingerprint, app.settings.retrieval),
        )


def _rows(answerer: Answerer, dataset: Dataset, *, limit: int | None) -> Iterator[StatementExample]:
    for query in (
        *sample_questions(dataset.queries, limit),
        *sample_questions(dataset.unanswerable, limit),
    ):
        judgments = dataset.qrels.get(query.id)
        found = answerer.examine(AnswerRequest(query.text, history=tuple(query.history)))
        for part in found.parts:
            for judged in part.ranked:
                document = judged.statement.document_id
                relevant = judgments is not None and judgments.get(document, 0) > 0
                yield StatementExample(
                    question=f"{dataset.name} {query.id}",
                    part=part.part,
                    statement=judged.statement,
                    answerable=judgments is not None,
                    features=judged.features,
                    answers=relevant and _answers(query, judged.statement),
                    eligible=not judged.missing,
                )


def sample_questions(queries: Mapping[str, EvalQuery], limit: int | None) -> list[EvalQuery]:
    """Samples at most ``limit`` questions, always the same; sets are often ordered by topic."""
    seen = [query for query in queries.values() if query.half != UNSEEN]
    if limit is None or limit >= len(seen):
        return seen
    return random.Random(SEED).sample(seen, limit)  # noqa: S311 - a sample, not a secret


def _answers(query: EvalQuery, statement: Statement) -> bool:
    """Whether the statement holds one of the expected texts and none of the forbidden ones."""
    text = fold(statement.text)
    if any(holds(text, wrong) for wrong in query.must_not_hold):
        return False
    if query.must_hold:
        return any(holds(text, one) for group in query.must_hold for one in group)
    if contains_answer(statement.text, query.answers):
        return True
    # Of a long answer, a statement is a part.
    own = answer_tokens(statement.text)
    return len(own) >= LEAST_TOKENS and any(
        len(set(own) & set(answer_tokens(answer))) >= PART * len(set(own))
        for answer in query.answers
    )
