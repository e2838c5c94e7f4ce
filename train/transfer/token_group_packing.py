"""Compact token groups that store each question and each statement once.

A statement occurs in many groups, and a question before each of its statements. General compression
finds such repetitions too, but it costs more per repetition than an index does.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from train.reader.token_groups import NOWHERE, TokenGroups

Arrays = dict[str, NDArray[Any]]
_SMALL: Final = np.int16
"""Type of token counts per pair and of statement counts per group."""


def packed(tokens: TokenGroups) -> Arrays:
    """Packs token groups as named arrays."""
    known: dict[bytes, int] = {}
    tails: list[NDArray[np.int32]] = []
    text_begins: list[int] = []
    which = np.empty(len(tokens.answers), np.int32)
    for pair in range(len(which)):
        begin, end = tokens.starts[pair] + tokens.begins[pair], tokens.starts[pair + 1]
        tail = tokens.ids[begin:end]
        own = int(tokens.text_begins[pair] - tokens.begins[pair])
        key = bytes((own,)) + tail.tobytes()
        if key not in known:
            known[key] = len(tails)
            tails.append(tail)
            text_begins.append(own)
        which[pair] = known[key]
    first = tokens.groups[:-1]
    heads = [
        tokens.ids[tokens.starts[pair] : tokens.starts[pair] + tokens.begins[pair]]
        for pair in first
    ]
    with_place = tokens.places[:, 0] != NOWHERE
    return {
        "heads": np.concatenate(heads),
        "head_lengths": tokens.begins[first],
        "tails": np.concatenate(tails),
        "tail_lengths": np.array([len(tail) for tail in tails], _SMALL),
        "text_begins": np.array(text_begins, _SMALL),
        "which": which,
        "sizes": np.diff(tokens.groups).astype(_SMALL),
        "answers": tokens.answers,
        "placed": np.flatnonzero(with_place),
        "places": tokens.places[with_place] - tokens.begins[with_place][:, None],
    }


def unpacked(arrays: Arrays) -> TokenGroups:
    """Restores what `packed` was given."""
    sizes = arrays["sizes"].astype(np.int64)
    which = arrays["which"]
    begins = np.repeat(arrays["head_lengths"], sizes)
    lengths = begins.astype(np.int64) + arrays["tail_lengths"][which]
    starts = _edges(lengths)
    ids = np.empty(starts[-1], np.int32)
    heads, tails = _edges(arrays["head_lengths"]), _edges(arrays["tail_lengths"])
    group = np.repeat(np.arange(len(sizes)), sizes)
    _copy(arrays["heads"], heads[group], begins, ids, starts[:-1])
    _copy(arrays["tails"], tails[which], lengths - begins, ids, starts[:-1] + begins)
    places = np.full((len(which), 2), NOWHERE, np.int16)
    with_place = arrays["placed"]
    places[with_place] = arrays["places"] + begins[with_place][:, None]
    return TokenGroups(
        ids=ids,
        starts=starts,
        begins=begins.astype(np.int16),
        text_begins=(begins + arrays["text_begins"][which]).astype(np.int16),
        places=places,
        answers=arrays["answers"],
        groups=_edges(sizes),
    )


def _copy(
    source: NDArray[Any],
    begins: NDArray[np.int64],
    lengths: NDArray[Any],
    target: NDArray[np.int32],
    to: NDArray[np.int64],
) -> None:
    """Copies runs of ``lengths`` from ``begins`` in ``source`` to ``to`` in ``target``."""
    lengths = lengths.astype(np.int64)
    within = np.arange(lengths.sum()) - np.repeat(_edges(lengths)[:-1], lengths)
    target[np.repeat(to, lengths) + within] = source[np.repeat(begins, lengths) + within]


def _edges(sizes: NDArray[Any]) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)])
