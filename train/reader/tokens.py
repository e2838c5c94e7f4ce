"""Groups as token ids in flat arrays, which is what a run reads."""

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
from train.reader.groups import Group

MOST_OF_IT: Final = 0.8
"""An answer that is more of its statement than this has no place to be learnt."""
NOWHERE: Final = -1
_REMEMBERED: Final = 300_000
"""Texts; some GiB of memory."""


@dataclass(frozen=True, slots=True)
class TokenGroups:
    """Statements of groups, one behind the other.

    ``ids`` are all tokens; statement ``i`` has those from ``starts[i]`` to ``starts[i + 1]``. Of
    these, the ones from ``begins[i]`` on are of type 1, and the statement's own stand from
    ``said[i]`` up to the last, which is special. ``places`` are the first and the last token of the
    answer, `NOWHERE` where it is not known. Group ``g`` has the statements from ``groups[g]`` to
    ``groups[g + 1]``.
    """

    ids: NDArray[np.int32]
    starts: NDArray[np.int64]
    begins: NDArray[np.int16]
    said: NDArray[np.int16]
    places: NDArray[np.int16]
    answers: NDArray[np.bool_]
    groups: NDArray[np.int64]

    @classmethod
    def of(cls, groups: Sequence[Group], tokenizer: Tokenizer) -> Self:
        """Lays out every statement of ``groups`` as the reader will see it."""
        remembering = RememberingTokenizer(tokenizer)
        ids, begins, said_from, places = array("i"), array("h"), array("h"), array("h")
        lengths, sizes, answers = array("h"), array("h"), array("b")
        for group in groups:
            laid = lay_out(remembering, group.question, [said.read() for said in group.said])
            sizes.append(len(laid))
            for pair, said in zip(laid, group.said, strict=True):
                ids.extend(pair.ids)
                lengths.append(len(pair.ids))
                begins.append(pair.begin)
                said_from.append(pair.said)
                places.extend(_place(pair, said.span, len(said.text)))
                answers.append(said.answers)
        return cls(
            ids=np.array(ids, np.int32),
            starts=_edges(lengths),
            begins=np.array(begins, np.int16),
            said=np.array(said_from, np.int16),
            places=np.array(places, np.int16).reshape(-1, 2),
            answers=np.array(answers, np.bool_),
            groups=_edges(sizes),
        )

    def __len__(self) -> int:
        """How many groups there are."""
        return len(self.groups) - 1

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Tokens of each statement."""
        return np.diff(self.starts)

    def sizes(self, groups: Sequence[int]) -> list[int]:
        """How many statements each of ``groups`` has."""
        return [int(self.groups[g + 1] - self.groups[g]) for g in groups]

    def statements_of(self, groups: Sequence[int]) -> NDArray[np.int64]:
        """The statements of ``groups``, in their order."""
        edges = self.groups
        return np.concatenate([np.arange(edges[g], edges[g + 1]) for g in groups])

    def by_group(self, values: Iterable[float]) -> list[list[float]]:
        """One value a statement, as one list a group."""
        left: Iterator[float] = iter(values)
        return [list(islice(left, int(size))) for size in np.diff(self.groups)]

    def arrays(self) -> dict[str, NDArray[Any]]:
        """By the names of the fields."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


class RememberingTokenizer:
    """A tokenizer that takes a text apart once: statements stand in many groups."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._known = lru_cache(maxsize=_REMEMBERED)(self._tokens)

    def encode(self, text: str, *, add_special_tokens: bool = True) -> Tokens:
        """The tokens of ``text``."""
        return self._known(text, add_special_tokens)

    def encode_batch(
        self, texts: Sequence[str], *, add_special_tokens: bool = True
    ) -> list[Tokens]:
        """Those of each of ``texts``."""
        return [self._known(text, add_special_tokens) for text in texts]

    def _tokens(self, text: str, special: bool) -> Tokens:  # noqa: FBT001 - for the cache
        encoding = self._tokenizer.encode(text, add_special_tokens=special)
        return Tokens(encoding.ids, encoding.offsets)


def place_of(pair: Laid, span: Span) -> tuple[int, int] | None:
    """The first and last token of ``span`` among those of the statement, ``None`` where cut off."""
    inside = [i for i, (a, b) in enumerate(pair.offsets) if a < span[1] and b > span[0]]
    if not inside or span[1] > pair.offsets[-1][1]:
        return None
    return inside[0], inside[-1]


def _place(pair: Laid, span: Span | None, length: int) -> tuple[int, int]:
    """`place_of`, counted from the first token of all."""
    if span is None or span[1] - span[0] > MOST_OF_IT * length:
        return NOWHERE, NOWHERE
    place = place_of(pair, span)
    return (NOWHERE, NOWHERE) if place is None else (pair.said + place[0], pair.said + place[1])


def _edges(sizes: Iterable[int]) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(np.fromiter(sizes, np.int64))])
