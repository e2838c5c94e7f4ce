"""Judged questions that travel with a dual encoder's training, by which its share is chosen.

Every second question of a set is taken along; the others stay unseen until the choice is made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from eval.datasets.beir import read_dataset

MOST_PASSAGES: Final = 2_500
"""Passages of a set; beyond those that answer, the first of its corpus."""
MOST_QUESTIONS: Final = 400
_DEPTH: Final = 10
_PARTS: Final = ("questions", "passages", "answers")


@dataclass(frozen=True, slots=True)
class JudgedTexts:
    """A set's questions and passages; ``answers`` are places of a question and of its passage."""

    name: str
    questions: tuple[str, ...]
    passages: tuple[str, ...]
    answers: tuple[tuple[int, int], ...]


def read_judged(folder: Path) -> JudgedTexts:
    """Every second question of a set in BEIR's layout, and passages to find among.

    Raises:
        InvalidDataset: as `read_dataset`.
    """
    dataset = read_dataset(folder, unjudged="leave out")
    asked = list(dataset.qrels)[::2][:MOST_QUESTIONS]
    relevant = {id_: [d for d, grade in dataset.qrels[id_].items() if grade > 0] for id_ in asked}
    wanted = dict.fromkeys(document for id_ in asked for document in relevant[id_])
    others = (id_ for id_ in dataset.documents if id_ not in wanted)
    ids = [*wanted, *others][: max(MOST_PASSAGES, len(wanted))]
    at = {id_: place for place, id_ in enumerate(ids)}
    documents = [dataset.documents[id_] for id_ in ids]
    return JudgedTexts(
        name=dataset.name,
        questions=tuple(dataset.queries[id_].text for id_ in asked),
        passages=tuple(f"{document.title}\n{document.text}".strip() for document in documents),
        answers=tuple((n, at[d]) for n, id_ in enumerate(asked) for d in relevant[id_]),
    )


def packed_judged(
    sets: Sequence[JudgedTexts], place: Callable[[str, str], int]
) -> dict[str, NDArray[Any]]:
    """Arrays that `measured` reads; ``place`` says where a question or passage is kept."""
    arrays: dict[str, NDArray[Any]] = {}
    for judged in sets:
        questions = [place("query", text) for text in judged.questions]
        passages = [place("passage", text) for text in judged.passages]
        for part, values in zip(_PARTS, (questions, passages, judged.answers), strict=True):
            arrays[f"{judged.name}.{part}"] = np.array(values, np.int32)
    return arrays


def measured(
    arrays: Mapping[str, NDArray[Any]], embed: Callable[[NDArray[np.int64]], NDArray[np.float32]]
) -> dict[str, dict[str, float]]:
    """Of each set, hit@1 and MRR@10 of exact search with what ``embed`` makes of texts' places."""
    found: dict[str, dict[str, float]] = {}
    for name in dict.fromkeys(key.rpartition(".")[0] for key in arrays):
        questions, passages, answers = (arrays[f"{name}.{part}"] for part in _PARTS)
        scores = embed(questions.astype(np.int64)) @ embed(passages.astype(np.int64)).T
        best = np.argsort(-scores, axis=1, kind="stable")[:, :_DEPTH]
        right = np.zeros(scores.shape, bool)
        right[answers[:, 0], answers[:, 1]] = True
        hits = np.take_along_axis(right, best, axis=1)
        first = np.where(hits.any(1), 1.0 / (hits.argmax(1) + 1), 0.0)
        found[name] = {"hit@1": float(hits[:, 0].mean()), "mrr@10": float(first.mean())}
    return found
