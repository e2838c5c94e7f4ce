"""The words of a sentence that have to stand in its source, and those that need not."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from app.text.normalise import normalise

_LIGHT_ENGLISH: Final = frozenset(
    "a an the this that these those it its itself they them their he him his she her i me my "  # noqa: SIM905 - a list of words reads as words
    "we us our you your "
    "is are was were be been being am do does did done doing have has had having will would shall "
    "of in on at to for from by with as and or also too which who whom whose what when where "
    "how why "
    "there here then than if so such both either one ones "
    "can could may might must should need needs needed ought "
    "s t re ve ll d m isn aren wasn weren don doesn didn hasn haven won wouldn shouldn couldn "
    "mustn cannot "
    "not no never none nor neither without "
    "yes please thus therefore hence however".split()
)
"""Articles, auxiliaries, pronouns, prepositions. What negates and obliges is compared apart."""
_LIGHT_CHINESE: Final = frozenset(
    "的了是在和与及也为于以之其它他她这那一个有被把将对从到由给等都并且而且则即就该此所向按各某"
    "每着过得地吗呢吧啊可能会应须要必不没无未非否勿莫上下中里内外时候间者请您你我们共约并或如若"
    "但因"
)
_HAN: Final = re.compile(r"[\u3400-\u9fff]+")
_LATIN: Final = re.compile(r"(?<![^\W\d_])[^\W\d_]++(?:['’][^\W\d_]++)?(?!\w)")
_ONE_OF: Final = """
    forbidden = not allowed, not permitted, prohibited, banned, not be allowed, not be permitted
    allowed = permitted
    buy = purchase
    bought = purchased
    begin = start, commence
    begins = starts, commences
    began = started, commenced
    about = approximately, roughly, around ¦, circa, approx
    enough = sufficient
    many = numerous
    often = frequently, commonly
    mainly = primarily, mostly
    each = every
    whole = entire
    used = utilized, utilised
    use = utilize, utilise
    help = assist
    located = situated
    quickly = rapidly, fast
    needs = requires
    need = require
    also known as = also called
    to = in order to
    color = colour
    telephone = phone
    annual = yearly
    get = obtain, receive
    show = display
    shows = displays
    end = finish
    ends = finishes
    because = since
    staff = employees, personnel
    at most = no more than, not more than, no longer than, not exceed, not to exceed, up to
    at most = a maximum of
    at least = no less than, not less than, no fewer than, a minimum of
    percent = per cent
""".strip()
_ONE_OF_CHINESE: Final = """
    禁止 = 不得, 严禁, 不允许, 不准, 不许
    至多 = 最多为, 最多, 不得超过, 不超过, 不能超过
    至少 = 最少为, 最少, 不得少于, 不少于, 不低于, 不得低于
    电话 = 电话号码
    约 = 大约, 大概
    因为 = 由于
    但 = 但是, 然而
    位于 = 坐落于
    现在 = 目前, 当前
    例如 = 比如
    所以 = 因此, 因而
    非常 = 十分
    去世 = 逝世
    如果 = 假如, 若是
    按照 = 依照
    买 = 购买
    另外 = 此外
    快速 = 迅速
    虽然 = 尽管
    和 = 以及
    根据 = 依据
    全部 = 所有
    当年 = 同年
    刚 = 刚刚
    应 = 应当, 应该
    需 = 需要
    可 = 可以
    告知 = 通知
    提交 = 递交
    员工 = 职工
    开始 = 起始
