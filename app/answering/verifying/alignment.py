"""What a sentence changes of the statement that it nearly repeats.

A sentence that keeps most of its source and changes a word is the likeliest to be wrong, and the
easiest to be found out: aligned with its source, it shows what it puts in, takes out and exchanges.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from typing import Final

from app.answering.verifying.wording import alike

LEAST_ALIKE: Final = 0.6
"""Share of words in common and in order from which a sentence nearly repeats its source."""
_TOKEN: Final = re.compile(r"¦|[^\W\d_\u3400-\u9fff]+(?:'[^\W\d_]+)?|[\u3400-\u9fff]|\d+")
_FREE: Final = frozenset(
    "a an the this that these those it its they them their he his she her is are was were be "  # noqa: SIM905 - a list of words reads as words
    "been being has have had "
    "of and or as which who there then also so do does did will would 的 了 是 在 和 与 及 也 "
    "其 它 该 此 "
    "这 那 个 为 有 之 地 得 着 过 都 而 并 且 时 者 于 由".split()
)
"""Words that may come, go and take each other's place."""
_TURNING: Final = frozenset(
    "not no never none nor neither cannot without hardly only nearly almost about least most "  # noqa: SIM905 - a list of words reads as words
    "up minus "
    "unless except 不 没 未 无 非 禁 勿 莫 未 别 仅 只 约 近 至 最 负 零 除".split()
)
"""Words that can't be left out where what stands around them is kept."""
_CONJUNCTIONS: Final = frozenset("and or as well 和 与 及 或 、 以".split())  # noqa: SIM905 - a list of words reads as words
_BESIDE: Final = 6
"""Words on either side of what a sentence repeats, which it may have moved."""
_WHEN: Final = frozenset("when if while whenever once as 如 果 当 若 时".split())  # noqa: SIM905 - a list of words reads as words
_ADVERBIAL: Final = frozenset("in on at for during within under per with 在 于".split())  # noqa: SIM905 - a list of words reads as words
_LONG: Final = 4
"""Words of a stretch that may be moved as a whole."""


def tokens(text: str) -> list[str]:
    """Words, single Chinese characters, and ``¦`` for what was taken out of the text."""
    return _TOKEN.findall(alike(text))


def changed(
    claim: str, source: str, *, known: frozenset[str], stem: Callable[[str], str]
) -> str | None:
    """A change that may turn what ``source`` says; ``None`` where there is none to be seen.

    ``claim`` and ``source`` are without what must be met exactly. ``known`` are the words of the
    setting, which may stand for a pronoun.
    """
    own = [_plain(t, stem) for t in tokens(claim)]
    other = [_plain(t, stem) for t in tokens(source)]
    window = _window(own, other)
    if window is None:
        return None
    matcher = SequenceMatcher(None, window, own, autojunk=False)
    codes = [op for op in matcher.get_opcodes() if op[0] != "equal"]
    taken = [window[i:j] for _, i, j, _, _ in codes if j > i]
    for tag, i, j, k, end in codes:
        out, into = window[i:j], own[k:end]
        if tag in ("insert", "replace"):
            beside = [*window[max(0, i - 1) : i], *window[j : j + 2]]
            if not _may_come(into, known) and not _moved(into, taken, beside, own):
                return f"it puts in “{_said(into)}”"
            if tag == "replace" and _turns(out) and not _turns(into):
                return f"it leaves out “{_said(out)}”"
        if tag == "delete" and _turns(_kept_beside(out, window, i, j)):
            return f"it leaves out “{_said(out)}”"
    if _exchanged(codes, window, own):
        return "it exchanges two things"
    return None


def _plain(token: str, stem: Callable[[str], str]) -> str:
    return (
        stem(token)
        if token.isascii() and token.isalpha() and token not in _FREE and token not in _TURNING
        else token
    )


def _window(own: Sequence[str], other: Sequence[str]) -> list[str] | None:
    """The stretch of ``other`` that ``own`` nearly repeats; ``None`` where it does not."""
    if not own or not other:
        return None
    matcher = SequenceMatcher(None, other, own, autojunk=False)
    blocks = [b for b in matcher.get_matching_blocks() if b.size]
    if not blocks or sum(b.size for b in blocks) < LEAST_ALIKE * len(own):
        return None
    first, last = blocks[0], blocks[-1]
    start = max(0, first.a - first.b - _BESIDE)
    stop = min(len(other), last.a + last.size + (len(own) - last.b - last.size) + _BESIDE)
    return list(other[start:stop])


def _may_come(words: Sequence[str], known: frozenset[str]) -> bool:
    """Whether nothing is claimed by them: light words, and words of the setting."""
    return all(w in _FREE or (w in known and w not in _TURNING) or w == "¦" for w in words)


def _moved(
    words: Sequence[str],
    taken: Sequence[Sequence[str]],
    beside: Sequence[str],
    own: Sequence[str],
) -> bool:
    """Whether the stretch stood elsewhere and its place says nothing, as of a clause or a time."""
    solid = [w for w in words if w not in _FREE]
    for stretch in taken:
        if solid and [w for w in stretch if w not in _FREE] == solid:
            around = {*words, *stretch, *beside}
            return (
                len(solid) >= _LONG
                or not _CONJUNCTIONS.isdisjoint(around)
                or not _WHEN.isdisjoint(own)
                or not _ADVERBIAL.isdisjoint((*words[:1], *stretch[:1]))
            )
    return False


def _turns(words: Sequence[str]) -> bool:
    return not _TURNING.isdisjoint(words)


def _kept_beside(out: Sequence[str], window: Sequence[str], start: int, stop: int) -> Sequence[str]:
    """Of what is left out, the words near enough to what is kept to turn it."""
    if stop >= len(window):
        return out[:1] if len(out) <= _BESIDE else ()
    return out[-2:] if start == 0 else out


def _exchanged(
    codes: Sequence[tuple[str, int, int, int, int]], window: Sequence[str], own: Sequence[str]
) -> bool:
    """Whether two stretches took each other's place around something that is no conjunction."""
    swaps = [(window[i:j], own[k:end], i, j) for tag, i, j, k, end in codes if tag == "replace"]
    for at, (out, into, _, stop) in enumerate(swaps):
        for later_out, later_into, start, _ in swaps[at + 1 :]:
            if list(out) == list(later_into) and list(into) == list(later_out):
                between = [w for w in window[stop:start] if w != "、"]
                if not set(between) <= _CONJUNCTIONS:
                    return True
    return False


def _said(words: Sequence[str]) -> str:
    joined = " ".join(words)
    return re.sub(r"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])", "", joined)
