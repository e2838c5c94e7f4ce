"""Bytes to text: which encoding a file is in, and what to do when it is in two.

Order of trust: byte order mark, the pattern of zero bytes that UTF-16 and UTF-32 leave, valid
UTF-8, the declaration in the file, then statistics. UTF-8 stands above a declaration because
other encodings are almost never valid UTF-8 by accident, while declarations are often stale.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import Final

from app.errors import DocumentRejected
from ingest.loaders.encodings.legacy_encoding import likely_cjk, likely_single_byte

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it starts with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SUPERSETS: Final = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
}
"""What browsers read a declared encoding as; each adds characters to the one it replaces."""
_ZERO_SHARE: Final = 0.2
"""Share of zero bytes from which a file is taken for UTF-16 or UTF-32 rather than dirty text."""
_MAX_CONTROL_SHARE: Final = 0.02
"""Share of control characters above which decoded text is binary data."""
_MIN_UTF8_SHARE: Final = 0.1
"""Share of non-ASCII bytes on valid UTF-8 lines from which a file is partly UTF-8."""
_SAMPLE_BYTES: Final = 2**16
_CONTROL: Final = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_UTF8_SEQUENCE: Final = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_TWICE_ENCODED: Final = re.compile("[\u00c2-\u00f4][\u0080-\u00bf]{1,3}")
_C1: Final = re.compile("[\x80-\x9f]")
_HIGH: Final = re.compile(rb"[\x80-\xff]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text and the codec that gave it; ``utf-8+gb18030`` for a file that mixes both."""

    text: str
    encoding: str


def decode(data: bytes, *, declared: str | None = None) -> Decoded:
    """Text of ``data``. ``declared`` is what the file or its sender says of itself.

    Raises:
        DocumentRejected: ``undecodable``, when the bytes are not text in any known encoding.
    """
    decoded = _decode(data, declared)
    sample = decoded.text[:_SAMPLE_BYTES]
    if len(_CONTROL.findall(sample)) > max(4, _MAX_CONTROL_SHARE * len(sample)):
        raise DocumentRejected(
            "undecodable",
            "The file is binary data or in an unknown encoding; save it as UTF-8 text.",
        )
    return Decoded(_mend_twice_encoded(decoded.text), decoded.encoding)


def _decode(data: bytes, declared: str | None) -> Decoded:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return Decoded(data[len(mark) :].decode(encoding, "replace"), encoding)
    if (wide := _wide_by_zeros(data)) is not None:
        return Decoded(data.decode(wide, "replace"), wide)
    if (strict := _strictly(data, "utf-8")) is not None:
        return Decoded(strict, "utf-8")
    named = _codec(declared) if declared else None
    if named and (strict := _strictly(data, named)) is not None:
        return Decoded(strict, named)
    if _utf8_share(data) >= _MIN_UTF8_SHARE:
        return _decode_by_line(data)
    guess = _statistically(data)
    return Decoded(data.decode(guess, "replace"), guess)


def _codec(declared: str) -> str | None:
    try:
        name = codecs.lookup(declared.strip()).name
    except LookupError:
        return None
    return _SUPERSETS.get(name, name)


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _wide_by_zeros(data: bytes) -> str | None:
    """Latin text leaves zeros at every other byte in UTF-16, at three of four in UTF-32."""
    sample = data[: _SAMPLE_BYTES - _SAMPLE_BYTES % 4]
    if not sample or sample.count(0) < _ZERO_SHARE * len(sample):
        return None
    zeros = [sample[i::4].count(0) for i in range(4)]
    quarter = len(sample) / 4
    if min(zeros[1:]) > 0.9 * quarter or (
        min(zeros[2:]) > 0.9 * quarter and zeros[0] < quarter / 2
    ):
        return "utf-32-le"
    if min(zeros[:3]) > 0.9 * quarter or (
        min(zeros[:2]) > 0.9 * quarter and zeros[3] < quarter / 2
    ):
        return "utf-32-be"
    even, odd = zeros[0] + zeros[2], zeros[1] + zeros[3]
    if odd > 4 * even:
        return "utf-16-le"
    return "utf-16-be" if even > 4 * odd else None


def _statistically(data: bytes) -> str:
    sample = _cut_at_line(data)
    return likely_cjk(sample) or likely_single_byte(sample)


def _cut_at_line(data: bytes) -> bytes:
    """A sample that doesn't end amid a character: at a line end, or else at an ASCII byte."""
    if len(data) <= _SAMPLE_BYTES:
        return data
    sample = data[:_SAMPLE_BYTES]
    end = max(sample.rfind(b"\n"), sample.rfind(b"\r"))
    return sample[: end + 1] if end > 0 else sample[: _SAMPLE_BYTES // 2 * 2]


def _utf8_share(data: bytes) -> float:
    """Share of non-ASCII bytes that stand on lines which are valid UTF-8."""
    valid = total = 0
    for line in data.splitlines():
        high = len(_HIGH.findall(line))
        total += high
        if high and _mostly_utf8(line, high):
            valid += high
    return valid / total if total else 0.0


def _mostly_utf8(line: bytes, high: int) -> bool:
    """Whether a line is UTF-8, a few damaged characters aside."""
    covered = sum(len(sequence) for sequence in _UTF8_SEQUENCE.findall(line))
    return covered >= 0.9 * high


def _decode_by_line(data: bytes) -> Decoded:
    """Each line in UTF-8 or else in the one legacy encoding that the other lines are in."""
    lines = data.splitlines(keepends=True)
    foreign = [
        line for line in lines if (h := len(_HIGH.findall(line))) and not _mostly_utf8(line, h)
    ]
    if not foreign:
        return Decoded(data.decode("utf-8", "replace"), "utf-8")
    encoding = _statistically(b"".join(foreign))
    others = set(foreign)
    text = "".join(
        line.decode(encoding if line in others else "utf-8", "replace") for line in lines
    )
    return Decoded(text, f"utf-8+{encoding}")


def _mend_twice_encoded(text: str) -> str:
    r"""Reads UTF-8 that was taken for Latin-1 and encoded again, such as ``â\x80\x93`` for ``–``.

    A C1 control character inside such a sequence proves it, since those are never meant; then the
    rest of the file, where ``Â£`` alone would prove nothing, is mended too.
    """
    if not any(map(_C1.search, _TWICE_ENCODED.findall(text))):
        return text

    def mend(match: re.Match[str]) -> str:
        found = match[0]
        for end in range(len(found), 1, -1):
            try:
                return found[:end].encode("latin-1").decode("utf-8") + found[end:]
            except UnicodeDecodeError:
                continue
        return found

    return _TWICE_ENCODED.sub(mend, text)
