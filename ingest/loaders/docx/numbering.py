"""Numbers that Word prints before paragraphs: ``5.1``, ``(a)``, ``Article 5``, ``第三章``.

They are in no text of the file: each list has levels with a format, a start and a pattern, and
every paragraph of a level counts it up and starts those below it anew.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from lxml.etree import _Element as Element

from ingest.loaders.docx.styles import W, bounded_level, is_set, setting

BULLET: Final = "-"
"""What stands for every bullet."""
_PLACE: Final = re.compile(r"%([1-9])")
_MAX_PATTERN: Final = 100
_MAX_VALUE: Final = 32_767
"""Word counts no further."""
_ROMAN: Final = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
    (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_MAX_ROMAN: Final = 3_999
_MAX_LETTERS: Final = 26 * 30
_HAN: Final = "〇一二三四五六七八九"
_FORMAL_HAN: Final = "零壹贰叁肆伍陆柒捌玖"
_STEMS: Final = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES: Final = "子丑寅卯辰巳午未申酉戌亥"
_UNITS: Final = ("", "十", "百", "千", "万")
_FORMAL_UNITS: Final = ("", "拾", "佰", "仟", "万")
_CIRCLED: Final = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_COUNTING: Final = frozenset(
    {
        "chineseCounting", "chineseCountingThousand", "taiwaneseCounting", "japaneseCounting",
        "taiwaneseCountingThousand",
    }
)  # fmt: skip
_DIGITAL: Final = frozenset({"ideographDigital", "japaneseDigitalTenThousand", "taiwaneseDigital"})
_FORMAL: Final = frozenset({"chineseLegalSimplified", "ideographLegalTraditional", "japaneseLegal"})


@dataclass(frozen=True, slots=True)
class Level:
    """How one level is numbered; ``restart`` is the level above that starts it anew, from 1."""

    form: str = "decimal"
    pattern: str = ""
    start: int = 1
    restart: int | None = None
    is_legal: bool = False
    """Whether all numbers are shown in Arabic digits."""


@dataclass(slots=True)
class Numbering:
    """The lists of a document; ``levels`` by id of the list.

    ``counted_by`` names what counts: lists of one definition count together until one of them
    starts anew.
    """

    levels: Mapping[str, Mapping[int, Level]] = field(default_factory=dict)
    counted_by: Mapping[str, str] = field(default_factory=dict)
    _counts: dict[str, dict[int, int]] = field(default_factory=dict)

    def is_numbered(self, identity: str, level: int) -> bool:
        """Whether a level counts, and is not marked by a bullet."""
        return self._level(identity, level).form not in ("bullet", "none")

    def next_marker(self, identity: str, level: int) -> str:
        """What is printed before the next paragraph of a level, empty for nothing."""
        own = self._level(identity, level)
        counts = self._counts.setdefault(self.counted_by.get(identity, identity), {})
        counts[level] = min(counts.get(level, own.start - 1) + 1, _MAX_VALUE)
        for deeper in [one for one in counts if one > level]:
            restart = self._level(identity, deeper).restart
            if restart is None or (restart and level < restart):
                del counts[deeper]
        if own.form == "bullet":
            return BULLET

        def number(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            other = self._level(identity, at)
            form = "decimal" if own.is_legal else other.form
            return shown_number(counts.get(at, other.start), form)

        return _PLACE.sub(number, own.pattern).strip()

    def _level(self, identity: str, level: int) -> Level:
        return self.levels.get(identity, {}).get(level, _UNKNOWN)


_UNKNOWN: Final = Level(form="bullet")


def read_numbering(root: Element | None) -> Numbering:
    """Lists by their id, with what a list changes of its definition."""
    if root is None:
        return Numbering()
    definitions = {item.get(f"{W}abstractNumId", ""): item for item in root.iter(f"{W}abstractNum")}
    by_style = {setting(item, "styleLink"): item for item in definitions.values()}
    read = {name: _levels(item, by_style) for name, item in definitions.items()}
    levels: dict[str, Mapping[int, Level]] = {}
    counted_by: dict[str, str] = {}
    for number in root.iter(f"{W}num"):
        identity, name = number.get(f"{W}numId", ""), setting(number, "abstractNumId")
        changes = number.findall(f"{W}lvlOverride")
        levels[identity] = _changed(read.get(name, {}), changes) if changes else read.get(name, {})
        counted_by[identity] = f"list {identity}" if changes else f"definition {name}"
    return Numbering(levels, counted_by)


def _levels(definition: Element, by_style: Mapping[str, Element]) -> Mapping[int, Level]:
    if link := setting(definition, "numStyleLink"):
        definition = by_style.get(link, definition)
    return {
        at: _read_level(level, at)
        for level in definition.iterfind(f"{W}lvl")
        for at in (bounded_level(level.get(f"{W}ilvl", "0")),)
    }


def _changed(levels: Mapping[int, Level], changes: list[Element]) -> Mapping[int, Level]:
    changed = dict(levels)
    for change in changes:
        at = bounded_level(change.get(f"{W}ilvl", "0"))
        own = change.find(f"{W}lvl")
        level = _read_level(own, at) if own is not None else changed.get(at, Level())
        start = _number(setting(change, "startOverride"), level.start)
        changed[at] = Level(level.form, level.pattern, start, level.restart, level.is_legal)
    return changed


def _read_level(level: Element, at: int) -> Level:
    restart = setting(level, "lvlRestart")
    has_pattern = level.find(f"{W}lvlText") is not None
    pattern = setting(level, "lvlText") if has_pattern else f"%{at + 1}."
    return Level(
        form=setting(level, "numFmt") or "decimal",
        pattern=pattern[:_MAX_PATTERN],
        start=_number(setting(level, "start"), 1),
        restart=_number(restart, 0) if restart else None,
        is_legal=is_set(level, "isLgl"),
    )


def _number(value: str, default: int) -> int:
    return min(int(value), _MAX_VALUE) if value.isdecimal() and len(value) < 6 else default  # noqa: PLR2004 - digits of the largest


def shown_number(value: int, form: str) -> str:  # noqa: C901, PLR0911 - one return a format
    """A count in one of Word's formats, in digits for those that it has no signs for."""
    match form:
        case "lowerLetter" | "upperLetter" if 0 < value <= _MAX_LETTERS:
            letter = chr(ord("a") + (value - 1) % 26) * ((value - 1) // 26 + 1)
            return letter.upper() if form == "upperLetter" else letter
        case "lowerRoman" | "upperRoman" if 0 < value <= _MAX_ROMAN:
            roman = _roman(value)
            return roman.upper() if form == "upperRoman" else roman
        case "decimalZero":
            return f"{value:02}"
        case "ordinal":
            return f"{value}{_ordinal_ending(value)}"
        case "decimalEnclosedCircle" | "decimalEnclosedCircleChinese" if 0 < value <= len(_CIRCLED):
            return _CIRCLED[value - 1]
        case "decimalFullWidth" | "decimalFullWidth2":
            return "".join(chr(ord(digit) + 0xFEE0) for digit in str(value))
        case "ideographTraditional" if 0 < value <= len(_STEMS):
            return _STEMS[value - 1]
        case "ideographZodiac" if 0 < value <= len(_BRANCHES):
            return _BRANCHES[value - 1]
        case "none":
            return ""
    if form in _COUNTING:
        return _chinese(value, _HAN, _UNITS)
    if form in _FORMAL:
        return _chinese(value, _FORMAL_HAN, _FORMAL_UNITS)
    if form in _DIGITAL:
        return "".join(_HAN[int(digit)] for digit in str(value))
    return str(value)


def _roman(value: int) -> str:
    signs = ""
    for worth, sign in _ROMAN:
        signs += sign * (value // worth)
        value %= worth
    return signs


def _ordinal_ending(value: int) -> str:
    if value // 10 % 10 == 1:
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")


def _chinese(value: int, digits: str, units: tuple[str, ...]) -> str:
    """十二, 一百零五: a zero is said once within a number, and the one of 一十 not at all."""
    if value < 10:  # noqa: PLR2004 - one digit
        return digits[value]
    signs = ""
    for place, digit in enumerate(reversed(str(value))):
        if digit != "0":
            signs = digits[int(digit)] + units[place] + signs
        elif signs and not signs.startswith("零"):
            signs = f"零{signs}"
    one = digits[1] + units[1]
    return signs.removeprefix(digits[1]) if signs.startswith(one) and digits is _HAN else signs
