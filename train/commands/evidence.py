"""``rag train evidence``: asks judged questions and learns which statements answer them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from app.domain import Statement
from app.main import Application
from app.requests import AnswerRequest
from app.settings import Settings
from eval.answers.containment import contains_answer
from eval.answers.outcomes.matching import fold, holds
from eval.answers.tokens import answer_tokens
from eval.commands.provenance import provenance
from eval.commands.target import Questions, application, prepare
from eval.dataset import Dataset, EvalQuery
from eval.json_files import dump_json, write_text
from train.evidence import LearnedEvidence, Row, learn_evidence

LEAST_TOKENS = 4
PART = 0.6
"""Share of a statement's tokens that stand in a long answer which it is a part of."""
UNSEEN = "unseen"
"""The half of a set that nothing may be learned on."""


@dataclass(frozen=True, slots=True)
class JudgedSet:
    """A folder of judged questions, that of their documents, and how many to ask of each kind.

    ``documents`` is ``None`` where the folder has a corpus; ``first`` is ``None`` for all.
    """

    folder: Path
    documents: Path | None = None
    first: int | None = None


def read_judged_set(text: str) -> JudgedSet:
    """``FOLDER``, ``FOLDER@DOCS`` or ``FOLDER:100``, as the command line names a set."""
    folder, _, documents = text.partition("@")
    name, colon, first = folder.rpartition(":")
    if colon and first.isdecimal():
        return JudgedSet(Path(name), None, int(first))
    return JudgedSet(Path(folder), Path(documents) if documents else None)


def run_evidence(
    datasets: Sequence[JudgedSet],
    *,
    settings: Settings,
    out: Path,
    console: Console,
) -> LearnedEvidence:
    """Learns weights for the configured embedder and reader, and writes them with their test.

    Args:
        datasets: What is asked. Questions of a half called unseen are left alone.
        settings: Name the models; whether there is a reader decides which weights are learned.
        out: Where the weights go, as JSON; those of the other kind that are there stay.
        console: Where words and progress go.

    Raises:
        EvaluationError: a dataset can't be read.
    """
    sets: dict[str, list[Row]] = {}
    facts: dict[str, object] = {}
    kind = "without_reader"
    terms: Callable[[str], list[str]] = str.split
    for judged_set in datasets:
        questions = Questions(judged_set.folder, documents=judged_set.documents)
        with application(settings, questions) as app:
            kind = "with_reader" if app.reader else "without_reader"
            target = prepare(app, questions, console)
            terms = app.analyzer.terms
            rows = list(_rows(app, target.dataset, target.collection.name, limit=judged_set.first))
            sets[target.dataset.name] = rows
            console.print(f"{target.dataset.name}: {len(rows)} statements")
            facts = dict(provenance(app, target.collection.fingerprint, app.settings.retrieval))
    learned = learn_evidence(sets, terms=terms)
    for name, tested in learned.tested.items():
        refused = "" if tested.refused is None else f", unanswerable refused {tested.refused:.3f}"
        console.print(
            f"{name}: first right {tested.first:.3f}; at {tested.threshold:.2f} right "
            f"{tested.right:.3f}, wrong {tested.wrong:.3f}{refused}"
        )
    tests = {name: {n: getattr(t, n) for n in t.__slots__} for name, t in learned.tested.items()}
    known = json.loads(out.read_text(encoding="utf-8")) if out.exists() else {}
    known |= {kind: learned.as_json() | {"tested": tests, "provenance": facts}}
    write_text(out, dump_json(known))
    console.print(f"written: {out}")
    return learned


def _rows(
    app: Application, dataset: Dataset, collection: str, *, limit: int | None
) -> Iterator[Row]:
    answerer = app.make_service(reader=app.reader, generator=None).answerer(collection)
    seen = [q for q in dataset.queries.values() if q.half != UNSEEN][:limit]
    none = [q for q in dataset.unanswerable.values() if q.half != UNSEEN][:limit]
    for query in (*seen, *none):
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
