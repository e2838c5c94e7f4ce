"""The part of a passage that a cross-encoder reads: its beginning, and what the query points at.

Reading is what a cross-encoder costs, token by token. A passage's first tokens name its subject;
the rest of the budget goes to the stretch that holds the most of the query's own tokens, rare ones
before frequent ones. A passage within the budget is read whole.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from app.errors import ModelIncompatible

BUDGET_FILE: Final = "excerpt.json"
FREQUENT: Final = 200
"""Vocabularies list frequent pieces first; those before this one do not tell what is sought."""
_REPEATED: Final = 0.1
"""What further occurrences of a token add to a stretch, by the logarithm of their number."""
_GAP: Final = " … "


@dataclass(frozen=True, slots=True)
class Budget:
    """Tokens read of a query and of a passage at most, and how many of the latter are its first."""

    query: int = 64
    passage: int = 128
    lead: int = 32


def save_budget(folder: Path, budget: Budget) -> None:
    """Writes beside a cross-encoder what it was trained to read."""
    (folder / BUDGET_FILE).write_text(json.dumps(asdict(budget)), encoding="utf-8")


def saved_budget(folder: Path) -> Budget | None:
    """What `save_budget` wrote; ``None`` where there is nothing."""
    try:
        return Budget(**json.loads((folder / BUDGET_FILE).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError) as error:
        raise ModelIncompatible(f"{folder / BUDGET_FILE} can't be read: {error}") from error


def excerpts(
    tokenizer: Tokenizer, query: str, passages: Sequence[str], budget: Budget
) -> tuple[str, list[str]]:
    """The query and the passages, each cut to its budget; a text within it is returned as it is.

    Args:
        tokenizer: The cross-encoder's; it neither pads nor truncates.
        query: What is asked.
        passages: What may answer it.
        budget: What is read of each.
    """
    asked = tokenizer.encode(query, add_special_tokens=False)
    if len(asked.ids) > budget.query:
        query = query[: asked.offsets[budget.query - 1][1]]
    tokens = list(dict.fromkeys(asked.ids[: budget.query]))
    read: list[str] = []
    for passage, encoding in zip(
        passages, tokenizer.encode_batch(list(passages), add_special_tokens=False), strict=True
    ):
        offsets = encoding.offsets
        spans = excerpt_spans(tokens, encoding.ids, budget)
        whole = spans == [(0, len(encoding.ids))]
        parts = [
            passage[offsets[start][0] : offsets[end - 1][1]] for start, end in spans if not whole
        ]
        read.append(passage if whole else _GAP.join(parts))
    return query, read


def excerpt_spans(
    query: Sequence[int], passage: Sequence[int], budget: Budget
) -> list[tuple[int, int]]:
    """Half-open intervals of the passage's tokens, ascending, together within its budget.

    Args:
        query: Distinct token ids of the query, special tokens left out.
        passage: Token ids of the passage, likewise.
        budget: What is read of it.
    """
    if len(passage) <= budget.passage:
        return [(0, len(passage))]
    width = budget.passage - budget.lead
    start = budget.lead + _best_window(query, np.asarray(passage[budget.lead :]), width)
    if start == budget.lead:
        return [(0, start + width)]
    return [(0, budget.lead), (start, start + width)]


def _best_window(query: Sequence[int], tokens: NDArray[np.int64], width: int) -> int:
    """Where the ``width`` tokens begin that hold most of the query; the first of equals."""
    starts = len(tokens) - width + 1
    value = np.zeros(starts)
    for token in query:
        if token > FREQUENT:
            before = np.concatenate([[0], np.cumsum(tokens == token)])
            count = before[width : width + starts] - before[:starts]
            repeated = 1.0 + _REPEATED * np.log(np.maximum(count, 1))
            value += math.log(token / FREQUENT) * np.where(count > 0, repeated, 0.0)
    return int(value.argmax())
