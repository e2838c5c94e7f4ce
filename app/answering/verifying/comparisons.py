"""Comparisons told from their other end: "A is heavier than B" is "B is lighter than A"."""

from __future__ import annotations

import re
from typing import Final

_PAIRS: Final = """
    heavier lighter; warmer colder; warmer cooler; hotter colder; hotter cooler; larger smaller;
    bigger smaller; longer shorter; taller shorter; higher lower; older younger; older newer;
    faster slower; quicker slower; cheaper dearer; earlier later; better worse; stronger weaker;
    wider narrower; deeper shallower; thicker thinner; brighter darker; louder quieter;
    nearer farther; closer farther; richer poorer; softer harder; greater smaller; more less;
    more fewer; cheaper more_expensive; easier more_difficult; easier harder; safer more_dangerous
"""
_PAIRS_CHINESE: Final = """
    重 轻; 暖和 冷; 热 冷; 热 凉; 大 小; 长 短; 高 低; 高 矮; 快 慢; 贵 便宜; 早 晚; 多 少; 强 弱;
    宽 窄; 新 旧; 厚 薄; 深 浅; 远 近; 好 差; 年长 年轻; 难 容易; 硬 软; 亮 暗
"""
_MOST: Final = 60
"""Characters of what is compared."""


def _contraries(pairs: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for pair in pairs.replace("\n", " ").split(";"):
        one, other = (word.replace("_", " ") for word in pair.split())
        found.setdefault(one, []).append(other)
        found.setdefault(other, []).append(one)
    return found


_CONTRARY: Final = _contraries(_PAIRS)
_CONTRARY_CHINESE: Final = _contraries(_PAIRS_CHINESE)
_THAN: Final = re.compile(
    rf"^(?P<one>[^,;.:]{{1,{_MOST}}}?)"
    rf"\b(?P<how>{'|'.join(sorted(_CONTRARY, key=len, reverse=True))})\b"
    rf"(?P<what>(?: [^\W\d_]{{1,20}}){{0,3}}?) than (?P<that>that of )?"
    rf"(?P<other>[^,;.:]{{1,{_MOST}}})(?P<end>[,;.:]|$)",
    re.IGNORECASE,
)
_TWO: Final = re.compile(rf"\b(?:and|or|but|{'|'.join(_CONTRARY)})\b")
"""What makes two comparisons of one, of which each would have to be turned."""
_HOW_CHINESE: Final = "|".join(sorted(_CONTRARY_CHINESE, key=len, reverse=True))
_THAN_CHINESE: Final = re.compile(
    rf"^(?P<one>[^，；。：比]{{1,{_MOST}}}?)(?P<what>的[^，；。：比的]{{1,12}})?"
    rf"(?:比(?P<other>[^，；。：比]{{1,{_MOST}}}?)[更还]?(?P<how>{_HOW_CHINESE})"
    rf"|(?P<how_than>{_HOW_CHINESE})于(?P<other_than>[^，；。：比]{{1,{_MOST}}}?))"
    r"(?P<rest>(?:上市|出现|成立|开始|开放|到达)?)(?P<end>[，；。：]|$)"
)


def told_from_the_other_end(text: str) -> list[str]:
    """What ``text`` says if it is a comparison, told of the other thing; none if it is not."""
    if (match := _THAN.match(text)) is not None:
        return _in_english(match)
    if (match := _THAN_CHINESE.match(text)) is not None:
        return _in_chinese(match)
    return []


def _in_english(match: re.Match[str]) -> list[str]:
    """The subject and what stands behind "than" in each other's place.

    A subject is as long as what it is compared with: "The K9 costs", "the K4".
    """
    other = match["other"].split()
    before = match["one"].split()
    if match["that"]:
        owned = before.index("of") + 1 if "of" in before else 0
        head, before = before[:owned], before[owned:]
    else:
        head = []
    subject, verb = before[: len(other)], before[len(other) :]
    of_two = _TWO.search(f"{' '.join(verb)} {match['what']}".lower()) is not None
    if not subject or not verb or of_two:
        return []
    end = match.string[match.start("end") :]
    return [
        " ".join(
            [*head, *other, *verb, f"{contrary}{match['what']} than", match["that"] or "", *subject]
        ).replace("  ", " ")
        + end
        for contrary in _CONTRARY[match["how"].lower()]
    ]


def _in_chinese(match: re.Match[str]) -> list[str]:
    """Both things first, and with 比 and with 于; what is compared stays with the first."""
    one, what, rest = match["one"], match["what"] or "", match["rest"]
    other, how = match["other"] or match["other_than"], match["how"] or match["how_than"]
    other = other.removesuffix(what) if what else other
    end = rest + match.string[match.start("end") :]
    told = [(one, how, other), *((other, c, one) for c in _CONTRARY_CHINESE[how])]
    found = []
    for first, quality, second in told:
        found += [
            f"{first}{what}比{second}{quality}{end}",
            f"{first}{what}比{second}更{quality}{end}",
            f"{first}{what}{quality}于{second}{end}",
            f"{first}{what}{quality}于{second}{what}{end}",
        ]
    return found
