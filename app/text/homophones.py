"""Chinese characters that sound alike, which input methods offer for one another."""

from __future__ import annotations

from functools import cache
from typing import Final

from pypinyin import Style, pinyin

MOST_SOUNDS: Final = 2
"""Of a character that was typed, the commonest first."""
_LEADS: Final = range(0xB0, 0xF8)
_TRAILS: Final = range(0xA1, 0xFF)
"""The bytes of the characters of GB 2312, which are those in common use."""


def homophones(character: str) -> tuple[str, ...]:
    """Characters in common use that mostly sound as it may, tones aside, but not itself."""
    alike = _by_sound()
    found = {other: None for sound in _sounds(character) for other in alike.get(sound, ())}
    found.pop(character, None)
    return tuple(found)


def _sounds(character: str) -> tuple[str, ...]:
    """How a character is read, in pinyin without tones."""
    read = pinyin(character, style=Style.NORMAL, heteronym=True)
    return tuple(read[0][:MOST_SOUNDS]) if read else ()


@cache
def _by_sound() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for lead in _LEADS:
        for trail in _TRAILS:
            character = bytes((lead, trail)).decode("gb2312", errors="ignore")
            for sound in _sounds(character)[:1] if character else ():
                found.setdefault(sound, []).append(character)
    return found