""".strip()


def _substitutions() -> tuple[tuple[re.Pattern[str], str], ...]:
    """The longest ways to say it first, since shorter ones stand in them."""
    found: list[tuple[str, str, bool]] = []
    for table, latin in ((_ONE_OF, True), (_ONE_OF_CHINESE, False)):
        for line in table.splitlines():
            one, _, others = line.partition("=")
            found += [(other.strip(), one.strip(), latin) for other in others.split(",")]
    found.sort(key=lambda item: -len(item[0]))
    return tuple(
        (re.compile(rf"\b{re.escape(other)}\b" if latin else re.escape(other)), one)
        for other, one, latin in found
    )


_SAME: Final = _substitutions()
"""Ways to say the same that no meaning hangs on; each is read as the first of its line."""
_LEAST_PAIRS: Final = 0.6
"""Share of neighbouring Chinese characters that a source must hold side by side too."""


_CONTRACTED: Final = re.compile(r"\b([a-z]+)n't\b")


def alike(text: str) -> str:
    """``text`` folded, with one wording for what is the same."""
    folded = _CONTRACTED.sub(r"\1 not", normalise(text).replace("’", "'"))
    folded = folded.replace("ca not", "can not").replace("wo not", "will not")
    folded = folded.replace("cannot", "can not")
    for pattern, one in _SAME:
        folded = pattern.sub(one, folded)
    return folded


class Words:
    """The words that carry the meaning of a text, as they are compared."""

    def __init__(self, text: str, stems: Callable[[str], list[str]]) -> None:
        """``stems`` gives the terms of a single English word."""
        folded = alike(text)
        self.latin: list[str] = []
        for match in _LATIN.finditer(folded):
            word = match.group()
            if (
                word in _LIGHT_ENGLISH
                or word.partition("'")[0] in _LIGHT_ENGLISH
                or _HAN.match(word)
            ):
                continue
            self.latin += stems(word)[:1]
        self.han = [
            "".join(c for c in run if c not in _LIGHT_CHINESE) for run in _HAN.findall(folded)
        ]
        self.han = [run for run in self.han if run]
        self._runs = _HAN.findall(folded)
        self._stems = stems
        self._folded = folded

    @property
    def characters(self) -> frozenset[str]:
        """Of its Chinese."""
        return frozenset("".join(self.han))

    @property
    def pairs(self) -> frozenset[str]:
        """Neighbouring characters of its Chinese, light ones left out."""
        return frozenset(run[at : at + 2] for run in self.han for at in range(len(run) - 1))

    def chinese_words(self) -> list[str]:
        """Words of two characters and more, as the analyzer cuts them."""
        found: list[str] = []
        for run in self._runs:
            cut = self._stems(run)
            # Behind its words, the analyzer gives every pair of neighbours.
            found += [w for w in cut[: max(0, len(cut) - len(run) + 1)] if len(w) > 1]
        return found

    def holds(self, word: str) -> bool:
        """Whether a Chinese word stands in it, light characters left out where it must be."""
        if word in self._folded:
            return True
        core = "".join(c for c in word if c not in _LIGHT_CHINESE)
        return core in self._folded or core in "".join(self.han)

    def sequence(self) -> list[str]:
        """Words, and single characters of Chinese, in reading order within each script."""
        return [*self.latin, *"".join(self.han)]


def _made_of(word: str, source: Words) -> bool:
    """Whether an analyzer glued it of two words of ``source``, as it does with unknown names."""
    return any(
        source.holds(word[:at]) and source.holds(word[at:])
        for at in range(2, len(word))
        if len(word) - at != 1 or at > 2  # noqa: PLR2004 - three characters hold one word and a half
    )


def foreign_word(claim: Words, source: Words) -> str | None:
    """A word of ``claim`` that ``source`` does not have; ``None`` where it has them all."""
    known = frozenset(source.latin)
    for word in claim.latin:
        if word not in known:
            return word
    missing = claim.characters - source.characters
    if missing:
        return next(c for run in claim.han for c in run if c in missing)
    for word in claim.chinese_words():
        if not source.holds(word) and not _made_of(word, source):
            return word
    pairs = claim.pairs
    if pairs and len(pairs & source.pairs) < _LEAST_PAIRS * len(pairs):
        return next(pair for pair in sorted(pairs) if pair not in source.pairs)
    return None
