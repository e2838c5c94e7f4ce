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
_IS_THAN: Final = re.compile(
    rf"^(?P<one>[^,;.:]{{1,{_MOST}}}?) (?P<be>is|are|was|were) (?P<much>(?:much|far|slightly"
    rf"|even) )?(?P<how>{'|'.join(sorted(_CONTRARY, key=len, reverse=True))}) than "
    rf"(?P<other>[^,;.:]{{1,{_MOST}}})(?P<end>[,;.:]|$)",
    re.IGNORECASE,
)
_IS_THAN_CHINESE: Final = re.compile(
    rf"^(?P<one>[^，；。：比]{{1,{_MOST}}})比(?P<other>[^，；。：比]{{1,{_MOST}}}?)"
    rf"(?P<much>[更还稍])?(?P<how>{'|'.join(sorted(_CONTRARY_CHINESE, key=len, reverse=True))})"
    r"(?P<end>[，；。：得]|$)"
)


def told_from_the_other_end(text: str) -> list[str]:
    """What ``text`` says if it is a comparison, told of the other thing; none if it is not."""
    if (match := _IS_THAN.match(text)) is not None:
        one, other, be = match.group("one", "other", "be")
        rest = text[match.start("end") :]
        return [
            f"{other} {be} {match['much'] or ''}{contrary} than {one}{rest}"
            for contrary in _CONTRARY[match["how"].lower()]
        ]
    if (match := _IS_THAN_CHINESE.match(text)) is not None:
        one, other = match.group("one", "other")
        rest = text[match.start("end") :]
        return [
            f"{other}比{one}{match['much'] or ''}{contrary}{rest}"
            for contrary in _CONTRARY_CHINESE[match["how"]]
        ]
    return []
