"""Characters: what is removed, what is folded, and how lines of one paragraph are joined.

Text is normalised to NFC and no further: quotes must be what a reader of the source sees, so
``①``, ``ﬁ`` and full-width letters stay. What nobody sees goes: control characters, byte order
marks, soft hyphens, directional overrides (they would reorder a page that quotes them) and tag
characters (they carry hidden instructions), except in the flags that are spelled with them.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_INVISIBLE: Final = re.compile(
    "(\U0001f3f4[\U000e0020-\U000e007f]+)"  # a flag such as Scotland's: kept
    "|[\x7f-\x84\x86-\x9f\xad\u202a-\u202e\u2060\u2066-\u2069\ufeff"
    "\ufff9-\ufffb\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
_CONTROLS: Final = re.compile("\x1b\\[[0-9;?]*[A-Za-z]|[\x00-\x08\x0e-\x1f]+")
"""Colour sequences of terminals, and control characters, which stand between words if anywhere."""
_LINE_END: Final = re.compile("\r\n|[\r\x85\x0b\u2028]")
_PARAGRAPH_END: Final = re.compile("[\x0c\u2029]")
_LINE_ENDS: Final = re.compile("[\t\n\x0b\x0c\r\x85\u2028\u2029]")
_SPACES: Final = re.compile("[\t \u00a0\u2000-\u200a\u202f]+")
_BLANK_LINES: Final = re.compile(r"\n[ \t]*(?=\n)")
_WIDE: Final = (
    "\u2e80-\u2fdf\u3000-\u30ff\u3100-\u312f\u31a0-\u31ff\u3200-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff60\U00020000-\U0003ffff"
)
"""Characters of scripts that are written without spaces; Hangul is not among them."""
_QUOTES: Final = "“”‘’…—"
"""Signs that Chinese shares with Latin typography; wide only beside a wide character."""
_WIDE_BREAK: Final = re.compile(
    f"(?<=[{_WIDE}])[ \t]*\n[ \t]*(?=[{_WIDE}{_QUOTES}])"
    f"|(?<=[{_WIDE}][{_QUOTES}])[ \t]*\n[ \t]*(?=[{_WIDE}])"
)
_BREAK: Final = re.compile("(?<![ \t])[ \t]*\n[ \t\n]*")


def normalise(text: str) -> str:
    r"""NFC, ``\n`` line ends (a blank line for form feeds), nothing invisible."""
    text = _PARAGRAPH_END.sub("\n\n", _LINE_END.sub("\n", text))
    return unicodedata.normalize("NFC", visible(text))


def visible(text: str) -> str:
    """Without control and invisible characters; line ends and spelling stay as they are."""
    return _INVISIBLE.sub(_flag, _CONTROLS.sub(_blank, text))


def visible_line(text: str) -> str:
    """The same for what stands on one line; no spaces are joined."""
    return _LINE_ENDS.sub(" ", visible(text))


def _flag(match: re.Match[str]) -> str:
    return match[1] or ""


def _blank(match: re.Match[str]) -> str:
    return "" if match[0].startswith("\x1b[") else " "


def clean_verbatim(text: str) -> str:
    """Code: indentation and inner blank lines stay, outer blank lines and line tails go."""
    lines = [line.rstrip() for line in normalise(text).split("\n")]
    return "\n".join(lines).strip("\n")


def clean_paragraph(text: str, *, keep_indent: bool = False) -> str:
    """Runs of blanks become one, blank lines go, line breaks stay."""
    lines: list[str] = []
    for line in _BLANK_LINES.sub("", normalise(text)).split("\n"):
        words = _SPACES.sub(" ", line).strip()
        if not words:
            continue
        indent = line[: len(line) - len(line.lstrip(" "))] if keep_indent else ""
        lines.append(indent + words)
    return "\n".join(lines)


def clean_lines(text: str) -> str:
    """One line: every line break is joined away."""
    return _SPACES.sub(" ", join_lines(normalise(text))).strip()


def join_lines(text: str) -> str:
    """Replaces line breaks by a space, or by nothing between characters written without spaces."""
    return _BREAK.sub(" ", _WIDE_BREAK.sub("", text.strip()))
