"""Groups as token ids in flat arrays, the input of a training run."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from itertools import islice
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from app.domain.documents import Span
from app.models.readers.statement_pairs import Laid, Tokens, lay_out
from train.reader.statement_groups import StatementGroup

MOST_OF_IT: Final = 0.8
"""Answers longer than this share of their statement do not train the span head."""
NOWHERE: Final = -1
_REMEMBERED: Final = 300_000
"""Number of texts whose tokens are cached; it takes some GiB of memory."""


@dataclass(frozen=True, slots=True)
class TokenGroups:
    """Statements of groups, concatenated.

    ``ids`` are all tokens; statement ``i`` has those from ``starts[i]`` to ``starts[i + 1]``. Its
    tokens from ``begins[i]`` on are of type 1, and its own text begins at ``text_begins[i]`` and
    ends before the last token, which is special. ``places`` are the first and last tokens of the
    answer, `NOWHERE` if it is unknown. Group ``g`` has the statements from ``groups[g]`` to
    ``groups[g + 1]``.
    """

    ids: NDArray[np.int32]
    starts: NDArray[np.int64]
    begins: NDArray[np.int16]
    text_begins: NDArray[np.int16]
    places: NDArray[np.int16]
    answers: NDArray[np.bool_]
    groups: NDArray[np.int64]

    @classmethod
    def of(cls, groups: Sequence[StatementGroup], tokenizer: Tokenizer) -> Self:
        """Tokenises every statement of ``groups`` as the reader will see it."""
        remembering = RememberingTokenizer(tokenizer)
        ids, begins, text_begins, places = array("i"), array("h"), array("h"), array("h")
        lengths, sizes, answers = array("h"), array("h"), array("b")
        for group in groups:
            laid = lay_out(
                remembering, group.question, [statement.read() for statement in group.statements]
            )
            sizes.append(len(laid))
            for pair, statement in zip(laid, group.statements, strict=True):
                ids.extend(pair.ids)
                lengths.append(len(pair.ids))
                begins.append(pair.begin)
                text_begins.append(pair.said)
                places.extend(_place(pair, statement.span, len(statement.text)))
                answers.append(statement.answers)
        return cls(
            ids=np.array(ids, np.int32),
            starts=_edges(lengths),
            begins=np.array(begins, np.int16),
            text_begins=np.array(text_begins, np.int16),
            places=np.array(places, np.int16).reshape(-1, 2),
            answers=np.array(answers, np.bool_),
            groups=_edges(sizes),
        )

    def __len__(self) -> int:
        """Number of groups."""
        return len(self.groups) - 1

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Number of tokens of each statement."""
        return np.diff(self.starts)

    def sizes(self, groups: Sequence[int]) -> list[int]:
        """Number of statements of each of ``groups``."""
        return [int(self.groups[g + 1] - self.groups[g]) for g in groups]

    def statements_of(self, groups: Sequence[int]) -> NDArray[np.int64]:
        """Indexes of the statements of ``groups``, in order."""
        edges = self.groups
        return np.concatenate([np.arange(edges[g], edges[g + 1]) for g in groups])

    def by_group(self, values: Iterable[float]) -> list[list[float]]:
        """Splits one value per statement into one list per group."""
        left: Iterator[float] = iter(values)
        return [list(islice(left, int(size))) for size in np.diff(self.groups)]

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The arrays by field name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


class RememberingTokenizer:
    """A tokenizer with a cache, because statements occur in many groups."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._known = lru_cache(maxsize=_REMEMBERED)(self._tokens)

    def encode(self, text: str, *, add_special_tokens: bool = True) -> Tokens:
        """Tokenises ``text``."""
        return self._known(text, add_special_tokens)

    def encode_batch(
        self, texts: Sequence[str], *, add_special_tokens: bool = True
    ) -> list[Tokens]:
        """Tokenises each of ``texts``."""
        return [self._known(text, add_special_tokens) for text in texts]

    def _tokens(self, text: str, special: bool) -> Tokens:  # noqa: FBT001 - for the cache
        encoding = self._tokenizer.encode(text, add_special_tokens=special)
        return Tokens(encoding.ids, encoding.offsets)


def place_of(pair: Laid, span: Span) -> tuple[int, int] | None:
    """First and last token of ``span`` among those of the statement; ``None`` if it is cut off."""
    inside = [i for i, (a, b) in enumerate(pair.offsets) if a < span[1] and b > span[0]]
    if not inside or span[1] > pair.offsets[-1][1]:
        return None
    return inside[0], inside[-1]


def _place(pair: Laid, span: Span | None, length: int) -> tuple[int, int]:
    """`place_of`, counted from the first token of the pair."""
    if span is None or span[1] - span[0] > MOST_OF_IT * length:
        return NOWHERE, NOWHERE
    place = place_of(pair, span)
    return (NOWHERE, NOWHERE) if place is None else (pair.said + place[0], pair.said + place[1])


def _edges(sizes: Iterable[int]) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(np.fromiter(sizes, np.int64))])
