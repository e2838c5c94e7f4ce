"""``rag train evidence``: asks judged questions and learns which statements answer them."""

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
from train.evidence import (
    LearnedEvidence,
    Row,
    learn_evidence,
    learn_selection,
    unread,
    weights_as_json,
)

ALL = 500
"""Statements of a question at most that show which are worth a look."""
LEAST_TOKENS = 4
PART = 0.6
"""Share of a statement's tokens that stand in a long answer which it is a part of."""
SEED = 5
UNSEEN = "unseen"
"""The half of a set that nothing may be learned on."""


@dataclass(frozen=True, slots=True)
class JudgedSet:
    """A folder of judged questions, that of their documents, and how many to ask of each kind.

    ``documents`` is ``None`` where the folder has a corpus; ``drawn`` is ``None`` for all.
    """

    folder: Path
    documents: Path | None = None
    drawn: int | None = None


def read_judged_set(text: str) -> JudgedSet:
    """``FOLDER``, ``FOLDER@DOCS``, ``FOLDER:100`` or ``FOLDER@DOCS:100``, from the command line."""
    rest, colon, drawn = text.rpartition(":")
    named, limit = (rest, int(drawn)) if colon and drawn.isdecimal() else (text, None)
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
    """Learns weights for the configured embedder and reader, and writes them with their test.

    Args:
        datasets: What is asked. Questions of a half called unseen are left alone.
        settings: Name the models; without a reader, only the weights without one are learned.
        out: Where the weights go, as JSON.
        console: Where words and progress go.
        keep_selection: Whether what chooses the statements to be read stays as it is in use, which
            spares most of the time: to learn it, all statements are embedded.

    Raises:
        EvaluationError: a dataset can't be read.
    """
    selection = None if keep_selection else _selection(datasets, settings, console)
    sets: dict[str, list[Row]] = {}
    for judged_set in datasets:
        asked = _asked(judged_set, settings, console, reads=True, selection=selection)
        sets[asked.name] = asked.rows
    known = json.loads(out.read_text(encoding="utf-8")) if out.exists() else {}
    if selection is not None or "selection" not in known:
        known["selection"] = weights_as_json(asked.selection)
    kinds = {"without_reader": {name: [unread(row) for row in sets[name]] for name in sets}}
    if asked.reads:
        kinds["with_reader"] = sets
    for kind, rows in kinds.items():
        learned = learn_evidence(rows, terms=asked.terms)
        _tell(kind, learned, console)
        tests = {name: asdict(tested) for name, tested in learned.tested.items()}
        known[kind] = learned.as_json() | {"tested": tests, "provenance": asked.facts}
    write_text(out, dump_json(known))
    console.print(f"written: {out}")
    return learned


def _selection(datasets: Sequence[JudgedSet], settings: Settings, console: Console) -> Weights:
    """What tells which statements are worth a look, from all statements of each question."""
    wide = settings.model_copy(
        update={"answer": settings.answer.model_copy(update={"scored_sentences": ALL})}
    )
    asked = (_asked(judged_set, wide, console, reads=False) for judged_set in datasets)
    return learn_selection([row for of_set in asked for row in of_set.rows])


def _tell(kind: str, learned: LearnedEvidence, console: Console) -> None:
    for name, tested in learned.tested.items():
        refused = "" if tested.refused is None else f", unanswerable refused {tested.refused:.3f}"
        console.print(
            f"{kind.replace('_', ' ')}, {name}: first right {tested.first:.3f}; at "
            f"{tested.threshold:.2f} right {tested.right:.3f}, wrong {tested.wrong:.3f}{refused}"
        )


@dataclass(frozen=True, slots=True)
class _Asked:
    """What became of the questions of one set."""

    name: str
    reads: bool
    rows: list[Row]
    selection: Weights
    terms: Callable[[str], list[str]]
    facts: Mapping[str, object]


def _asked(
    judged_set: JudgedSet,
    settings: Settings,
    console: Console,
    *,
    reads: bool,
    selection: Weights | None = None,
) -> _Asked:
    """Asks a set, with the reader or without it."""
    questions = Questions(judged_set.folder, documents=judged_set.documents)
    with application(settings, questions) as app:
        target = prepare(app, questions, console)
        judge = app.judge if selection is None else replace(app.judge, selection=selection)
        reader = app.reader if reads else None
        service = app.make_service(reader=reader, generator=None, judge=judge)
        answerer = service.answerer(LOCAL, target.collection.name)
        rows = list(_rows(answerer, target.dataset, limit=judged_set.drawn))
        console.print(f"{target.dataset.name}: {len(rows)} statements")
        return _Asked(
            target.dataset.name,
            reader is not None,
            rows,
            judge.selection,
            app.analyzer.terms,
            provenance(app, target.collection.fingerprint, app.settings.retrieval),
        )


def _rows(answerer: Answerer, dataset: Dataset, *, limit: int | None) -> Iterator[Row]:
    for query in (*draw(dataset.queries, limit), *draw(dataset.unanswerable, limit)):
        judgments = dataset.qrels.get(query.id)
        found = answerer.examine(AnswerRequest(query.text, history=tuple(query.history)))
        for part in found.parts:
            for judged in part.ranked:
                document = judged.statement.document_id
                relevant = judgments is not None and judgments.get(document, 0) > 0
                yield Row(
                    question=f"{dataset.name} {query.id}",
                    part=part.part,
                    statement=judged.statement,
                    answerable=judgments is not None,
                    features=judged.features,
                    answers=relevant and _answers(query, judged.statement),
                    able=not judged.missing,
                )


def draw(queries: Mapping[str, EvalQuery], limit: int | None) -> list[EvalQuery]:
    """``limit`` of them at most, always the same ones: sets are mostly in the order of topics."""
    seen = [query for query in queries.values() if query.half != UNSEEN]
    if limit is None or limit >= len(seen):
        return seen
    return random.Random(SEED).sample(seen, limit)  # noqa: S311 - a sample, not a secret


def _answers(query: EvalQuery, statement: Statement) -> bool:
    """Whether the statement holds a part of what must be held, and nothing that must not be."""
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
