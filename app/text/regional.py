"""Chinese as it is written elsewhere: other characters, and other words for the same things."""

from __future__ import annotations

from functools import cache
from typing import Final

import opencc

_CONVERSIONS: Final = ("tw2sp", "s2twp")
"""OpenCC's, with the words of Taiwan (軟體) for those of the mainland (软件), and back."""


def regional_forms(text: str) -> tuple[str, ...]:
    """``text`` in the words of the mainland and in those of Taiwan, where it is not in them."""
    forms = (converter.convert(text) for converter in _converters())
    return tuple(form for form in dict.fromkeys(forms) if form != text)


@cache
def _converters() -> tuple[opencc.OpenCC, ...]:
    return tuple(map(opencc.OpenCC, _CONVERSIONS))
